"""Names and addresses as people paste them: with an @ in front, and with what nobody can see around them."""

from collections.abc import Callable
from urllib.parse import quote

import pytest
from sqlalchemy import select

from microblog.audit import EventType
from microblog.identity import Account
from support.commands import run_command
from support.members import member
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from web.recovering import CHANGED, RESET, letters, noted

PASTED = [
    "@alice",
    "\u200balice\u200b",
    "\ufeff@Alice\u00a0",
    "\u202aalice@example.com\u202c",
    "@alice@example.com",
    "\talice\t",
]


@pytest.mark.parametrize("name", PASTED, ids=ascii)
def test_signing_in_takes_a_pasted_name(site: RunningSite, name: str) -> None:
    member(site, "alice")
    assert site.visitor().sign_in(name, PASSWORD).title == "Hi, alice!"


def test_every_spelling_counts_as_one_name(site_with_few: RunningSite) -> None:
    member(site_with_few, "alice")
    tries = [site_with_few.visitor().sign_in(name, "wrong").status for name in PASTED[:3]]
    assert tries == [422, 422, 429]


@pytest.mark.parametrize("name", PASTED, ids=ascii)
def test_a_reset_link_comes_for_a_pasted_name(site: RunningSite, name: str) -> None:
    member(site, "alice")
    assert site.visitor().submit("/reset_password_request", email=name).status == 200
    letters(site, RESET, 1)


def test_a_recovery_code_opens_by_a_pasted_name_and_pasted_itself(site: RunningSite) -> None:
    made = member(site, "alice").submit("/account/recovery-codes", current_password=PASSWORD)
    code = made.text.partition("<code>")[2].partition("<")[0]
    pasted, name, new = f"\u200b\u00a0{code}\ufeff", "\u200e@alice\u00a0", NEW_PASSWORD
    site.visitor().submit("/recovery_code", username=name, code=pasted, password=new, password2=new)
    letters(site, CHANGED, 1)


def test_signing_up_takes_a_pasted_name_and_address(site: RunningSite) -> None:
    name, address = "\u200b@alice", "\u00a0alice@example.com\u200b"
    answer = site.visitor().submit("/register", username=name, email=address, password=PASSWORD, password2=PASSWORD)
    assert answer.path == "/check-email"
    assert site.letters(1)[0].summary.to == "alice@example.com"


def test_another_username_is_kept_as_it_is_seen(site: RunningSite) -> None:
    alice = member(site, "alice")
    assert alice.submit("/edit_profile", username="\u2067@alicia\u2069", about_me="").path == "/user/alicia"
    with site.database.reading() as db:
        assert db.scalars(select(Account.username)).all() == ["alicia"]


@pytest.mark.parametrize("name", ["%40alice", "%E2%80%8Balice", "alice%C2%A0"])
def test_a_profile_is_found_by_what_was_pasted(site: RunningSite, name: str) -> None:
    alice = member(site, "alice")
    assert alice.get(f"/user/{name}").path == "/user/alice"


@pytest.fixture
def site_with_admin(site_with: Callable[..., RunningSite]) -> RunningSite:
    """A site whose administrator is Carol."""
    return site_with(ADMINS="carol@example.com").start()


@pytest.mark.parametrize(
    "words", ["@alice@example.com", "\u200balice@example.com\u00a0", "\u202a@alice\u202c"], ids=ascii
)
def test_searches_of_administrators_take_it(site_with_admin: RunningSite, words: str) -> None:
    site = site_with_admin
    admin = member(site, "carol")
    member(site, "alice")
    member(site, "bob")
    site.visitor().submit("/reset_password_request", email="alice" if "example" not in words else "alice@example.com")
    letters(site, RESET, 1)
    noted(site, EventType.RESET_REQUESTED)
    found = admin.get(f"/admin/events?search={quote(words)}").words
    assert "alice" in found
    assert "bob" not in found
    shown = admin.get(f"/admin/mail?search={quote(words)}").text
    assert 'href="/admin/mail/1"' in shown or "@example" not in words  # by then its key is the address


@pytest.mark.parametrize("name", ["@alice", "\u200b@alice\u200e", "\ufeffalice@example.com"], ids=ascii)
def test_commands_take_it(site: RunningSite, name: str) -> None:
    member(site, "alice")
    given = {"MICROBLOG_DATA": str(site.settings.data), "DATABASE_URL": site.settings.database_url}
    for command in ("recover", "trace", "sign-out", "deactivate", "reactivate"):
        done = run_command(f"{command} {name}", given)
        assert done.exit_code == 0, (command, done.output)
