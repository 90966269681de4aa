"""Posts, what can be found by them, and who follows whom.

Revision: 0008, after 0007.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
SHOWN = sa.text("deleted_at IS NULL")
DELETED = sa.text("deleted_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "posts",
        sa.Column("id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("deleted_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["author_id"], ["accounts.id"], name=op.f("fk_posts_author_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("author_id", "once", name=op.f("uq_posts_author_id_once")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_posts_author_shown", "posts", ["author_id", "id"], sqlite_where=SHOWN, postgresql_where=SHOWN)
    op.create_index("ix_posts_deleted_at", "posts", ["deleted_at"], sqlite_where=DELETED, postgresql_where=DELETED)
    op.create_table(
        "post_tags",
        sa.Column("tag", sa.String(length=300), nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_post_tags_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag", "post_id", name=op.f("pk_post_tags")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_post_tags_post_id"), "post_tags", ["post_id"])
    op.create_table(
        "mentions",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_mentions_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name=op.f("fk_mentions_post_id_posts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "post_id", name=op.f("pk_mentions")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_mentions_post_id"), "mentions", ["post_id"])
    op.create_table(
        "follows",
        sa.Column("id", ID, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("followed_id", ID, nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["accounts.id"], name=op.f("fk_follows_follower_id_accounts"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["followed_id"], ["accounts.id"], name=op.f("fk_follows_followed_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_follows")),
        sa.UniqueConstraint("follower_id", "followed_id", name=op.f("uq_follows_follower_id_followed_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follows_follower_id", "follows", ["follower_id", "id"])
    op.create_index("ix_follows_followed_id", "follows", ["followed_id", "id"])
    op.create_table(
        "follow_counts",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("following", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_follow_counts_account_id_accounts"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_follow_counts")),
    )


def downgrade() -> None:
    for table in ("follow_counts", "follows", "mentions", "post_tags", "posts"):
        op.drop_table(table)
