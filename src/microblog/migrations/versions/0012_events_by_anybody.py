"""Events that anybody can cause are forgotten, not refused sign-ins alone: they are found by age.

Revision: 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

IS_REFUSED = sa.text("kind = 'sign-in refused'")
BY_ANYBODY = sa.text("kind IN ('sign-in refused', 'reset asked', 'recovery code refused')")


def upgrade() -> None:
    op.create_index("ix_events_by_anybody_at", "events", ["at"], sqlite_where=BY_ANYBODY, postgresql_where=BY_ANYBODY)
    op.drop_index("ix_events_refused_at", table_name="events")


def downgrade() -> None:
    op.create_index("ix_events_refused_at", "events", ["at"], sqlite_where=IS_REFUSED, postgresql_where=IS_REFUSED)
    op.drop_index("ix_events_by_anybody_at", table_name="events")
