"""/admin/members: what is known of an account, and what an administrator may do to it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from microblog.audit.models import Event
from microblog.identity import Account, BackupEmail
from microblog.recovery.models import RecoveryCode
from support.letters import letter_to
from support.members import member, recovered
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.visitor import Answer, Visitor
from web.recovering import account_of, add_second

HOME, NEW = "alice@home.example", "new@example.org"
ACTIONS = ["set-email", "remove-backup-email", "end-recovery-codes", "sign-out", "deactivate"]
ADMIN = {"ADMINS": "root@example.com"}
MakeSite = Callable[..., RunningSite]


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site with an administrator."""
    with ExitStack() as stack:
        made = RunningSite(tmp_path / "data", database_url, ADMIN)
        stack.callback(made.stop)
        yield made.start()


@pytest.fixture
def alice(site: RunningSite) -> Visitor:
    """A member with a backup email and a recovery code."""
    visitor = member(site, "alice")
    add_second(site, HOME)
    with site.database.writing() as db:
        db.execute(insert(RecoveryCode).values(account_id=account_of(site).id, code_hash="x", made_at=site.clock()))
    return visitor


@pytest.fixture
def root(site: RunningSite) -> Visitor:
    """The administrator's browser."""
    return member(site, "root.admin", "root@example.com")


def do(visitor: Visitor, action: str, username: str = "alice", **fields: str) -> Answer:
    typed = {"current_password": PASSWORD, **({"email": NEW} if action == "set-email" else {}), **fields}
    return visitor.submit(f"/admin/members/{username}/{action}", follow=True, **typed)


def details(site: RunningSite) -> list[tuple[str, str]]:
    """What happened to Alice, but signing in."""
    with site.database.reading() as db:
        theirs = select(Event).join(Account, Account.id == Event.account_id).where(Account.username == "alice")
        return [(one.kind, one.detail) for one in db.scalars(theirs.order_by(Event.id)) if one.kind != "signed_in"]


@pytest.mark.parametrize("words", ["alice", " ALICE ", "Alice@example.com", HOME])
def test_an_account_is_found_by_any_name(site: RunningSite, alice: Visitor, root: Visitor, words: str) -> None:
    page = root.get(f"/admin/members?search={words.replace(' ', '+')}")
    assert (page.path, page.title) == ("/admin/members/alice", "alice")
    for shown in ("alice@example.com", HOME, "Recovery codes 1", "Sessions 1", "State active"):
        assert shown in page.words
    for action in ACTIONS:
        assert f'href="/admin/members/alice/{action}"' in page.text
    assert "/alice/reactivate" not in page.text


@pytest.mark.parametrize("words", ["nobody", "nobody@example.com", "<b>", "x" * 400, "%00"])
def test_what_finds_nobody_says_so(root: Visitor, words: str) -> None:
    page = root.get(f"/admin/members?search={words}")
    assert (page.status, "No account has this" in page.words) == (200, True)
    assert root.get("/admin/members/nobody").status == 404
    assert root.get("/admin/members/nobody/deactivate").status == 404


def test_a_former_username_and_a_scheduled_deletion_are_told(site: RunningSite, alice: Visitor, root: Visitor) -> None:
    alice.submit("/edit_profile", username="alicia", about_me="")
    alice.submit("/account/delete", current_password=PASSWORD, sure="y")
    page = root.get("/admin/members?search=alice")
    assert page.path == "/admin/members/alicia"
    assert "Before alice" in page.words
    assert "to be deleted after 25 Nov 2026, 12:00 UTC , unless its owner signs in" in page.words


def test_a_backup_email_is_removed(site: RunningSite, alice: Visitor, root: Visitor) -> None:
    done = do(root, "remove-backup-email")
    assert (done.path, "The backup email of alice was removed." in done.words) == ("/admin/members/alice", True)
    assert "Backup email none" in done.words
    assert details(site) == [("backup_email_removed", "by_administrator:root.admin")]
    for address in ("alice@example.com", HOME):
        assert letter_to(site, address, "Your backup email was removed")


def test_recovery_codes_are_ended(site: RunningSite, alice: Visitor, root: Visitor) -> None:
    assert "Recovery codes none" in do(root, "end-recovery-codes").words
    assert details(site) == [("recovery_codes_ended", "by_administrator:root.admin")]
    assert letter_to(site, HOME, "Your recovery codes no longer work")


def test_an_address_is_set(site: RunningSite, alice: Visitor, root: Visitor) -> None:
    done = do(root, "set-email")
    assert f"Email address {NEW}" in done.words
    assert alice.signed_in_as() is None
    assert details(site) == [("email_changed", "by_administrator:root.admin")]
    for address in ("alice@example.com", HOME, NEW):
        assert letter_to(site, address, "Your email address was changed")


