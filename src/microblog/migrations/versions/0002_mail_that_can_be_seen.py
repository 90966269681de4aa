"""Mail that can be seen: each try, the workers, the budget, counts, error reports.

Revision: 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = sa.text("ended_at IS NOT NULL AND \"to\" <> ''")
UNCOUNTED = sa.text("ended_at IS NOT NULL AND NOT counted")


def upgrade() -> None:
    with op.batch_alter_table("outbox") as outbox:
        outbox.add_column(sa.Column("address_key", sa.String(length=340), nullable=True))
        outbox.add_column(sa.Column("reason", sa.String(length=60), nullable=False, server_default=""))
        outbox.add_column(sa.Column("counted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(
        "UPDATE outbox SET address_key = lower(\"to\"), reason = CASE state WHEN 'dropped' THEN reply ELSE '' END"
    )
    with op.batch_alter_table("outbox") as outbox:
        outbox.alter_column("reason", server_default=None)
        outbox.alter_column("counted", server_default=None)
    op.create_index("ix_outbox_address_key", "outbox", ["address_key"])
    op.create_index("ix_outbox_kept", "outbox", ["ended_at"], sqlite_where=KEPT, postgresql_where=KEPT)
    op.create_index("ix_outbox_uncounted", "outbox", ["ended_at"], sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED)
    op.create_table(
        "tries",
        sa.Column("id", ID, nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["outbox.id"], name=op.f("fk_tries_letter_id_outbox"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tries")),
    )
    op.create_index(op.f("ix_tries_letter_id"), "tries", ["letter_id"])
    op.create_table(
        "mail_budget",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name=op.f("pk_mail_budget")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "letter_counts",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("buckets", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "state", "reason", name=op.f("pk_letter_counts")),
    )
    op.create_table(
        "error_reports",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("told_at", Utc(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_error_reports")),
    )


def downgrade() -> None:
    for table in ("error_reports", "letter_counts", "workers", "mail_budget", "tries"):
        op.drop_table(table)
    for index in ("ix_outbox_uncounted", "ix_outbox_kept", "ix_outbox_address_key"):
        op.drop_index(index, table_name="outbox")
    with op.batch_alter_table("outbox") as outbox:
        for column in ("counted", "reason", "address_key"):
            outbox.drop_column(column)
