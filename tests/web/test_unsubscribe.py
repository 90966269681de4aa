"""/unsubscribe/<token>: one click ends one kind of letter; opening the link changes nothing."""

import pytest
from sqlalchemy import delete, update

from microblog.identity import Account
from microblog.links import Links
from microblog.personal_data import KEEP_LINK
from microblog.subscriptions import Choices, Topic, choices_of
from support.community import add_member, deactivate, unsaved_account
from support.running import RunningSite
from support.unsubscribing import unsubscribe_token

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def link(site: RunningSite, account_id: int, wish: Topic = Topic.DIGEST) -> str:
    with site.database.reading() as db:
        account = db.get(Account, account_id) or unsaved_account(account_id)
    return f"/unsubscribe/{unsubscribe_token(site.settings, account, wish, site.clock())}"


def chosen(site: RunningSite, account_id: int) -> Choices:
    with site.database.reading() as db:
        return choices_of(db, account_id)


@pytest.mark.parametrize("wish", list(Topic))
def test_a_mail_programs_one_click_ends_these_letters_and_no_others(site: RunningSite, wish: Topic) -> None:
    alice = add_member(site.database, "Alice")
    answer = site.visitor().post(link(site, alice, wish), ONE_CLICK, follow=False)
    assert (answer.status, answer.title) == (200, "These letters are off")
    assert chosen(site, alice) == Choices(**{wish.value: False})


def test_a_person_is_asked_first_and_ends_them_by_the_button(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    visitor = site.visitor()
    assert visitor.get(link(site, alice)).title == "No more of these letters?"
    assert chosen(site, alice) == Choices()
    answer = visitor.submit(link(site, alice))
    assert answer.title == "These letters are off"
    assert 'href="/account/letters"' in answer.text
    assert chosen(site, alice) == Choices(digest=False)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_program_that_opens_links_changes_nothing(site: RunningSite, method: str) -> None:
    alice = add_member(site.database, "Alice")
    assert site.visitor().ask(method, link(site, alice)).status == 200
    assert chosen(site, alice) == Choices()


def test_sent_again_it_answers_the_same(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    first, second = (site.visitor().post(link(site, alice), ONE_CLICK) for _ in range(2))
    assert (first.status, first.text) == (second.status, second.text)


def test_of_an_account_that_is_gone_it_answers_the_same(site: RunningSite) -> None:
    alice, bob = add_member(site.database, "Alice"), add_member(site.database, "bob")
    deactivate(site.database, bob)
    answers = [site.visitor().post(link(site, who), ONE_CLICK) for who in (alice, bob, 4711)]
    assert {(one.status, one.text) for one in answers} == {(200, answers[0].text)}


@pytest.mark.parametrize(
    "form",
    [
        {"other": ""},
        {"List-Unsubscribe": "one-click"},
        {"List-Unsubscribe": "Two-Click"},
        {"list-unsubscribe": "One-Click"},
    ],
)
def test_any_other_form_needs_the_token_of_the_page(site: RunningSite, form: dict[str, str]) -> None:
    alice = add_member(site.database, "Alice")
    assert site.visitor().post(link(site, alice), form).status == 400
    assert chosen(site, alice) == Choices()


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", None),
        (b"", "application/x-www-form-urlencoded"),
        (b"", "text/plain"),
        (b"List-Unsubscribe=One-Click", "text/plain"),
        (b"List-Unsubscribe=One-Click\r\n", "text/plain; charset=utf-8"),
        (b"List-Unsubscribe=One-Click", "application/octet-stream"),
        (
            b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
        ),
    ],
)
def test_a_mail_program_may_send_its_click_in_any_form_or_none(
    site: RunningSite, body: bytes, kind: str | None
) -> None:
    alice = add_member(site.database, "Alice")
    headers = {"Content-Type": kind} if kind else {}
    assert site.visitor().ask("POST", link(site, alice), body, headers=headers).status == 200
    assert chosen(site, alice) == Choices(digest=False)


@pytest.mark.parametrize("body", [b"anything else", b'{"List-Unsubscribe": "Two-Click"}'])
def test_other_text_ends_nothing(site: RunningSite, body: bytes) -> None:
    alice = add_member(site.database, "Alice")
    headers = {"Content-Type": "text/plain"}
    assert site.visitor().ask("POST", link(site, alice), body, headers=headers).status == 400
    assert chosen(site, alice) == Choices()


def test_the_words_of_one_click_open_no_other_form(site: RunningSite) -> None:
    assert site.visitor().post("/logout", ONE_CLICK).status == 400


def test_a_link_that_went_to_another_address_ends_nothing(site: RunningSite) -> None:
    """Whoever had the account sent to their own mailbox for a time must not change it later."""
    alice = add_member(site.database, "Alice")
    thiefs = link(site, alice)
    with site.database.writing() as db:
        db.execute(update(Account).values(email="alice@new.example", email_key="alice@new.example"))
    answer = site.visitor().post(thiefs, ONE_CLICK)
    assert (answer.status, answer.title) == (200, "These letters are off")
    assert chosen(site, alice) == Choices()
    site.visitor().post(link(site, alice), ONE_CLICK)
    assert chosen(site, alice) == Choices(digest=False)


def test_a_link_works_for_years(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    made = link(site, alice)
    site.clock.move(days=3000)
    assert site.visitor().post(made, ONE_CLICK).status == 200
    assert chosen(site, alice) == Choices(digest=False)


def test_a_link_that_is_not_ours_changes_nothing(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    token = link(site, alice).rpartition("/")[2]
    keep = Links(site.settings).sign(KEEP_LINK, alice, unsaved_account(alice), expires=site.clock())
    for dead in (token[:-3] + "abc", "altered", keep):
        for answer in (
            site.visitor().get(f"/unsubscribe/{dead}"),
            site.visitor().post(f"/unsubscribe/{dead}", ONE_CLICK),
        ):
            assert (answer.status, answer.title) == (400, "This link does not work")
    assert site.visitor().get("/unsubscribe/").status == 400
    assert chosen(site, alice) == Choices()


def test_the_pages_name_nobody(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    assert "Alice" not in site.visitor().get(link(site, alice)).text


def test_the_link_of_a_deleted_member_ends_nothing_of_a_newcomer(site: RunningSite) -> None:
    alice = add_member(site.database, "Alice")
    hers = link(site, alice)
    with site.database.writing() as db:
        db.execute(delete(Account).where(Account.id == alice))
    bob = add_member(site.database, "Bob")
    assert site.visitor().post(hers, ONE_CLICK, follow=False).status == 200
    assert chosen(site, bob) == Choices()