def test_a_member_is_signed_out_deactivated_and_reactivated(site: RunningSite, alice: Visitor, root: Visitor) -> None:
    assert "Sessions none" in do(root, "sign-out").words
    assert alice.signed_in_as() is None
    assert "State deactivated since" in do(root, "deactivate").words
    assert alice.sign_in("alice", PASSWORD).status == 422
    assert "State active" in do(root, "reactivate").words
    assert alice.sign_in("alice", PASSWORD).title == "Hi, alice!"


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("password", ["", NEW_PASSWORD])
def test_nothing_happens_without_the_administrators_own_password(
    site: RunningSite, alice: Visitor, root: Visitor, action: str, password: str
) -> None:
    answer = do(root, action, current_password=password)
    assert answer.status == 422
    if action == "set-email":
        assert f'value="{NEW}"' in answer.text, "what was typed stays"
    assert details(site) == []
    assert alice.signed_in_as() == "alice"


@pytest.mark.parametrize("action", ACTIONS)
def test_nothing_happens_without_the_forms_token(site: RunningSite, alice: Visitor, root: Visitor, action: str) -> None:
    fields = {"current_password": PASSWORD, "email": NEW}
    assert root.post(f"/admin/members/alice/{action}", fields).status == 400
    assert details(site) == []


@pytest.mark.parametrize("action", ACTIONS)
def test_an_administrator_who_was_recovered_within_a_day_has_to_wait(
    site: RunningSite, alice: Visitor, root: Visitor, action: str
) -> None:
    """Whoever recovered that account may be somebody else, and would get every account by it."""
    recovered(site, "root.admin")
    assert "less than a day ago" in root.get(f"/admin/members/alice/{action}").words
    answer = do(root, action)
    assert (answer.status, "works again from 12:00 UTC on 23 November" in answer.words) == (422, True)
    assert details(site) == []


@pytest.mark.parametrize("action", ["set-email", "sign-out", "deactivate"])
def test_an_administrator_does_nothing_of_this_to_their_own_account(
    site: RunningSite, root: Visitor, action: str
) -> None:
    answer = do(root, action, "root.admin")
    assert (answer.status, "This is your own account" in answer.words) == (422, True)
    assert root.signed_in_as() == "root.admin"


@pytest.mark.parametrize(
    ("action", "fields", "why"),
    [
        ("set-email", {"email": "root@example.com"}, "This email address belongs to another account."),
        ("set-email", {"email": "alice@example.com"}, "That is the email address of this account already."),
        ("set-email", {"email": "alice@"}, "Please look at the marked field"),
        ("reactivate", {}, "This account is not deactivated."),
    ],
)
def test_what_cannot_be_done_is_said(
    site: RunningSite, alice: Visitor, root: Visitor, action: str, fields: dict[str, str], why: str
) -> None:
    answer = do(root, action, **fields)
    assert (answer.status, why in answer.words or why in answer.text) == (422, True)
    assert details(site) == []


@pytest.mark.parametrize("action", ["", "/deactivate", "/set-email", "/no-such-action"])
def test_for_everybody_else_nothing_of_it_is_there(site: RunningSite, alice: Visitor, action: str) -> None:
    nowhere = alice.get("/admin/never-there")
    for path in ("/admin/members", f"/admin/members/alice{action}"):
        assert (alice.get(path).status, alice.get(path).words) == (404, nowhere.words)
        token = alice.token_in(alice.get("/account/password"))
        assert alice.post(path, {"csrf_token": token, "current_password": PASSWORD}).status == 404
        assert site.visitor().get(path).status == 404
    assert details(site) == []


def test_an_action_that_does_not_exist_is_no_page(alice: Visitor, root: Visitor) -> None:
    assert root.get("/admin/members/alice/promote").status == 404
    token = root.token_in(root.get("/admin/members/alice/deactivate"))
    assert root.post("/admin/members/alice/promote", {"csrf_token": token}).status == 404


def test_a_member_who_was_deactivated_is_found_and_their_address_can_be_set(
    site: RunningSite, alice: Visitor, root: Visitor
) -> None:
    with site.database.writing() as db:
        db.execute(update(Account).where(Account.username == "alice").values(deactivated_at=site.clock()))
    assert f"Email address {NEW}" in do(root, "set-email").words
    with site.database.reading() as db:
        assert db.scalars(select(BackupEmail.email)).all() == [HOME]
