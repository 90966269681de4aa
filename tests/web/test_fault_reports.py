"""An error nobody foresaw: the visitor gets a page, the admins a letter; neither letter nor log repeats a secret."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from urllib.parse import quote_plus, urlencode

import pytest
from flask import Flask, Response, request, session
from sqlalchemy import select, text

from microblog.error_reports.models import ErrorReport
from microblog.log import OneLineFormatter
from microblog.mail import Email
from microblog.web.site import this_site
from support.running import PASSWORD, RunningSite
from support.smtp_server import Delivered, SmtpServer
from support.visitor import Answer, Visitor

ADMIN = "root@blog.example"
SORRY = "Something went wrong here"
TOKEN = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyZXNldF9wYXNzd29yZCI6NX0.Q2hhbmdlIG1lIHBsZWFzZSEgSSBhbSBhIHNpZw"
ABOUT = "Größe <über> \"alles\" & 'mehr'\r\nauf zwei Zeilen"
TYPED = {"password": PASSWORD, "username": "barnaby", "about_me": ABOUT, "pin": "7x4"}
ASKED = {"q": "what I look for", "next": "/user/carol"}
BASIC = "Ym9iOmEgcXVpZXQgZXZlbmluZw=="


def fail(token: str) -> NoReturn:
    """A view that says all it was given when it fails, quoted and quoted again."""
    given: list[Any] = [dict(request.form), request.form["password"][:12], dict(request.args), request.url, token]
    given += [dict(request.cookies), dict(session), request.headers["Authorization"], str(request.headers)]
    given += [quote_plus(value) for value in request.form.values()]
    try:
        fail_inside(given)
    except LookupError as error:
        error.add_note(f"{request.form['about_me'].upper()} of {this_site().settings.secret_key!r}")
        raise RuntimeError(json.dumps(str(given))) from error


def fail_inside(given: list[Any]) -> NoReturn:
    raise LookupError(*given)


def ask_wrongly() -> NoReturn:
    """A view with a mistake in its SQL."""
    with this_site().database.reading() as db:
        db.execute(text("SELECT no_such_column FROM accounts"))
    raise AssertionError


def add_views(app: Flask) -> None:
    fail.checks_csrf = True  # type: ignore[attr-defined]
    app.add_url_rule("/fail/<token>", view_func=fail, methods=["GET", "POST"])
    app.add_url_rule("/ask-wrongly", view_func=ask_wrongly)


@pytest.fixture
def site(site_with: Callable[..., RunningSite], smtp_server: SmtpServer) -> RunningSite:
    """A site that sends by a real mail server, and has views that fail."""
    made = site_with(ADMINS=ADMIN, MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp_server.port))
    add_views(made.app)
    return made


@pytest.fixture
def log() -> Iterator[Callable[[], str]]:
    """Returns the whole log, as it would be written."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(OneLineFormatter("%(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    yield out.getvalue
    logging.getLogger().removeHandler(handler)


def send_all(site: RunningSite) -> tuple[Visitor, Answer]:
    """Send every kind of secret to the view that fails."""
    visitor = site.visitor(Authorization=f"Basic {BASIC}")
    visitor.get("/login")  # for a cookie
    return visitor, visitor.post(f"/fail/{TOKEN}?{urlencode(ASKED)}", TYPED)


def secrets_of(visitor: Visitor, site: RunningSite) -> set[str]:
    """Return every piece of what was sent that would give it away, in the spellings it may have."""
    cookies = [str(cookie.value) for cookie in visitor.jar]
    assert cookies
    whole = {*TYPED.values(), *ASKED.values(), *cookies, TOKEN, BASIC, site.settings.secrets[0]}
    pieces = {PASSWORD[:12], PASSWORD[3:14], "Größe", "GRÖSSE", "ber&gt;", "%C3%BCber", "u00fcber", "zwei", "ZEILEN"}
    return whole | {quote_plus(value) for value in whole} | pieces | {TOKEN.rpartition(".")[2][:12], "carol"}


def letters(site: RunningSite) -> list[Email]:
    with site.database.reading() as db:
        return list(db.scalars(select(Email).order_by(Email.id)))


def plain_and_html(letter: Delivered) -> str:
    return str(letter.message["Subject"]) + letter.body("plain") + letter.body("html")


def test_the_admins_get_a_letter_with_the_traceback_and_the_route(site: RunningSite, smtp_server: SmtpServer) -> None:
    site.start()
    _, answer = send_all(site)
    assert (answer.status, answer.title) == (500, SORRY)
    [letter] = smtp_server.wait_for(1)
    assert letter.recipient == ADMIN
    assert letter.message["Subject"] == "[Microblog] RuntimeError in fail"
    told = letter.body("plain").replace("\r\n", "\n")
    assert "Where: POST /fail/<token>\n" in told
    assert "When: 12:00 UTC on 22 November 2026\nHow often: for the first time\n" in told
    assert ", in fail_inside\n    raise LookupError(*given)\nLookupError: " in told
    assert "That led to:" in told
    assert told.index("LookupError: ") < told.index("RuntimeError: ")
    assert f"{site.base}/\n" in told


def test_nothing_that_was_sent_is_in_the_letter_the_outbox_the_log_or_the_answer(
    site: RunningSite, smtp_server: SmtpServer, log: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    site.start()
    visitor, answer = send_all(site)
    [letter] = smtp_server.wait_for(1)
    [row] = letters(site)
    places = {
        "letter": plain_and_html(letter),
        "outbox": json.dumps([row.payload, row.progress], ensure_ascii=False)
        + json.dumps([row.payload, row.progress])
        + str(row.key),
        "log": log() + caplog.text,
        "answer": answer.text,
    }
    secrets = secrets_of(visitor, site)
    assert [(place, secret) for place, said in places.items() for secret in secrets if secret in said] == []
    assert places["log"].count("unhandled error, POST /fail/<token>") == 2  # our log and pytest's
    assert "raise LookupError(*given)" in places["log"]


def test_the_same_error_again_is_counted_and_told_after_an_hour(site: RunningSite, smtp_server: SmtpServer) -> None:
    site.start()
    for _ in range(3):
        send_all(site)
    smtp_server.wait_for(1)
    site.clock.move(hours=1)
    send_all(site)
    _, second = smtp_server.wait_for(2)
    assert "How often: 4 times since 12:00 UTC on 22 November 2026, 3 of them after 12:00 UTC" in second.body("plain")


def test_a_mistake_in_our_sql_is_a_fault_of_ours_and_not_a_database_in_trouble(
    site: RunningSite, log: Callable[[], str]
) -> None:
    site.start(deliver=False)
    answer = site.visitor().get("/ask-wrongly")
    assert (answer.status, answer.title) == (500, SORRY)
    assert "Retry-After" not in answer.headers
    [letter] = letters(site)
    assert letter.payload["where"] == "GET /ask-wrongly"
    assert "no_such_column" in letter.payload["traceback"]
    assert "unhandled error, GET /ask-wrongly" in log()


def test_a_mistake_in_our_sql_keeps_what_was_typed_into_a_form(site: RunningSite) -> None:
    site.start(deliver=False)
    visitor = site.visitor()
    fields = {"email": "alice@example.com", "csrf_token": visitor.token_in(visitor.get("/reset_password_request"))}
    with site.database.writing() as db:
        db.execute(text("ALTER TABLE allowances RENAME TO gone"))
    answer = visitor.post("/reset_password_request", fields)
    assert answer.status == 500
    assert "It is our fault, not yours" in answer.words
    assert answer.value_of("email") == "alice@example.com"
    with site.database.writing() as db:
        db.execute(text("ALTER TABLE gone RENAME TO allowances"))
    assert "alice" not in json.dumps([letter.payload for letter in letters(site)])


def test_without_admins_there_is_no_letter_and_the_log_says_it_all(
    site_with: Callable[..., RunningSite], log: Callable[[], str]
) -> None:
    site = site_with()
    add_views(site.app)
    site.start(deliver=False)
    visitor, answer = send_all(site)
    assert answer.status == 500
    assert letters(site) == []
    assert "unhandled error, POST /fail/<token>" in log()
    assert [secret for secret in secrets_of(visitor, site) if secret in log()] == []


def test_in_a_trial_the_letter_lands_in_the_local_mailbox(site_with: Callable[..., RunningSite]) -> None:
    site = site_with(ADMINS=ADMIN)
    add_views(site.app)
    site.start()
    site.visitor().get("/ask-wrongly")
    [letter] = site.letters(1)
    assert "Where: GET /ask-wrongly" in letter.text


def break_page() -> NoReturn:
    raise ZeroDivisionError("in what every page shows")


def break_headers(response: Response) -> Response:
    if request.path == "/login":
        raise ZeroDivisionError(f"after the answer to {request.args}")
    return response


def test_an_error_in_every_page_its_own_too_is_told_and_answered_in_plain_words(
    site: RunningSite, log: Callable[[], str]
) -> None:
    site.app.context_processor(break_page)
    site.start(deliver=False)
    answer = site.visitor().get(f"/reset_password/{TOKEN}")
    assert answer.status == 500
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "It is our fault, not yours" in answer.text
    assert {letter.payload["title"].split()[0] for letter in letters(site)} == {"ZeroDivisionError"}
    assert TOKEN not in log()


def test_an_error_beyond_the_views_is_told_and_answered_too(
    site: RunningSite, log: Callable[[], str], caplog: pytest.LogCaptureFixture
) -> None:
    site.app.after_request(break_headers)
    site.start(deliver=False)
    answer = site.visitor().get(f"/login?next=/{TOKEN}&q=summer+rain")
    assert (answer.status, answer.title) == (500, SORRY)
    [letter] = letters(site)
    assert (letter.payload["title"], letter.payload["where"]) == ("ZeroDivisionError in break_headers", "GET /login")
    said = log() + caplog.text + json.dumps(letter.payload)
    assert "after the answer to" in said
    assert not [secret for secret in (TOKEN, "summer", "rain") if secret in said]


def test_the_visitor_gets_the_page_also_where_the_admins_cannot_be_told(
    site: RunningSite, log: Callable[[], str]
) -> None:
    with site.database.writing() as db:
        db.execute(text("DROP TABLE error_reports"))
    site.start(deliver=False)
    _, answer = send_all(site)
    assert (answer.status, answer.title) == (500, SORRY)
    assert "the admins could not be told of an error (RuntimeError, POST /fail/<token>)" in log()
    assert ErrorReport.__tablename__ in log()


@pytest.mark.parametrize("path", ["/no/such/page", "/register/finish/nonsense", "/logout"])
def test_what_is_no_fault_of_ours_is_told_to_nobody(site: RunningSite, path: str) -> None:
    site.start(deliver=False)
    site.visitor().get(path)
    assert letters(site) == []
