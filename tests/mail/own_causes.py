"""What causes each email of a member's own area."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.auth import Action, CancelledBy, cancel_deletion
from microblog.auth.confirmations import ask_to_confirm
from microblog.contact import CHANGE_ADDRESS_LINK, TAKE_BACK_LINK, AddressChange
from microblog.contact.address_change import ask_for_address, complete_change
from microblog.identity import Account
from microblog.mail import Address, parse_address
from microblog.origin import Origin
from microblog.personal_data import delete_account
from microblog.personal_data.deletion import ask_for_deletion
from microblog.profiles.change_username import change_username
from microblog.recovery.address_revert import take_back
from support.clock import NOON
from support.links import genuine_link

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA"
FIREFOX = Origin("Firefox on Windows", "192.0.2.0/24")
ALICE = parse_address("Alice@example.com")
ELSEWHERE = parse_address("elsewhere@example.org")


def own_member(session: Session, username: str, address: Address) -> Account:
    account = Account(
        username=username,
        username_key=username.lower(),
        email=address.spelled,
        email_key=address.key,
        password_hash=HASH,
        created_at=NOON,
    )
    session.add(account)
    session.flush()
    return account


def member_asks_to_move_here(session: Session) -> None:
    ask_for_address(session, own_member(session, "Alice", ELSEWHERE), ALICE, NOON, FIREFOX)


def somebody_asks_to_move_here(session: Session) -> None:
    own_member(session, "Alice", ALICE)
    ask_for_address(session, own_member(session, "bob", ELSEWHERE), ALICE, NOON, FIREFOX)


def member_asks_to_move_away(session: Session) -> None:
    ask_for_address(session, own_member(session, "Alice", ALICE), ELSEWHERE, NOON, FIREFOX)


def member_has_moved(session: Session) -> None:
    member_asks_to_move_away(session)
    account, change = session.scalars(select(Account)).one(), session.scalars(select(AddressChange)).one()
    link = genuine_link(CHANGE_ADDRESS_LINK, change.id, change, account, expires=NOON + timedelta(hours=1))
    complete_change(session, link, None, NOON, FIREFOX)
    session.expire_all()


def address_is_taken_back(session: Session) -> None:
    member_has_moved(session)
    change = session.scalars(select(AddressChange)).one()
    link = genuine_link(TAKE_BACK_LINK, change.id, change, ALICE.spelled, expires=NOON + timedelta(hours=1))
    take_back(session, link, NOON, FIREFOX)


def member_asks_for_something_grave(session: Session) -> None:
    ask_to_confirm(session, own_member(session, "Alice", ALICE), Action.DOWNLOAD, NOON, FIREFOX)


def member_is_renamed(session: Session) -> None:
    change_username(session, own_member(session, "alys", ALICE), "Alice", NOON, FIREFOX)


def member_asks_to_leave(session: Session) -> None:
    ask_for_deletion(session, own_member(session, "Alice", ALICE), NOON, FIREFOX)


def member_stays(session: Session) -> None:
    member_asks_to_leave(session)
    session.flush()
    cancel_deletion(session, session.scalars(select(Account)).one(), NOON, FIREFOX, CancelledBy.SIGN_IN)


def member_leaves(session: Session) -> None:
    account = own_member(session, "Alice", ALICE)
    account.deletion_due_at = NOON
    assert delete_account(session, account.id, [], b"a key", NOON)


OWN_CAUSES: dict[str, Callable[[Session], None]] = {
    "change_address": member_asks_to_move_here,
    "address_in_use": somebody_asks_to_move_here,
    "address_change_asked": member_asks_to_move_away,
    "address_changed": member_has_moved,
    "account_restored": address_is_taken_back,
    "confirm": member_asks_for_something_grave,
    "username_changed": member_is_renamed,
    "deletion_asked": member_asks_to_leave,
    "deletion_cancelled": member_stays,
    "goodbye": member_leaves,
}
