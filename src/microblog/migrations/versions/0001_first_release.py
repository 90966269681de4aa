"""Every table of the first release.

Revision: 0001, after nothing.
"""

import sqlalchemy as sa
from alembic import op

from microblog.db import Utc

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "accounts",
    "allowances",
    "browser_state",
    "error_reports",
    "kept_usernames",
    "email_counts",
    "mail_provider_rate",
    "outbox",
    "restores",
    "sign_ups",
    "workers",
    "address_changes",
    "avatars",
    "confirmations",
    "digests",
    "events",
    "follow_counts",
    "follows",
    "former_usernames",
    "sessions",
    "pending_backup_emails",
    "posts",
    "profiles",
    "recoveries",
    "removed_addresses",
    "reportable_changes",
    "recovery_codes",
    "backup_emails",
    "subscriptions",
    "tries",
    "mentions",
    "post_tags",
)
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    create_accounts()
    create_allowances()
    create_browser_state()
    create_error_reports()
    create_kept_usernames()
    create_email_counts()
    create_mail_provider_rate()
    create_outbox()
    create_restores()
    create_sign_ups()
    create_workers()
    create_address_changes()
    create_avatars()
    create_confirmations()
    create_digests()
    create_events()
    create_follow_counts()
    create_follows()
    create_former_usernames()
    create_sessions()
    create_pending_backup_emails()
    create_posts()
    create_profiles()
    create_recoveries()
    create_removed_addresses()
    create_reportable_changes()
    create_recovery_codes()
    create_backup_emails()
    create_subscriptions()
    create_tries()
    create_mentions()
    create_post_tags()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)


