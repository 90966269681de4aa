"""What every view needs: the settings, the database, the clock and the signers, in one place."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask import current_app

from microblog.auth import OwnLinks, own_links
from microblog.clock import Clock
from microblog.contact import second_address_signer
from microblog.db import Database, GroupCommit
from microblog.error_reports import ErrorReporter
from microblog.limits import Limits
from microblog.links import LinkSigner
from microblog.mail import gathering
from microblog.recovery import ReportLinks, ResetLinks, report_links, reset_links
from microblog.registration import sign_up_signer
from microblog.settings import Settings
from microblog.subscriptions import UnsubscribeLinks, unsubscribe_links

NAME = "microblog"  # of our entry among the app's extensions


@dataclass(frozen=True)
class Site:
    """One site, for the life of the process."""

    settings: Settings
    database: Database
    clock: Clock
    limits: Limits
    reset_links: ResetLinks
    sign_up_signer: LinkSigner
    second_address_signer: LinkSigner
    own_links: OwnLinks
    errors: ErrorReporter
    group_commit: GroupCommit
    report_links: ReportLinks
    unsubscribe_links: UnsubscribeLinks

    def now(self) -> datetime:
        """Return the present moment."""
        return self.clock()


def make_site(settings: Settings, database: Database, clock: Clock) -> Site:
    """Put a site together from its settings."""
    return Site(
        settings,
        database,
        clock,
        Limits(settings.keys("limits")[0]),
        reset_links(settings),
        sign_up_signer(settings),
        second_address_signer(settings),
        own_links(settings),
        ErrorReporter(database, settings, clock),
        GroupCommit(database, gathering),
        report_links(settings),
        unsubscribe_links(settings),
    )


def this_site() -> Site:
    """Return the site this request is for."""
    return cast("Site", current_app.extensions[NAME])
