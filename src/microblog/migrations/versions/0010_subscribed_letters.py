"""Which letters a member wants, and when the next weekly letter is due.

Revision: 0010, after 0009.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("mentioned", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_subscriptions_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_subscriptions")),
    )
    op.create_table(
        "digests",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_digests_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_digests")),
    )
    op.create_index(op.f("ix_digests_due_at"), "digests", ["due_at"])


def downgrade() -> None:
    op.drop_table("digests")
    op.drop_table("subscriptions")