def create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", ID, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("username_key", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("deactivated_at", Utc(), nullable=True),
        sa.Column("recovered_at", Utc(), nullable=True),
        sa.Column("muted_until", Utc(), nullable=True),
        sa.Column("reactivated_at", Utc(), nullable=True),
        sa.Column("backup_email_removed_at", Utc(), nullable=True),
        sa.Column("email_since", Utc(), nullable=True),
        sa.Column("deletion_due_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("email_key", name="uq_accounts_email_key"),
        sa.UniqueConstraint("username_key", name="uq_accounts_username_key"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_accounts_deletion_due_at",
        "accounts",
        ["deletion_due_at"],
        unique=False,
        sqlite_where=sa.text("deletion_due_at IS NOT NULL"),
        postgresql_where=sa.text("deletion_due_at IS NOT NULL"),
    )


def create_allowances() -> None:
    op.create_table(
        "allowances",
        sa.Column("key", sa.String(length=43), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_allowances"),
    )
    op.create_index("ix_allowances_full_at", "allowances", ["full_at"], unique=False)


def create_browser_state() -> None:
    op.create_table(
        "browser_state",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("owner", sa.String(length=32), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name="pk_browser_state"),
    )
    op.create_index("ix_browser_state_expires_at", "browser_state", ["expires_at"], unique=False)


def create_error_reports() -> None:
    op.create_table(
        "error_reports",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("first_at", Utc(), nullable=False),
        sa.Column("last_at", Utc(), nullable=False),
        sa.Column("told_at", Utc(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("untold", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_error_reports"),
    )


def create_kept_usernames() -> None:
    op.create_table(
        "kept_usernames",
        sa.Column("username_key", sa.String(length=64), nullable=False),
        sa.Column("free_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("username_key", name="pk_kept_usernames"),
    )
    op.create_index("ix_kept_usernames_free_at", "kept_usernames", ["free_at"], unique=False)


def create_email_counts() -> None:
    op.create_table(
        "email_counts",
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("emails", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("buckets", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "state", "reason", name="pk_email_counts"),
    )


def create_mail_provider_rate() -> None:
    op.create_table(
        "mail_provider_rate",
        sa.Column("slot", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slot", name="pk_mail_budget"),
    )


def create_outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("to", sa.String(length=320), nullable=False),
        sa.Column("address_key", sa.String(length=340), nullable=True),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("queued_at", Utc(), nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("payload_version", sa.Integer(), nullable=False),
        sa.Column("progress", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=340), nullable=True),
        sa.Column("superseded", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("lease", sa.String(length=32), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(length=320), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("ended_at", Utc(), nullable=True),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("due_set_at", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_address_key", "outbox", ["address_key"], unique=False)
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["urgent", "due_at"],
        unique=False,
        sqlite_where=sa.text("state IN ('waiting', 'sending')"),
        postgresql_where=sa.text("state IN ('waiting', 'sending')"),
    )
    op.create_index(
        "ix_outbox_kept",
        "outbox",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL AND \"to\" <> ''"),
        postgresql_where=sa.text("ended_at IS NOT NULL AND \"to\" <> ''"),
    )
    op.create_index(
        "ix_outbox_held",
        "outbox",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'held'"),
        postgresql_where=sa.text("state = 'held'"),
    )
    op.create_index("ix_outbox_key", "outbox", ["key"], unique=False)
    op.create_index(
        "ix_outbox_waiting_key",
        "outbox",
        ["key"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting' AND NOT superseded"),
        postgresql_where=sa.text("state = 'waiting' AND NOT superseded"),
    )
    op.create_index(
        "ix_outbox_uncounted",
        "outbox",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NOT NULL AND NOT counted"),
        postgresql_where=sa.text("ended_at IS NOT NULL AND NOT counted"),
    )


def create_restores() -> None:
    op.create_table(
        "restores",
        sa.Column("id", ID, nullable=False),
        sa.Column("restored_at", Utc(), nullable=False),
        sa.Column("backup_made_at", Utc(), nullable=False),
        sa.Column("generation", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_restores"),
        sqlite_autoincrement=True,
    )


def create_sign_ups() -> None:
    op.create_table(
        "sign_ups",
        sa.Column("id", ID, nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sign_ups"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sign_ups_email_key", "sign_ups", ["email_key"], unique=False)
    op.create_index("ix_sign_ups_expires_at", "sign_ups", ["expires_at"], unique=False)


def create_workers() -> None:
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.Column("started_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workers"),
    )


def create_address_changes() -> None:
    op.create_table(
        "address_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("old_email", sa.String(length=320), nullable=False),
        sa.Column("old_email_key", sa.String(length=320), nullable=False),
        sa.Column("new_email", sa.String(length=320), nullable=False),
        sa.Column("new_email_key", sa.String(length=320), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("completed_at", Utc(), nullable=True),
        sa.Column("taken_back_at", Utc(), nullable=True),
        sa.Column("last_recovery_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_address_changes_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_address_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_address_changes_account_id", "address_changes", ["account_id"], unique=False)
    op.create_index("ix_address_changes_asked_at", "address_changes", ["asked_at"], unique=False)


def create_avatars() -> None:
    op.create_table(
        "avatars",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_avatars_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_avatars"),
    )


def create_confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("action", sa.String(length=40), nullable=False),
        sa.Column("wanted", sa.String(length=320), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_confirmations_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_confirmations"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_confirmations_account_id", "confirmations", ["account_id"], unique=False)
    op.create_index("ix_confirmations_asked_at", "confirmations", ["asked_at"], unique=False)


def create_digests() -> None:
    op.create_table(
        "digests",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("due_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_digests_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_digests"),
    )
    op.create_index("ix_digests_due_at", "digests", ["due_at"], unique=False)


def create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("detail", sa.String(length=100), nullable=False),
        sa.Column("email_id", sa.BigInteger(), nullable=True),
        sa.Column("about", sa.String(length=43), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_events_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_events_about",
        "events",
        ["about"],
        unique=False,
        sqlite_where=sa.text("about <> ''"),
        postgresql_where=sa.text("about <> ''"),
    )
    op.create_index("ix_events_account_id", "events", ["account_id", "id"], unique=False)
    op.create_index("ix_events_account_id_kind", "events", ["account_id", "kind", "id"], unique=False)
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index(
        "ix_events_by_anybody_at",
        "events",
        ["at"],
        unique=False,
        sqlite_where=sa.text("kind IN ('sign_in_refused', 'reset_requested', 'recovery_code_refused')"),
        postgresql_where=sa.text("kind IN ('sign_in_refused', 'reset_requested', 'recovery_code_refused')"),
    )


def create_follow_counts() -> None:
    op.create_table(
        "follow_counts",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("followers", sa.Integer(), nullable=False),
        sa.Column("following", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_follow_counts_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_follow_counts"),
    )


def create_follows() -> None:
    op.create_table(
        "follows",
        sa.Column("id", ID, nullable=False),
        sa.Column("follower_id", ID, nullable=False),
        sa.Column("followed_id", ID, nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["followed_id"], ["accounts.id"], name="fk_follows_followed_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["follower_id"], ["accounts.id"], name="fk_follows_follower_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follows"),
        sa.UniqueConstraint("follower_id", "followed_id", name="uq_follows_follower_id_followed_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_follows_followed_id", "follows", ["followed_id", "id"], unique=False)
    op.create_index("ix_follows_follower_id", "follows", ["follower_id", "id"], unique=False)


def create_former_usernames() -> None:
    op.create_table(
        "former_usernames",
        sa.Column("username_key", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=64), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_former_usernames_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("username_key", name="pk_former_usernames"),
    )
    op.create_index("ix_former_usernames_account_id", "former_usernames", ["account_id"], unique=False)


def create_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("remembered", sa.Boolean(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=False),
        sa.Column("device", sa.String(length=60), nullable=False),
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_sessions_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        sa.UniqueConstraint("secret_hash", name="uq_sessions_secret_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_sessions_account_id", "sessions", ["account_id"], unique=False)
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"], unique=False)


def create_pending_backup_emails() -> None:
    op.create_table(
        "pending_backup_emails",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("asked_at", Utc(), nullable=False),
        sa.Column("expires_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_pending_backup_emails_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_pending_backup_emails"),
    )
    op.create_index("ix_pending_backup_emails_email_key", "pending_backup_emails", ["email_key"], unique=False)
    op.create_index("ix_pending_backup_emails_expires_at", "pending_backup_emails", ["expires_at"], unique=False)


def create_posts() -> None:
    op.create_table(
        "posts",
        sa.Column("id", ID, nullable=False),
        sa.Column("author_id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", Utc(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.Column("deleted_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["accounts.id"], name="fk_posts_author_id_accounts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("author_id", "once", name="uq_posts_author_id_once"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_posts_author_shown",
        "posts",
        ["author_id", "id"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NULL"),
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_index(
        "ix_posts_deleted_at",
        "posts",
        ["deleted_at"],
        unique=False,
        sqlite_where=sa.text("deleted_at IS NOT NULL"),
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )


def create_profiles() -> None:
    op.create_table(
        "profiles",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("about_me", sa.Text(), nullable=False),
        sa.Column("seen_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_profiles_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_profiles"),
    )


def create_recoveries() -> None:
    op.create_table(
        "recoveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("means", sa.String(length=20), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("change_id", ID, nullable=True),
        sa.Column("reviewed_at", Utc(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_recoveries_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recoveries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recoveries_account_id", "recoveries", ["account_id"], unique=False)
    op.create_index("ix_recoveries_at", "recoveries", ["at"], unique=False)


def create_removed_addresses() -> None:
    op.create_table(
        "removed_addresses",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("removed_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_removed_addresses_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "email_key", name="pk_removed_addresses"),
    )
    op.create_index("ix_removed_addresses_removed_at", "removed_addresses", ["removed_at"], unique=False)


def create_reportable_changes() -> None:
    op.create_table(
        "reportable_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("second_email", sa.String(length=320), nullable=False),
        sa.Column("recovery_id", ID, nullable=True),
        sa.Column("last_recovery_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_reportable_changes_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_reportable_changes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reportable_changes_account_id", "reportable_changes", ["account_id"], unique=False)
    op.create_index("ix_reportable_changes_at", "reportable_changes", ["at"], unique=False)


def create_recovery_codes() -> None:
    op.create_table(
        "recovery_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_recovery_codes_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_codes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_recovery_codes_account_id", "recovery_codes", ["account_id"], unique=False)


def create_backup_emails() -> None:
    op.create_table(
        "backup_emails",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("email", sa.String(length=320), nullable=False),
        sa.Column("email_key", sa.String(length=320), nullable=False),
        sa.Column("added_at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_backup_emails_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_backup_emails"),
        sa.UniqueConstraint("email_key", name="uq_backup_emails_email_key"),
    )


def create_subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("account_id", ID, autoincrement=False, nullable=False),
        sa.Column("followed", sa.Boolean(), nullable=False),
        sa.Column("mentioned", sa.Boolean(), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_subscriptions_account_id_accounts", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name="pk_subscriptions"),
    )


def create_tries() -> None:
    op.create_table(
        "tries",
        sa.Column("id", ID, nullable=False),
        sa.Column("email_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["email_id"], ["outbox.id"], name="fk_tries_email_id_outbox", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_tries"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_tries_email_id", "tries", ["email_id"], unique=False)


def create_mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("account_id", ID, nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.Column("name_key", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name="fk_mentions_account_id_accounts", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_mentions_post_id_posts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", "post_id", name="pk_mentions"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_mentions_post_id", "mentions", ["post_id"], unique=False)


def create_post_tags() -> None:
    op.create_table(
        "post_tags",
        sa.Column("tag", sa.String(length=300), nullable=False),
        sa.Column("post_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["posts.id"], name="fk_post_tags_post_id_posts", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("tag", "post_id", name="pk_post_tags"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_post_tags_post_id", "post_tags", ["post_id"], unique=False)
