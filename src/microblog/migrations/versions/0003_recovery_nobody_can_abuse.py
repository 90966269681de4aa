"""Recovery nobody can abuse: where things came from, second addresses, recovery codes, changes of address.

Revision: 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ABOUT_SOMEBODY = sa.text("about <> ''")


def upgrade() -> None:
    add_to_accounts()
    add_to_logins()
    add_to_events()
    op.create_table(
        "second_addresses",
        owner(),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_addresses")),
        belongs_to("second_addresses"),
        sa.UniqueConstraint("email_key", name=op.f("uq_second_addresses_email_key")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", ID, nullable=False),
        owner(),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        belongs_to("recovery_codes"),
    )
    op.create_index(op.f("ix_recovery_codes_account_id"), "recovery_codes", ["account_id"])
    op.create_table(
        "address_changes",
        sa.Column("id", ID, nullable=False),
        owner(),
        *(
            sa.Column(f"{which}_{what}", sa.String(length=320), nullable=False)
            for which in ("old", "new")
            for what in ("email", "email_key")
        ),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("completed_at", Utc(), nullable=True),
        sa.Column("taken_back_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_changes")),
        belongs_to("address_changes"),
    )
    op.create_index(op.f("ix_address_changes_account_id"), "address_changes", ["account_id"])
    op.create_index(op.f("ix_address_changes_asked_at"), "address_changes", ["asked_at"])


def owner() -> sa.Column[int]:
    return sa.Column("account_id", ID, nullable=False)


def belongs_to(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_account_id_accounts")
    return sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=name, ondelete="CASCADE")


def add_to_accounts() -> None:
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(sa.Column("recovered_at", Utc(), nullable=True))
        accounts.add_column(sa.Column("muted_until", Utc(), nullable=True))


def add_to_logins() -> None:
    with op.batch_alter_table("logins") as logins:
        logins.add_column(sa.Column("seen_at", Utc(), nullable=True))
        logins.add_column(sa.Column("device", sa.String(length=60), nullable=False, server_default=""))
        logins.add_column(sa.Column("network", sa.String(length=50), nullable=False, server_default=""))
    op.execute("UPDATE logins SET seen_at = created_at")
    with op.batch_alter_table("logins") as logins:
        logins.alter_column("seen_at", nullable=False)
        logins.alter_column("device", server_default=None)
        logins.alter_column("network", server_default=None)


def add_to_events() -> None:
    empty = {"device": 60, "network": 50, "detail": 100, "about": 43}
    op.drop_index("ix_events_account_id", "events")
    with op.batch_alter_table("events") as events:
        events.alter_column("account_id", existing_type=ID, nullable=True)
        for name, length in empty.items():
            events.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
        events.add_column(sa.Column("letter_id", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("events") as events:
        for name in empty:
            events.alter_column(name, server_default=None)
    op.create_index("ix_events_account_id", "events", ["account_id", "id"])
    op.create_index(op.f("ix_events_at"), "events", ["at"])
    op.create_index(
        "ix_events_about", "events", ["about"], sqlite_where=ABOUT_SOMEBODY, postgresql_where=ABOUT_SOMEBODY
    )


def downgrade() -> None:
    for table in ("address_changes", "recovery_codes", "second_addresses"):
        op.drop_table(table)
    for index in ("ix_events_about", "ix_events_at", "ix_events_account_id"):
        op.drop_index(index, table_name="events")
    op.execute("DELETE FROM events WHERE account_id IS NULL")
    with op.batch_alter_table("events") as events:
        for name in ("device", "network", "detail", "about", "letter_id"):
            events.drop_column(name)
        events.alter_column("account_id", existing_type=ID, nullable=False)
    op.create_index("ix_events_account_id", "events", ["account_id"])
    with op.batch_alter_table("logins") as logins:
        for name in ("seen_at", "device", "network"):
            logins.drop_column(name)
    for name in ("recovered_at", "muted_until"):
        op.drop_column("accounts", name)
