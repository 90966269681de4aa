"""/mailbox: the letters of a trial, in the browser."""

import mailbox
import re
import shutil
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest

from support.running import PASSWORD, RunningSite, link_in
from support.visitor import Answer, Visitor

HOSTILE = '<script>alert("x")</script>'


@pytest.fixture
def trial(tmp_path: Path, sqlite_template: Path) -> Iterator[RunningSite]:
    """A trial with an empty mailbox."""
    path = shutil.copy(sqlite_template, tmp_path / "microblog.db")
    running = RunningSite(tmp_path, f"sqlite:///{path}").start()
    yield running
    running.stop()


def put(site: RunningSite, raw: bytes) -> None:
    """Put a letter into the mailbox as it is."""
    mailbox.Maildir(site.settings.mailbox, create=True).add(raw)


def letter(subject: str, text: str = "Hello", html: str = "<html><head></head><body>Hello</body></html>") -> bytes:
    """A letter in two parts."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "Eve <eve@example.com>", "alice@example.com", subject
    message["Date"] = "Sun, 22 Nov 2026 12:00:00 +0000"
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def newest(visitor: Visitor, view: str = "text") -> Answer:
    """Open the newest letter from the list."""
    found = re.search(r'href="(/mailbox/[^"?]+)"', visitor.get("/mailbox").text)
    assert found
    return visitor.get(f"{found[1]}?view={view}")


def test_an_empty_mailbox_says_so(trial: RunningSite) -> None:
    page = trial.visitor().get("/mailbox")
    assert (page.status, page.title) == (200, "Mailbox")
    assert "No email yet" in page.words


def test_letters_are_listed_newest_first_with_subject_and_recipient(trial: RunningSite) -> None:
    trial.sign_up("alice")
    trial.visitor().submit("/reset_password_request", email="alice")
    trial.letters(2)
    words = trial.visitor().get("/mailbox").words
    reset, sign_up = words.index("[Microblog] Reset Your Password"), words.index("[Microblog] Finish Signing Up")
    assert reset < sign_up
    assert words.count("to alice@example.com") == 2
    assert "22 Nov 12:00:00 UTC" in words


def test_the_text_of_a_letter_has_links_that_work(trial: RunningSite) -> None:
    trial.sign_up("alice")
    trial.visitor().submit("/reset_password_request", email="alice")
    link = link_in(trial.letters(2)[-1].text)
    visitor = trial.visitor()
    page = newest(visitor)
    assert f'<a href="{link}">{link}</a>' in page.text
    assert page.title == "[Microblog] Reset Your Password"
    assert visitor.get(link).title == "Choose a new password"


def test_the_html_of_a_letter_is_framed_and_may_do_nothing_but_follow_a_click(trial: RunningSite) -> None:
    put(trial, letter("Hi", html=f"<html><head></head><body>{HOSTILE}<a href='/login'>in</a></body></html>"))
    visitor = trial.visitor()
    page = newest(visitor, "html")
    frame = re.search(r'<iframe[^>]*src="([^"]+)"[^>]*>', page.text)
    assert frame
    assert 'sandbox="allow-top-navigation-by-user-activation"' in frame[0]
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    framed = visitor.get(frame[1])
    policy = framed.headers["Content-Security-Policy"]
    assert {"default-src 'none'", "frame-ancestors 'self'", "form-action 'none'"} <= set(policy.split("; "))
    assert "sandbox allow-top-navigation-by-user-activation" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in frame[0] + policy
    assert "allow-same-origin" not in frame[0] + policy
    assert '<base target="_top">' in framed.text
    assert framed.headers["Content-Type"].startswith("text/html")


def test_the_source_of_a_letter_is_shown_as_it_is(trial: RunningSite) -> None:
    put(trial, letter("Hi", html=f"<p>{HOSTILE}</p>"))
    page = newest(trial.visitor(), "source")
    assert "Subject: Hi" in page.words
    assert "&lt;script&gt;" in page.text
    assert HOSTILE not in page.text


@pytest.mark.parametrize("view", ["text", "html", "source"])
def test_nothing_in_a_letter_becomes_part_of_the_page(trial: RunningSite, view: str) -> None:
    put(trial, letter(HOSTILE, text=f'{HOSTILE} http://x.example/"onclick="alert(1) javascript:alert(1)', html=HOSTILE))
    visitor = trial.visitor()
    for page in (newest(visitor, view), visitor.get("/mailbox")):
        assert page.status == 200
        assert HOSTILE not in page.text
        assert not re.search(r'<a [^>]*(onclick|href="javascript)', page.text)


def test_letters_nobody_would_write_can_still_be_read(trial: RunningSite) -> None:
    for raw in (
        b"",
        b"no headers at all",
        b"Subject: =?x?q?broken\nDate: yesterday\n\nHi",
        b"\xff\xfe\0\n\n\xff",
        b"Content-Type: text/plain; charset=none\n\nHi",
    ):
        put(trial, raw)
        for view in ("text", "html", "source"):
            assert newest(trial.visitor(), view).status == 200
    assert trial.visitor().get("/mailbox").words.count("(no subject)") >= 2


@pytest.mark.parametrize(
    "key", ["nothing", "%2e%2e", "%2e%2e%2fsecret_key", "..%5c", "a" * 300, "%00", "new", "x:2,S", "é"]
)
def test_an_unknown_letter_is_not_found(trial: RunningSite, key: str) -> None:
    for path in (f"/mailbox/{key}/html", f"/mailbox/{key}?view=source"):
        assert trial.visitor().get(path.replace("é", "%C3%A9")).status == 404


def test_an_unknown_way_to_read_is_not_found(trial: RunningSite) -> None:
    put(trial, letter("Hi"))
    assert newest(trial.visitor(), "aloud").status == 404


@pytest.mark.parametrize("page", ["-1", "x", "", "1.5", "²", "٣", "999999999999", "0x1", "0"])
def test_a_page_number_that_is_none_shows_the_first_page(trial: RunningSite, page: str) -> None:
    put(trial, letter("Hi"))
    answer = trial.visitor().get("/mailbox?page=" + "".join(f"%{byte:02x}" for byte in page.encode()))
    assert answer.status == 200
    assert "to alice@example.com" in answer.words


def test_a_full_mailbox_is_read_page_by_page(trial: RunningSite) -> None:
    for number in range(31):
        put(trial, letter(f"Letter {number}"))
    visitor = trial.visitor()
    first = visitor.get("/mailbox")
    assert first.words.count("to alice@example.com") == 30
    assert 'href="/mailbox?page=1"' in first.text
    second = visitor.get("/mailbox?page=1")
    assert second.words.count("to alice@example.com") == 1
    assert "There are no more emails." in visitor.get("/mailbox?page=99999").words


def test_where_emails_leave_by_a_mail_server_nothing_says_that_they_land_here(
    site_with: Callable[..., RunningSite],
) -> None:
    site = site_with(MAIL_SERVER="127.0.0.1", MAIL_PORT="9").start(deliver=False)
    put(site, letter("An older one"))
    visitor = site.visitor()
    signed_up = visitor.submit(
        "/register", username="alice", email="alice@example.com", password=PASSWORD, password2=PASSWORD
    )
    asked = site.visitor().submit("/reset_password_request", email="alice")
    for page in (visitor.get("/login"), visitor.get("/register"), signed_up, asked):
        assert "local mailbox" not in page.words.lower()
        assert "/mailbox" not in page.text
        assert "Emails leave it by 127.0.0.1." in page.words
    assert "spam or junk folder" in signed_up.words
    assert "spam or junk folder" in asked.words
    page = visitor.get("/mailbox")
    assert "MAIL_SERVER is set, so they leave this computer by 127.0.0.1" in page.words
    assert "These are from before it was set." in page.words
    assert "An older one" in page.words


def test_where_no_email_leaves_every_page_leads_here(trial: RunningSite) -> None:
    asked = trial.visitor().submit("/reset_password_request", email="alice")
    assert "Nothing leaves it." in asked.words
    assert asked.text.count('href="/mailbox"') == 2
