"""Rendering of subscription emails: checks the subscription, adds the unsubscribe footer and headers."""

from typing import Any
from urllib.parse import urlsplit

from microblog.email_context import EmailContext
from microblog.identity import Account, get_visible
from microblog.limits import Limit
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE, ALICES_ADDRESS, Rendered, Sample, Skip, render_templates
from microblog.subscriptions.choices import Topic, choices_of
from microblog.subscriptions.links import GOOD_FOR, UNSUBSCRIBE_LINKS

SAMPLE_POST = "The fog has lifted, and one can see the other bank again. @Alice, come and look!"
TURNED_OFF, GONE, ENOUGH = "turned_off", "no_such_account", "daily_limit"


def find_recipient(context: EmailContext, account_id: int, topic: Topic) -> Account | Skip:
    """Return whom an email goes to, or why it goes to nobody: a choice that changed meanwhile counts."""
    account = get_visible(context.session, account_id)
    if account is None:
        return Skip(GONE)
    return account if choices_of(context.session, account.id).wants(topic) else Skip(TURNED_OFF)


def is_allowed(context: EmailContext, *rules: tuple[Limit, str]) -> bool:
    """Count one email against each of the rules, until one of them is reached."""
    return all(context.limits.spend(context.session, limit, subject, context.now).allowed for limit, subject in rules)


def unsubscribe_link(context: EmailContext, to: Account, topic: Topic) -> str:
    """Return the address of a link that ends these emails."""
    expires = context.now + GOOD_FOR
    return context.links.signed_url(UNSUBSCRIBE_LINKS[topic], to.id, to, expires=expires)


def render_subscribed(
    context: EmailContext,
    module: str,
    folder: str,
    topic: Topic,
    to: Account,
    values: dict[str, Any],
    progress: dict[str, Any] | None = None,
) -> Rendered:
    """Render the templates in FOLDER beside a module, with footer and headers."""
    unsubscribe = unsubscribe_link(context, to, topic)
    known = {
        "username": to.username,
        "unsubscribe": unsubscribe,
        "email_choices": context.pages.email_choices,
        **values,
    }
    more = {"headers": headers(topic, unsubscribe, context.pages.home), "progress": progress or {}}
    return render_templates(module, folder, to.email, known, **more)


def sample_subscribed(
    context: EmailContext, module: str, folder: str, topic: Topic, about: str, values: dict[str, Any]
) -> Sample:
    """Render the same for a fictional member."""
    unsubscribe = context.links.url(UNSUBSCRIBE_LINKS[topic], SAMPLE_TOKEN)
    known = {"username": ALICE, "unsubscribe": unsubscribe, "email_choices": context.pages.email_choices, **values}
    more = {"headers": headers(topic, unsubscribe, context.pages.home)}
    return Sample(folder, about, render_templates(module, folder, ALICES_ADDRESS, known, **more))


def headers(topic: Topic, unsubscribe: str, home: str) -> dict[str, str]:
    """Return the headers of subscribed mail: RFC 2369 and 8058 to end it with one click, RFC 2919 to sort it by."""
    return {
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": f"<{topic.value}.microblog.{host_of(home)}>",
    }


def host_of(address: str) -> str:
    """Return a site's host in ASCII, as an identifier may have it: no colon, no bracket of an address of numbers."""
    host = (urlsplit(address).hostname or "localhost").encode("idna").decode()
    return host.replace(":", "-")


def without_link(username: str) -> str:
    """Return a username as an email shows it: one like `www.evil.example` is no link to a mail program then."""
    return username.replace(".", ".\N{ZERO WIDTH NON-JOINER}")
