"""Every table of the product, for migrations; and bringing a database up to date."""

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from microblog.audit import Event
from microblog.auth import Confirmation, Login
from microblog.browser_state import BrowserState
from microblog.contact import AddressChange, PendingSecondAddress
from microblog.db import Base, Database
from microblog.error_reports import ErrorReport
from microblog.follows import Follow, FollowCount
from microblog.identity import Account, FormerUsername, KeptUsername, RemovedAddress, SecondAddress
from microblog.limits import Allowance
from microblog.locks import Lock, exclusive
from microblog.mail import Budget, Letter, LetterCount, Try, WorkerSeen
from microblog.ownership import Recovery, ReportableChange
from microblog.postgres import unhurried
from microblog.posts import Mention, Post, PostTag
from microblog.profiles import Avatar, Profile
from microblog.recovery import RecoveryCode
from microblog.registration import SignUp
from microblog.restores import Restore
from microblog.subscriptions import Digest, Subscription

MIGRATIONS = Path(__file__).parent / "migrations"
TABLES = (
    Account,
    FormerUsername,
    SecondAddress,
    PendingSecondAddress,
    RecoveryCode,
    RemovedAddress,
    Recovery,
    ReportableChange,
    AddressChange,
    Confirmation,
    KeptUsername,
    SignUp,
    Login,
    Event,
    Letter,
    Try,
    WorkerSeen,
    Budget,
    LetterCount,
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
    """Return Alembic's configuration; there is no ini file."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS))
    return made


def upgrade(database: Database) -> list[str]:
    """Apply what is missing, in one transaction, and return the names of the steps. Safe to run from many at once."""
    script = ScriptDirectory.from_config(config())
    done: list[str] = []

    def steps(revision: Any, _: object) -> list[object]:  # noqa: ANN401 - Alembic says so
        found = script._upgrade_revs("head", revision)  # noqa: SLF001 - as Alembic's own commands do
        done.extend(step.revision.doc for step in found)
        return list(found)

    with unhurried(), database.engine.connect() as connection, connection.begin():
        if database.is_postgresql:
            connection.execute(text("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0"))
            exclusive(connection, Lock.SCHEMA)
        refuse_newer(script, revision_of(connection))
        environment = EnvironmentContext(config(), script, fn=steps)
        environment.configure(connection=connection, target_metadata=METADATA)
        environment.run_migrations()
    return done


class SchemaTooNew(Exception):  # noqa: N818 - told to the operator as it is
    """A newer version of this program was here; going on could destroy what it keeps."""

    def __init__(self) -> None:
        super().__init__("The database was made by a newer version of Microblog. Update the program, then start again.")


def refuse_newer(script: ScriptDirectory, revision: str | None) -> None:
    """Stop where the database has a step this version does not know.

    Raises:
        SchemaTooNew: then.
    """
    if revision and revision not in {step.revision for step in script.walk_revisions()}:
        raise SchemaTooNew


def is_current(database: Database) -> bool:
    """Tell whether the database has every step this version knows.

    Raises:
        SchemaTooNew: when it has more.
    """
    script = ScriptDirectory.from_config(config())
    with database.engine.connect().execution_options(read_only=True) as connection:
        revision = revision_of(connection)
    refuse_newer(script, revision)
    return revision == script.get_current_head()


def revision_of(connection: Connection) -> str | None:
    """Return the last step a database has."""
    return MigrationContext.configure(connection).get_current_revision()
