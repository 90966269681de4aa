"""When an account was let work again, so that links made before its deactivation stay dead.

Revision: 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("reactivated_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "reactivated_at")
