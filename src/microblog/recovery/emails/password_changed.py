"""To every address: the password was changed, and how to report that it was somebody else."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from microblog.email_context import EmailContext
from microblog.links import SAMPLE_TOKEN
from microblog.mail import ALICE, ALICES_ADDRESS, EmailType, QueuedEmail, Rendered, Sample, render_templates
from microblog.origin import NOWHERE, SAMPLE_ORIGIN, Origin
from microblog.ownership import REPORT_LINK, REPORTABLE_WITHIN, ChangeKind, report_link


class Way(StrEnum):
    """The way in which a password was set."""

    LINK = "link"
    CODE = "code"
    SIGNED_IN = "signed_in"


WORDS = {
    Way.LINK: "with a link to choose a new one",
    Way.CODE: "with one of your recovery codes",
    Way.SIGNED_IN: "by somebody who was signed in as you",
}


@dataclass(frozen=True)
class PasswordChanged:
    """The way in which the password was set, the time and the origin."""

    username: str
    changed: datetime
    change_id: int | None = None
    """The reportable change."""
    way: Way = Way.LINK
    origin: Origin = NOWHERE


def render(context: EmailContext, email: QueuedEmail[PasswordChanged]) -> Rendered:
    """Render it from its payload alone: it goes to the address as it was at the change."""
    change = email.payload
    link, ends = report_link(context, change.change_id or 0, ChangeKind.PASSWORD, change.changed, email.to)
    return render_changed(context, email.to, change, link if change.change_id else "", ends)


def render_changed(context: EmailContext, to: str, change: PasswordChanged, link: str, ends: datetime) -> Rendered:
    """Fill the templates."""
    values: dict[str, Any] = {
        "username": change.username,
        "changed": change.changed,
        "way": WORDS[change.way],
        "origin": change.origin.words,
        "link": link,
        "ends": ends,
        "forgot_url": context.pages.forgot,
        "contact": next(iter(context.settings.admins), ""),  # whom to write to for help
    }
    return render_templates(__name__, "password_changed", to, values)


def samples(context: EmailContext) -> Iterator[Sample]:
    """Render a fictional change."""
    change = PasswordChanged(ALICE, context.now, None, Way.LINK, SAMPLE_ORIGIN)
    link, ends = context.links.url(REPORT_LINK, SAMPLE_TOKEN), context.now + REPORTABLE_WITHIN[ChangeKind.PASSWORD]
    rendered = render_changed(context, ALICES_ADDRESS, change, link, ends)
    yield Sample("password_changed", "After a new password was chosen, to every address of the member.", rendered)


PASSWORD_CHANGED = EmailType(
    name="password_changed",
    urgent=True,
    ttl=timedelta(days=7),
    payload=PasswordChanged,
    render=render,
    samples=samples,
)
