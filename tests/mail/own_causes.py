"""What causes each email of a member's own area."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from microblog.auth import Action, CancelledBy, cancel_deletion, own_links
from microblog.auth.confirmations import ask_to_confirm
from microblog.contact import BACK_WITHIN, AddressChange, complete_change
from microblog.contact.address_change import ask_for_address
from microblog.contact.address_change_links import OPEN_FOR, change_state, return_state
from microblog.identity import Account
from microblog.links import LinkSigner
from microblog.mail import Address, parse_address
from microblog.origin import Origin
from microblog.personal_data import delete_account
from microblog.personal_data.deletion import ask_for_deletion
from microblog.profiles import change_username
from microblog.recovery import take_back
from microblog.settings import load
from support.clock import NOON

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
    signer = signer_for("change_address")
    token = signer.sign(change.id, *change_state(change, account), expires=NOON + OPEN_FOR)
    complete_change(session, signer, signer.read(token), None, NOON, FIREFOX)
    session.expire_all()


def address_is_taken_back(session: Session) -> None:
    member_has_moved(session)
    change = session.scalars(select(AddressChange)).one()
    signer = signer_for("take_back_address")
    token = signer.sign(change.id, *return_state(change, ALICE.spelled), expires=NOON + BACK_WITHIN)
    take_back(session, signer, signer.read(token), NOON, FIREFOX)


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


def signer_for(purpose: str) -> LinkSigner:
    links = own_links(load({"MICROBLOG_DATA": "/nowhere", "SECRET_KEY": "x" * 40}))
    return {"change_address": links.change_address, "take_back_address": links.take_back}[purpose]


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
