"""Texts of reasons: why an email ended without being sent. The outbox, the counts and the metrics keep the codes."""

TEXTS = {
    # delivery
    "superseded": "replaced by a newer one",
    "repeated": "asked for twice",
    "deadline": "its time had passed before it could leave",
    "refused": "refused",
    "cannot_be_written": "cannot be written",
    # administrators
    "dropped_by_operator": "dropped by the operator",
    "dropped_after_restore": "dropped after a restore",
    # accounts
    "no_such_account": "no such account",
    "sign_up_over": "the sign-up was finished or has expired",
    "confirmation_over": "it was confirmed, replaced or given up",
    "deletion_cancelled": "the deletion was cancelled",
    "too_many_sign_up_emails": "too many sign-up letters to this address",
    # addresses
    "backup_email_over": "the second address was confirmed or replaced",
    "too_many_backup_email_emails": "too many letters to this address that confirm a second one",
    "email_change_undone": "the address was taken back, or the account is gone",
    "email_change_over": "the change of address was completed, replaced or given up",
    "recovered_since": "the account is gone, or was recovered since",
    # password resets
    "muted_by_owner": "muted by the owner",
    "too_many_reset_emails": "too many reset letters to this account",
    "owner_is_back": "the owner has come back since",
    # subscriptions
    "turned_off": "turned off",
    "daily_limit": "enough of these for today",
    "no_new_followers": "nobody new follows any more",
    "post_gone": "the post is gone",
    "nothing_new": "there is nothing new",
}


def reason_text(reason: str) -> str:
    """Say why an email was not sent; a reason without words, as one of an older version, is shown as it is."""
    return TEXTS.get(reason, reason)
