"""Second addresses that were typed and whose letter is not answered yet.

Revision: 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pending_second_addresses",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["accounts.id"],
            name=op.f("fk_pending_second_addresses_account_id_accounts"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_pending_second_addresses")),
    )
    for column in ("email_key", "expires_at"):
        op.create_index(op.f(f"ix_pending_second_addresses_{column}"), "pending_second_addresses", [column])


def downgrade() -> None:
    op.drop_table("pending_second_addresses")
