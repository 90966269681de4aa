"""/register/finish: the letter of a sign-up, opened and answered."""

from collections.abc import Callable

from sqlalchemy import delete, func, select

from microblog.audit.models import Event
from microblog.identity import Account
from microblog.registration.models import SignUp
from support.running import NEW_PASSWORD, PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

GOOD = {"username": "alice", "email": "alice@example.com", "password": PASSWORD, "password2": PASSWORD}


def register(visitor: Visitor, **changes: str) -> Answer:
    """Send the sign-up form, filled in well but for the changes."""
    return visitor.submit("/register", follow=True, **{**GOOD, **changes})


def count(site: RunningSite, model: type) -> int:
    """How many rows a table has."""
    with site.database.reading() as db:
        return db.scalar(select(func.count()).select_from(model)) or 0


def accounts(site: RunningSite) -> list[tuple[str, str]]:
    """Every account's username and address."""
    with site.database.reading() as db:
        return [(one.username, one.email) for one in db.scalars(select(Account).order_by(Account.id))]


def test_before_the_letter_is_answered_there_is_no_account(site: RunningSite) -> None:
    visitor = site.visitor()
    register(visitor)
    assert count(site, Account) == 0
    assert visitor.sign_in("alice", PASSWORD).status == 422


def test_opening_the_link_changes_nothing_and_hides_the_token(site: RunningSite) -> None:
    visitor = site.visitor()
    register(visitor)
    link = link_in(site.letters(1)[0].text)
    token = link.rpartition("/")[2]
    for _ in range(2):
        assert visitor.ask("HEAD", link).status == 200
        moved = visitor.get(link, follow=False)
        assert (moved.status, moved.headers["Location"]) == (303, "/register/finish")
        page = visitor.get("/register/finish")
        assert page.title == "Finish signing up"
        assert token not in page.text
    assert count(site, Account) == 0
    assert count(site, SignUp) == 1


def test_the_button_makes_the_account_and_signs_nobody_in(site: RunningSite) -> None:
    visitor = site.visitor()
    register(visitor, username="Alice")
    done = visitor.submit(link_in(site.letters(1)[0].text))
    assert done.path == "/login"
    assert "Your account is ready. Please sign in." in done.words
    assert accounts(site) == [("Alice", "alice@example.com")]
    assert count(site, SignUp) == 0
    assert visitor.signed_in_as() is None
    visitor.sign_in("alice", PASSWORD)
    assert visitor.signed_in_as() == "Alice"
    with site.database.reading() as db:
        assert db.scalars(select(Event.kind).order_by(Event.id)).all() == ["signed_up", "signed_in"]


def test_in_another_browser_the_letter_is_answered_with_the_password_that_was_typed(site: RunningSite) -> None:
    register(site.visitor())
    phone = site.visitor()
    page = phone.get(link_in(site.letters(1)[0].text))
    assert "Type the password you chose" in page.words
    for wrong, why in (("", "Please type the password."), (NEW_PASSWORD, "That is not the password of this sign-up.")):
        refused = phone.submit("/register/finish", password=wrong)
        assert (refused.status, why in refused.words) == (422, True)
    assert count(site, Account) == 0
    assert "ready" in phone.submit("/register/finish", password=PASSWORD).words


def test_a_mail_scanner_that_opens_links_and_presses_buttons_makes_no_account(site: RunningSite) -> None:
    """Mallory types Alice's address, hoping that something reads Alice's mail for her."""
    register(site.visitor(), username="mallory", password=NEW_PASSWORD, password2=NEW_PASSWORD)
    link = link_in(site.letters(1)[0].text)
    scanner = site.visitor()
    scanner.get(link)
    page = scanner.get("/register/finish")
    named = {"csrf_token": scanner.token_in(page), "sign_up": page.value_of("sign_up") or ""}
    for fields in (named, named | {"username": "", "password": ""}):
        assert scanner.post("/register/finish", fields).status == 422
    assert (count(site, Account), count(site, SignUp)) == (0, 1)


def test_a_password_cannot_be_guessed_at_for_long(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_SIGN_IN_PER_IDENTIFIER="2/hour").start()
    register(site.visitor())
    link = link_in(site.letters(1)[0].text)
    answers = []
    for _ in range(3):
        phone = site.visitor()
        phone.get(link)
        answers.append(phone.submit("/register/finish", password=NEW_PASSWORD).status)
    assert answers == [422, 422, 429]
    assert "Please wait 30 minutes" in phone.submit("/register/finish", password=PASSWORD).words


def test_a_link_works_once(site: RunningSite) -> None:
    typed_here = site.visitor()
    register(typed_here)
    link = link_in(site.letters(1)[0].text)
    late = site.visitor()
    page = late.get(link)
    typed_here.submit(link)
    pressed = late.post(page.url, {"csrf_token": late.token_in(page)})
    again = site.visitor().get(link)
    for answer in (pressed, again):
        assert answer.status == 410
        assert "has been finished already" in answer.words
    assert accounts(site) == [("alice", "alice@example.com")]


def test_an_altered_link_opens_nothing(site: RunningSite) -> None:
    register(site.visitor())
    start, _, token = link_in(site.letters(1)[0].text).rpartition("/")
    for place in (20, 80, len(token) - 20):
        altered = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        answer = site.visitor().get(f"{start}/{altered}")
        assert answer.status == 410
        assert "not complete" in answer.words
        assert 'href="/register"' in answer.text


