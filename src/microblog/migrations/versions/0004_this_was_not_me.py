"""Passwords that were set, for their owner to say that it was somebody else.

Revision: 0004, after 0003.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "password_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("second_email", sa.String(length=320), nullable=False),
        sa.Column("disowned_at", Utc(), nullable=True),
        sa.Column("settled_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_password_changes_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_changes")),
    )
    op.create_index(op.f("ix_password_changes_account_id"), "password_changes", ["account_id"])
    op.create_index(op.f("ix_password_changes_at"), "password_changes", ["at"])


def downgrade() -> None:
    op.drop_table("password_changes")
