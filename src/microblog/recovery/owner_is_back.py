"""The consequences of a recovery by any means: what ends when an account's owner is back.

docs/security.md has the rules as a table: "The owner always wins".
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from microblog.auth import cancel_confirmations, cancel_deletion, end_sessions
from microblog.contact import cancel_pending_changes, revert_changes_since
from microblog.identity import Account, Standing, removed_addresses
from microblog.identity.addresses import forget_removed
from microblog.origin import Origin
from microblog.ownership import Means, Proof, Restored, rank, record_recovery, restore_addresses
from microblog.ownership.restoring import junior_keys
from microblog.ownership.seniority import DISPUTES
from microblog.recovery.models import RecoveryCode


@dataclass(frozen=True)
class Returned:
    """The recovery as it is kept, and what became of the account's addresses."""

    recovery_id: int
    addresses: Restored


def proof_by(standing: Standing, means: Means, change_id: int | None = None) -> Proof:
    """Return the proof of somebody who reads the mail of an address."""
    return Proof(means, standing.since, standing.email_key, change_id)


def owner_is_back(
    session: Session, account: Account, proof: Proof, now: datetime, origin: Origin, put_back: str = ""
) -> Returned:
    """End what somebody else may hold of an account, as far as the proof reaches. The caller holds its row, FOR UPDATE.

    Always: sessions, a deletion that was asked for, whatever waits for a confirmation, reports by addresses that the
    proof outranks. Links to choose a password die with the password's hash, which the caller sets. Where the proof says
    that somebody else was in the account (`DISPUTES`): the addresses it outranks, and recovery codes made since it
    stood, 14 days at most. `put_back` is a removed address that the report is about.
    """
    end_sessions(session, account.id)
    cancel_deletion(session, account, now, origin)
    cancel_pending_changes(session, account.id)
    cancel_confirmations(session, account.id)
    if proof.means in DISPUTES:
        addresses = restore_addresses(session, account, proof.since, now, email_key=proof.email_key, put_back=put_back)
        revert_changes_since(session, account.id, rank(proof.since, now), now)
        end_codes_made_since(session, account.id, rank(proof.since, now))
    else:
        addresses = Restored()
        removed = removed_addresses(session, account.id, now)
        forget_removed(session, account.id, junior_keys(removed, proof.since, now))
    return Returned(record_recovery(session, account.id, proof, now), addresses)


def end_codes_made_since(session: Session, account_id: int, since: datetime) -> int:
    """End the recovery codes that were made since a moment, and return how many."""
    made = RecoveryCode.account_id == account_id, RecoveryCode.made_at >= since
    return len(session.scalars(delete(RecoveryCode).where(*made).returning(RecoveryCode.id)).all())