def test_a_link_works_for_a_day_from_when_the_letter_left(site: RunningSite) -> None:
    register(site.visitor())
    link = link_in(site.letters(1)[0].text)
    site.clock.move(hours=23, minutes=59)
    early = site.visitor()
    page = early.get(link)
    assert page.title == "Finish signing up"
    site.clock.move(minutes=1)
    for answer in (site.visitor().get(link), early.post(page.url, {"csrf_token": early.token_in(page)})):
        assert answer.status == 410
        assert "This link has expired" in answer.words
    assert count(site, Account) == 0


def test_without_an_opened_link_there_is_nothing_to_finish(site: RunningSite) -> None:
    visitor = site.visitor()
    register(visitor)
    site.letters(1)
    answer = visitor.get("/register/finish")
    assert answer.status == 410
    posted = visitor.post("/register/finish", {"csrf_token": visitor.token_in(visitor.get("/login"))})
    assert posted.status == 410
    assert count(site, Account) == 0


def test_of_two_sign_ups_for_one_address_the_first_to_be_finished_is_the_account(site: RunningSite) -> None:
    register(site.visitor(), username="first")
    site.letters(1)
    second = site.visitor()
    register(second, username="second", email="ALICE@example.com")
    links = [link_in(letter.text) for letter in site.letters(2)]
    second.submit(links[1])
    answer = site.visitor().get(links[0])
    assert answer.status == 410
    assert accounts(site) == [("second", "ALICE@example.com")]
    assert count(site, SignUp) == 0


def test_a_rival_for_the_same_address_cannot_have_its_owner_finish_the_wrong_sign_up(site: RunningSite) -> None:
    """Mallory types Alice's address and a password of her own; Alice opens the wrong one of two equal letters."""
    alice = site.visitor()
    register(alice, username="alice")
    mine = link_in(site.letters(1)[0].text)
    register(site.visitor(), username="alice", password=NEW_PASSWORD, password2=NEW_PASSWORD)
    hers = link_in(site.letters(2)[1].text)
    page = alice.get(hers)
    assert "This address was typed in more than one sign-up" in page.words
    for password in ("", PASSWORD):
        refused = alice.submit("/register/finish", password=password)
        assert refused.status == 422
    assert count(site, Account) == 0
    assert "Your account is ready" in alice.submit(mine).words
    assert alice.sign_in("alice", PASSWORD).title == "Hi, alice!"


def test_with_a_rival_another_browser_finishes_by_the_password_that_was_typed(site: RunningSite) -> None:
    register(site.visitor(), username="alice")
    mine = link_in(site.letters(1)[0].text)
    register(site.visitor(), username="mallory", password=NEW_PASSWORD, password2=NEW_PASSWORD)
    site.letters(2)
    phone = site.visitor()
    phone.get(mine)
    assert "Your account is ready" in phone.submit("/register/finish", password=PASSWORD).words
    assert accounts(site) == [("alice", "alice@example.com")]


def test_a_page_left_open_in_another_tab_finishes_no_other_sign_up(site: RunningSite) -> None:
    alice = site.visitor()
    register(alice, username="alice")
    register(alice, username="bobby", email="bobby@example.com")
    links = [link_in(letter.text) for letter in site.letters(2)]
    first_tab = alice.get(links[0])
    alice.get(links[1])
    fields = {"csrf_token": alice.token_in(first_tab), "sign_up": first_tab.value_of("sign_up") or ""}
    answer = alice.post("/register/finish", fields)
    assert answer.status == 409
    assert count(site, Account) == 0


def test_a_username_that_was_taken_meanwhile_is_replaced_by_another_and_the_password_stays(site: RunningSite) -> None:
    slow = site.visitor()
    register(slow, email="slow@example.com")
    link = link_in(site.letters(1)[0].text)
    site.sign_up("Alice", "quick@example.com", NEW_PASSWORD)
    page = slow.get(link)
    assert "The username alice was taken" in page.words
    token = {"csrf_token": slow.token_in(page)}
    for chosen, why in (("", "is taken"), ("ALICE", "is taken"), ("Adm1n", "is taken"), ("a", "this one has 1")):
        refused = slow.post(page.url, token | {"username": chosen})
        assert refused.status == 422
        assert why in refused.words
    assert "ready" in slow.post(page.url, token | {"username": "alice2"}).words
    assert accounts(site) == [("Alice", "quick@example.com"), ("alice2", "slow@example.com")]
    slow.sign_in("slow@example.com", PASSWORD)
    assert slow.signed_in_as() == "alice2"


def test_a_browser_that_typed_an_earlier_sign_up_needs_the_password_of_a_later_one(site: RunningSite) -> None:
    mallory = site.visitor()
    register(mallory, username="mallory", email="mallory@example.com")
    site.letters(1)
    with site.database.writing() as db:
        db.execute(delete(SignUp))  # as the sweep does once its day is over
    register(site.visitor())
    mallory.get(link_in(site.letters(2)[-1].text))
    page = mallory.get("/register/finish")
    assert "Type the password you chose" in page.words
    assert mallory.submit("/register/finish").status == 422
    assert count(site, Account) == 0
