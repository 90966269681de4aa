"""Refused sign-ins are counted and forgotten: events are found by account and kind, and refused ones by age.

Revision: 0007, after 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

IS_REFUSED = sa.text("kind = 'sign-in refused'")


def upgrade() -> None:
    op.create_index("ix_events_account_id_kind", "events", ["account_id", "kind", "id"])
    op.create_index("ix_events_refused_at", "events", ["at"], sqlite_where=IS_REFUSED, postgresql_where=IS_REFUSED)


def downgrade() -> None:
    op.drop_index("ix_events_refused_at", table_name="events")
    op.drop_index("ix_events_account_id_kind", table_name="events")
