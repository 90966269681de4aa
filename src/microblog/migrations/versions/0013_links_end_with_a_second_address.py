"""When a member last removed a second address, so that no link in that mailbox chooses a password any more.

Revision: 0013, after 0012.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("accounts", sa.Column("second_removed_at", Utc(), nullable=True))


def downgrade() -> None:
    op.drop_column("accounts", "second_removed_at")
