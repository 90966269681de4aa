"""Every table of the product, for migrations; and bringing a database up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from microblog.audit.models import Event
from microblog.auth.models import Confirmation, SignInSession
from microblog.browser_state import BrowserState
from microblog.contact import AddressChange
from microblog.contact.models import PendingBackupEmail
from microblog.db import Base, Database, Lock, exclusive, no_time_limit
from microblog.digests.models import Digest
from microblog.error_reports.models import ErrorReport
from microblog.follows import Follow, FollowCount
from microblog.identity import Account, BackupEmail
from microblog.identity.models import FormerUsername, KeptUsername, RemovedAddress
from microblog.limits import Allowance
from microblog.mail import Email
from microblog.mail.outbox import EmailCount, ProviderRateSlot, Try, WorkerSeen
from microblog.ownership import Recovery, ReportableChange
from microblog.posts import Mention, Post, PostTag
from microblog.profiles.models import Avatar, Profile
from microblog.recovery.models import RecoveryCode
from microblog.registration.models import SignUp
from microblog.restores import Restore
from microblog.subscriptions.models import Subscription

MIGRATIONS = Path(__file__).parent / "migrations"
TABLES = (
    Account,
    FormerUsername,
    BackupEmail,
    PendingBackupEmail,
    RecoveryCode,
    RemovedAddress,
    Recovery,
    ReportableChange,
    AddressChange,
    Confirmation,
    KeptUsername,
    SignUp,
    SignInSession,
    Event,
    Email,
    Try,
    WorkerSeen,
    ProviderRateSlot,
    EmailCount,
    ErrorReport,
    Allowance,
    BrowserState,
    Post,
    PostTag,
    Mention,
    Follow,
    FollowCount,
    Profile,
    Avatar,
    Subscription,
    Digest,
    Restore,
)
METADATA = Base.metadata


def config() -> Config:
    """Return the configuration of Alembic; there is no ini file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def upgrade(database: Database) -> list[str]:
    """Apply missing migrations in one transaction, and return their names. Safe to run from many processes at once."""
    alembic = config()
    script = ScriptDirectory.from_config(alembic)
    with no_time_limit(), database.engine.connect() as connection, connection.begin():
        if database.is_postgresql:
            connection.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
            exclusive(connection, Lock.SCHEMA)
        revision = revision_of(connection)
        refuse_newer(script, revision)
        alembic.attributes["connection"] = connection  # see migrations/env.py
        command.upgrade(alembic, "head")
    return [step.doc for step in script.iterate_revisions("head", revision or "base")][::-1]


class SchemaTooNew(Exception):  # noqa: N818 - shown to administrators as it is
    """A newer version of this program was here; going on could destroy what it keeps."""

    def __init__(self) -> None:
        super().__init__("The database was made by a newer version of Microblog. Update the program, then start again.")


def refuse_newer(script: ScriptDirectory, revision: str | None) -> None:
    """Refuse a database with a migration that this version does not know.

    Raises:
        SchemaTooNew: it has one.
    """
    if revision and revision not in {step.revision for step in script.walk_revisions()}:
        raise SchemaTooNew


def is_current(database: Database) -> bool:
    """Return True if the database has every migration this version knows.

    Raises:
        SchemaTooNew: it has more.
    """
    script = ScriptDirectory.from_config(config())
    with database.engine.connect().execution_options(read_only=True) as connection:
        revision = revision_of(connection)
    refuse_newer(script, revision)
    return revision == script.get_current_head()


def revision_of(connection: Connection) -> str | None:
    """Return the last migration a database has."""
    return MigrationContext.configure(connection).get_current_revision()
