"""A demo trial to be looked at: the real commands, letters in its mailbox, a member signed in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from journeys.browsing import sign_in
from journeys.trial import Trial, wait_for
from microblog.db import Database
from microblog.identity import Account
from microblog.links import Links
from microblog.mail.mailbox import LocalMailbox
from microblog.personal_data import DELETED_AFTER, KEEP_LINK
from microblog.settings import Settings, load
from microblog.subscriptions import Topic
from microblog.web import create_app
from screens.pages import Look, looks_at, rules_of
from support.community import unsaved_account
from support.running import link_in
from support.unsubscribing import unsubscribe_token

TOLD = re.compile(r"^  (Username|Password): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Tour:
    """A demo trial, the facts that paths are made of, and what there is to look at."""

    trial: Trial
    username: str
    password: str
    facts: dict[str, str]
    looks: list[Look]

    def path(self, look: Look) -> str:
        """Return where on the site it is."""
        return look.path.format(**self.facts)

    @contextmanager
    def page(self, browser: Browser, *, signed_in: bool, bypass_csp: bool = False) -> Iterator[Page]:
        """Open a browser, signed in or not."""
        context = browser.new_context(base_url=self.trial.base, reduced_motion="reduce", bypass_csp=bypass_csp)
        context.set_default_timeout(10_000)
        page = context.new_page()
        ask_for_an_email(page)
        if signed_in:
            page.goto("/login")
            sign_in(page, self.username, self.password)
            page.wait_for_url(re.compile(r"/(index)?$"))
        yield page
        context.close()


def ask_for_an_email(page: Page) -> None:
    """Ask for a reset email, so that the page that follows has something to say."""
    page.goto("/reset_password_request")
    page.get_by_label("Email address or username").fill("somebody@example.com")
    page.get_by_role("main").get_by_role("button").click()
    page.wait_for_url("**/check-email")


@contextmanager
def demo_tour(folder: Path) -> Iterator[Tour]:
    """Start a demo trial in a folder. Its member is an admin, too, so that there is more to see."""
    with Trial(folder, ADMINS="marta@example.com") as trial:
        told = dict(TOLD.findall(trial.command("demo").output))
        trial.start("run")
        settings = load(trial.environ)
        database = Database(settings.database_url)
        looks = looks_at(rules_of(create_app(settings, database)))
        keep = deletion_asked(database, settings)
        database.close()
        facts = {**facts_of(trial, settings, told["Username"]), "keep": keep}
        yield Tour(trial, told["Username"], told["Password"], facts, looks)


def deletion_asked(database: Database, settings: Settings) -> str:
    """Let the last of the members have asked for the deletion of the account, and return the token that keeps it."""
    due = datetime.now(UTC) + DELETED_AFTER
    with database.writing() as session:
        account = session.scalars(select(Account).order_by(Account.id.desc()).limit(1)).one()
        account.deletion_due_at = due
        return Links(settings).sign(KEEP_LINK, account.id, account, expires=due)


def facts_of(trial: Trial, settings: Settings, username: str) -> dict[str, str]:
    """Ask for the letters whose links open pages, and return the tokens in them."""
    trial.register("newcomer")
    trial.visitor().submit("/reset_password_request", email=username)
    box = LocalMailbox(settings.mailbox)
    wait_for(lambda: len(box.page(0, 10)[0]) == 2)
    letters = [letter for one in box.page(0, 10)[0] if (letter := box.read(one.key))]
    links = [link_in(letter.text) for letter in letters]
    tokens = {link.split("/")[3]: link.rpartition("/")[2] for link in links}
    unsubscribe = unsubscribe_token(settings, unsaved_account(1), Topic.DIGEST, datetime.now(UTC))
    opened = {"reset": tokens["reset_password"], "finish": tokens["register"], "unsubscribe": unsubscribe}
    return {**opened, "key": letters[0].summary.key, "post": "3"}
