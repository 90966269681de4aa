"""`send_email` puts a message into the outbox and returns; the worker delivers it, to each recipient a letter."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from microblog.mail import Email
from microblog.web import send_email
from support.running import RunningSite, free_port
from support.smtp_server import SmtpServer

Sites = Callable[..., RunningSite]
GOOD: dict[str, Any] = {
    "subject": "Hello",
    "sender": "admin@blog.example",
    "recipients": ["alice@example.com"],
    "text_body": "text body\n",
    "html_body": "<h1>HTML body</h1>\n",
}


def rows(site: RunningSite) -> list[Email]:
    with site.database.reading() as session:
        return list(session.scalars(select(Email).order_by(Email.id)))


def test_each_recipient_gets_a_letter_of_their_own(site_with: Sites, smtp_server: SmtpServer) -> None:
    site = site_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp_server.port)).start()
    to: list[str | tuple[str, str]] = [
        "Alice <alice@example.com>",
        "bob@straße.example",
        ("Alice again", "alice@example.com"),
    ]
    with site.app.app_context():
        send_email("Grüße 🎉", ("Doe, Inc.", "doe@blog.example"), to, "text body\n", "<h1>HTML body</h1>\n")
    assert len(rows(site)) == 2
    letters = {one.recipient: one for one in smtp_server.wait_for(2)}
    assert set(letters) == {"alice@example.com", "bob@xn--strae-oqa.example"}
    for recipient, letter in letters.items():
        assert (letter.message["To"], letter.message["Subject"]) == (recipient, "Grüße 🎉")
        assert letter.message["Message-ID"].endswith("@blog.example>")
        assert (letter.sender, letter.message["From"]) == ("doe@blog.example", '"Doe, Inc." <doe@blog.example>')
        assert [letter.body(kind).strip() for kind in ("plain", "html")] == ["text body", "<h1>HTML body</h1>"]


def test_the_sites_own_sender_and_one_form_of_text_will_do(site_with: Sites, smtp_server: SmtpServer) -> None:
    site = site_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp_server.port)).start()
    with site.app.app_context():
        send_email("Text", None, ["alice@example.com"], "text body\n", "")
        send_email("HTML", None, ["alice@example.com"], "", "<h1>HTML body</h1>\n")
    letters = {one.message["Subject"]: one.message for one in smtp_server.wait_for(2)}
    assert {subject: letter.get_content_type() for subject, letter in letters.items()} == {
        "Text": "text/plain",
        "HTML": "text/html",
    }
    assert {letter["From"] for letter in letters.values()} == {"Microblog <no-reply@localhost>"}


def test_no_mail_server_is_needed_to_post_it(site_with: Sites) -> None:
    site = site_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(free_port())).start(deliver=False)
    with site.app.app_context():
        send_email(**GOOD | {"recipients": ["alice@example.com", "bob@example.com"]})
    assert [(row.kind, row.to, row.state) for row in rows(site)] == [
        ("message", "alice@example.com", "waiting"),
        ("message", "bob@example.com", "waiting"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subject": "a\r\nBcc: mallory@example.com"}, "line break"),
        ({"subject": "half a character \ud800"}, "control character"),
        ({"sender": "a\nb <admin@blog.example>"}, "line breaks"),
        ({"sender": "nobody"}, "@-sign"),
        ({"recipients": []}, "list of one address or more"),
        ({"recipients": "alice@example.com"}, "list of one address or more"),
        ({"recipients": ["alice@example.com", "nobody"]}, "@-sign"),
        ({"recipients": ["alice@example.com", "bob@example.com\r\nBcc: mallory@example.com"]}, "line breaks"),
        ({"text_body": "\ud800"}, "half a character"),
        ({"html_body": "\ud800"}, "half a character"),
    ],
)
def test_what_could_never_leave_is_refused_at_once_and_nothing_is_posted(
    page_site: RunningSite, change: dict[str, Any], words: str
) -> None:
    with page_site.app.app_context(), pytest.raises(ValueError, match=words):
        send_email(**GOOD | change)
    assert rows(page_site) == []
