"""How often somebody may try to choose a new password by an account's links."""

from collections.abc import Callable

from microblog.audit import EventType
from support.members import member
from support.running import NEW_PASSWORD, RunningSite
from support.visitor import Answer, Visitor
from web.recovering import RESET, letters, link_of, noted

PAGE = "/reset_password_request"
WEAK = "password1234"


def send(visitor: Visitor, page: Answer, password: str) -> Answer:
    fields = {"csrf_token": visitor.token_in(page), "password": password, "password2": password}
    return visitor.post("/reset_password", fields)


def test_over_the_limit_they_are_told_to_wait_and_the_form_stays(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_TRIES_PER_ACCOUNT="3/hour").start()
    member(site, "alice")
    site.visitor().submit(PAGE, email="alice")
    visitor = site.visitor()
    page = visitor.get(link_of(site, RESET, 1))
    for _ in range(3):
        assert send(visitor, page, WEAK).status == 422
    for password in (WEAK, NEW_PASSWORD):
        answer = send(visitor, page, password)
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1200")
        assert "Please wait 20 minutes and try again." in answer.words
        assert answer.title == "Choose a new password"
        assert answer.value_of("username") == "alice"
        assert answer.value_of("password") is None
    assert noted(site, EventType.RESET_LINK_REFUSED, 1) == ["too_many_tries"]


def test_it_counts_all_links_and_browsers_of_an_account_together_and_no_other_account(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(LIMIT_RESET_TRIES_PER_ACCOUNT="2/hour", RESET_LINK_MINUTES="60").start()
    for number, name in enumerate(("alice", "bob"), 1):
        member(site, name)
        site.visitor().submit(PAGE, email=name)
        letters(site, RESET, number)
    first, bobs = (link_of(site, RESET, 1, f"{name}@example.com") for name in ("alice", "bob"))
    site.clock.move(minutes=1)
    site.visitor().submit(PAGE, email="alice")
    second = link_of(site, RESET, 2, "alice@example.com")
    statuses = []
    for link in (first, second, first, bobs):
        visitor = site.visitor()
        statuses.append(send(visitor, visitor.get(link), WEAK).status)
    assert statuses == [422, 422, 429, 422]


def test_it_never_keeps_anybody_from_asking_and_passes(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(LIMIT_RESET_TRIES_PER_ACCOUNT="1/hour", RESET_LINK_MINUTES="60").start()
    member(site, "alice")
    site.visitor().submit(PAGE, email="alice")
    visitor = site.visitor()
    page = visitor.get(link_of(site, RESET, 1))
    assert [send(visitor, page, WEAK).status for _ in range(2)] == [422, 429]
    site.clock.move(minutes=2)
    site.visitor().submit(PAGE, email="alice")
    link = link_of(site, RESET, 2)
    site.clock.move(minutes=58)
    assert send(visitor, visitor.get(link), NEW_PASSWORD).path == "/login"


def test_twenty_an_hour_are_allowed_where_nobody_says_otherwise(site_with: Callable[..., RunningSite]) -> None:
    assert site_with().start(deliver=False).settings.limits.reset_tries_per_account.times == 20
