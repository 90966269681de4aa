"""A member's own area: confirmations by letter, and the usernames of deleted accounts.

Revision: 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.String(length=320), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmations")),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_confirmations_account_id_accounts"), ondelete="CASCADE"
        ),
    )
    op.create_index(op.f("ix_confirmations_account_id"), "confirmations", ["account_id"])
    op.create_index(op.f("ix_confirmations_asked_at"), "confirmations", ["asked_at"])
    op.create_table(
        "kept_usernames",
        sa.Column("username_key", sa.String(length=64), nullable=False),
        sa.Column("free_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("username_key", name=op.f("pk_kept_usernames")),
    )
    op.create_index(op.f("ix_kept_usernames_free_at"), "kept_usernames", ["free_at"])


def downgrade() -> None:
    op.drop_table("kept_usernames")
    op.drop_table("confirmations")
