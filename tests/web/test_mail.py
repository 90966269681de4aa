"""Flask-Mail's face: messages of developers and extensions go our way, now, or the sender is told why not."""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import flask_mail
import pytest
import trustme
from flask import Flask
from flask_mail import BadHeaderError, Message, email_dispatched

from microblog.db import Database
from microblog.mail.mailbox import LocalMailbox
from microblog.settings import load
from microblog.web import create_app
from microblog.web.mail.flask_mail import STOCK, BadMessage, Connection, Mail, MailNotSent
from support.clock import HeldClock
from support.running import free_port
from support.smtp_server import HANG_UP, SmtpServer

Apps = Callable[..., Flask]
Recipients = list[str | tuple[str, str]]
TO: Recipients = ["alice@example.com"]
INJECTED = "a\r\nBcc: mallory@example.com"
OTHER = "other"


@pytest.fixture
def app_with(tmp_path: Path, sqlite_template: Path) -> Iterator[Apps]:
    """Makes an app with other settings, and works in its context."""
    with ExitStack() as stack:

        def make(**environ: str) -> Flask:
            database = Database(f"sqlite:///{sqlite_template}")  # which is not written to
            stack.callback(database.close)
            defaults = {"MICROBLOG_DATA": str(tmp_path), "ADMINS": "admin@blog.example"}
            app = create_app(load({**defaults, **environ}), database, HeldClock())
            stack.enter_context(app.app_context())
            return app

        yield make


@pytest.fixture
def app(app_with: Apps, smtp_server: SmtpServer) -> Flask:
    """An app that sends by `smtp_server`."""
    return app_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp_server.port))


@pytest.fixture
def mail(app: Flask) -> Mail:
    """Its mail."""
    found: Mail = app.extensions["mail"]
    return found


def test_a_message_with_everything_arrives_as_one(mail: Mail, smtp_server: SmtpServer) -> None:
    message = Message(
        "test subject",
        sender="admin@blog.example",
        recipients=["alice@example.com", ("Bob, Jr.", "bob@example.com")],
        cc=["Carol <carol@example.com>"],
        bcc=["dave@example.com", "alice@example.com"],
        reply_to=("Zoë", "zoe@blog.example"),
        extra_headers={"X-Tag": "test", "References": f"<{'a' * 80}@blog.example>"},
    )
    message.body, message.html = "text body\n", "<h1>HTML body</h1>\n"
    message.attach("table.csv", "text/csv; charset=utf-8", "é,1\n")
    message.attach("naïve 🎉.bin", "application/octet-stream", b"\0\1")
    message.attach("logo.png", "image/png", b"\x89PNG", "inline", {"Content-ID": "<logo>", "X-Attachment-Id": "1"})
    mail.send(message)
    arrived = smtp_server.delivered
    assert [one.recipient for one in arrived] == [f"{name}@example.com" for name in ("alice", "bob", "carol", "dave")]
    assert {(one.sender, one.raw) for one in arrived} == {("admin@blog.example", arrived[0].raw)}
    read = arrived[0].message
    assert (read["From"], read["Subject"]) == ("admin@blog.example", "test subject")
    assert read["To"] == 'alice@example.com, "Bob, Jr." <bob@example.com>'
    assert (read["Cc"], read["Reply-To"]) == ("Carol <carol@example.com>", "Zoë <zoe@blog.example>")
    assert (read["X-Tag"], read["References"]) == ("test", f"<{'a' * 80}@blog.example>")
    assert b"dave" not in arrived[0].raw
    assert [arrived[0].body(kind).strip() for kind in ("plain", "html")] == ["text body", "<h1>HTML body</h1>"]
    files = {part.get_filename(): part for part in read.walk() if part.get_filename()}
    assert list(files) == ["logo.png", "table.csv", "naïve 🎉.bin"]
    assert files["table.csv"].get_content() == "é,1\n"
    assert files["naïve 🎉.bin"].get_content() == b"\0\1"
    assert (files["logo.png"]["Content-ID"], files["logo.png"]["X-Attachment-Id"]) == ("<logo>", "1")


def test_a_name_with_a_comma_is_a_name(mail: Mail, smtp_server: SmtpServer) -> None:
    mail.send_message("Hello", sender=("Doe, Inc.", "doe@blog.example"), recipients=TO, body="Hello")
    (arrived,) = smtp_server.delivered
    assert (arrived.sender, arrived.message["From"]) == ("doe@blog.example", '"Doe, Inc." <doe@blog.example>')


def test_an_international_domain_is_not_taken_for_another(mail: Mail, smtp_server: SmtpServer) -> None:
    mail.send_message("Hello", recipients=["user@straße.example"], body="Hello")
    assert [one.recipient for one in smtp_server.delivered] == ["user@xn--strae-oqa.example"]


def test_a_long_line_arrives_whole_in_short_ones(mail: Mail, smtp_server: SmtpServer) -> None:
    mail.send_message("Hello", recipients=TO, body="word " * 1000)
    (arrived,) = smtp_server.delivered
    assert max(map(len, arrived.raw.split(b"\r\n"))) < 998
    assert arrived.body("plain").strip() == ("word " * 1000).strip()


def test_a_message_has_the_sites_sender_time_and_message_id(mail: Mail, smtp_server: SmtpServer) -> None:
    message = Message("Hello", recipients=TO, body="Hello")
    mail.send(message)
    read = smtp_server.delivered[0].message
    assert read["From"] == "Microblog <admin@blog.example>"
    assert read["Message-ID"] == message.msgId
    assert message.msgId.endswith("@blog.example>")
    assert read["Date"].datetime == HeldClock()()
    mail.send(Message("Hello", recipients=TO, body="Hello", date=0))
    assert smtp_server.delivered[1].message["Date"].datetime.year == 1970


def test_texts_that_are_made_when_they_are_asked_for_are(mail: Mail, smtp_server: SmtpServer) -> None:
    class Lazy:
        def __str__(self) -> str:
            return "Grüße"

    lazy: Any = Lazy()
    mail.send_message(lazy, recipients=TO, body=lazy, html=lazy, extra_headers={"X-A": lazy})
    (arrived,) = smtp_server.delivered
    assert (arrived.message["Subject"], arrived.message["X-A"]) == ("Grüße", "Grüße")
    assert [arrived.body(kind).strip() for kind in ("plain", "html")] == ["Grüße", "Grüße"]


def test_bounces_can_go_to_another_address(mail: Mail, smtp_server: SmtpServer) -> None:
    with mail.connect() as connection:
        connection.send(Message("Hello", recipients=TO, body="a"), envelope_from=("Bounces", "bounce@blog.example"))
    assert [one.sender for one in smtp_server.delivered] == ["bounce@blog.example"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"subject": INJECTED}, "subject has a line break"),
        ({"sender": f"{INJECTED} <a@blog.example>"}, "line breaks"),
        ({"sender": ("Doe", "a@blog.example\r\nX: y")}, "line breaks"),
        ({"sender": "nobody"}, "'nobody': An email address must have an @-sign"),
        ({"recipients": [f"alice@example.com{INJECTED}"]}, "line breaks"),
        ({"recipients": ["alice@example.com, mallory@example.com"]}, "invalid characters"),
        ({"recipients": "alice@example.com"}, "lists of addresses"),
        ({"recipients": []}, "no recipients"),
        ({"cc": [INJECTED]}, "line breaks"),
        ({"bcc": "alice@example.com"}, "lists of addresses"),
        ({"reply_to": INJECTED}, "line breaks"),
        ({"extra_headers": {"X-A": INJECTED}}, "X-A has a line break"),
        ({"extra_headers": {INJECTED: "a"}}, "cannot be called"),
        ({"extra_headers": {"Bcc": "mallory@example.com"}}, "Bcc cannot be added"),
        ({"mail_options": ["BODY=8BITMIME"]}, "cannot be used here"),
        ({"rcpt_options": ["NOTIFY=NEVER"]}, "cannot be used here"),
        ({"alts": {"html; charset=x": "a"}}, "form of text"),
    ],
)
def test_what_could_do_harm_is_refused(mail: Mail, smtp_server: SmtpServer, change: dict[str, Any], words: str) -> None:
    message = Message(**({"subject": "Hello", "recipients": TO, "body": "Hello"} | change))
    with pytest.raises(BadMessage, match=words) as refused:
        mail.send(message)
    assert isinstance(refused.value, BadHeaderError)
    assert isinstance(refused.value, ValueError)
    assert smtp_server.delivered == []


@pytest.mark.parametrize(
    "attached",
    [
        (f"{INJECTED}.txt", "text/plain", b"a"),
        ("a.txt", "text/plain\r\nX: y", b"a"),
        ("a.txt", "text/plain", b"a", "attachment", {"X-A": INJECTED}),
        ("a.txt", "text/plain", b"a", "attachment", {"Content-ID": f"<{INJECTED}>"}),
        ("a.txt", "text/plain", b"a", "attachment", {"Content-Disposition": "inline"}),
        ("a.eml", "message/rfc822", b"a"),
    ],
)
def test_so_is_an_attachment_that_could(mail: Mail, smtp_server: SmtpServer, attached: tuple[Any, ...]) -> None:
    message = Message("Hello", recipients=TO, body="Hello")
    message.attach(*attached)
    with pytest.raises(BadMessage, match=r"\w"):
        mail.send(message)
    assert smtp_server.delivered == []


@pytest.mark.parametrize(("stage", "reply"), [("mail", "553 5.7.1 not your sender"), ("data", "554 5.6.0 no spam")])
def test_a_refusal_is_raised_in_the_servers_words(mail: Mail, smtp_server: SmtpServer, stage: str, reply: str) -> None:
    getattr(smtp_server.script, stage).append(reply)
    with pytest.raises(smtplib.SMTPException, match=reply):
        mail.send_message("Hello", recipients=TO, body="Hello")
    assert smtp_server.delivered == []


def test_where_one_of_several_is_refused_nobody_gets_it_and_the_sender_is_told_who(
    mail: Mail, smtp_server: SmtpServer
) -> None:
    smtp_server.script.rcpt = [None, "550 5.1.1 no such user"]
    people: Recipients = [f"{name}@example.com" for name in ("alice", "bob", "carol")]
    with mail.connect() as connection:
        with pytest.raises(MailNotSent, match=re.escape("550 bob@example.com: 5.1.1 no such user")):
            connection.send_message("Hello", recipients=people, body="Hello")
        assert smtp_server.delivered == []
        connection.send_message("Again", recipients=people[:1], bcc=people[2:], body="Hello")
    arrived = [(one.recipient, one.message["Subject"]) for one in smtp_server.delivered]
    assert arrived == [("alice@example.com", "Again"), ("carol@example.com", "Again")]


def test_a_refusal_of_the_only_recipient_is_raised_as_it_is(mail: Mail, smtp_server: SmtpServer) -> None:
    smtp_server.script.rcpt = ["550 5.1.1 no such user"]
    with pytest.raises(MailNotSent, match=re.escape("taken: 550 5.1.1 no such user")):
        mail.send_message("Hello", recipients=TO, body="Hello")


def test_a_server_that_is_away_or_hangs_up_raises(app_with: Apps, mail: Mail, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = [HANG_UP]
    with pytest.raises(MailNotSent, match="handing over the email"):
        mail.send_message("Hello", recipients=TO, body="Hello")
    app = app_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(free_port()))
    with pytest.raises(MailNotSent, match="nothing listens there"):
        app.extensions["mail"].send_message("Hello", recipients=TO, body="Hello")


def test_one_connection_serves_several_messages(mail: Mail, smtp_server: SmtpServer) -> None:
    with mail.connect() as connection:
        for number in range(3):
            connection.send(Message(f"{number}", recipients=TO, body="Hello"))
        assert connection.num_emails == 3
    assert (len(smtp_server.delivered), smtp_server.connections) == (3, 1)


def extensions_own(app: Flask) -> Any:
    return flask_mail.Mail(app)


def extensions_own_by_factory(app: Flask) -> Any:
    mail = flask_mail.Mail()
    mail.init_app(app)
    return mail


def ours(app: Flask) -> Any:
    return app.extensions["mail"]


def where_extensions_look(app: Flask) -> Any:
    flask_mail.Mail(app)
    return app.extensions["mail"]


WAYS = pytest.mark.parametrize("way", [ours, extensions_own, extensions_own_by_factory, where_extensions_look])


@WAYS
def test_however_an_extension_finds_flask_mail_certificates_are_verified(
    app_with: Apps, authority: trustme.CA, authority_file: Path, way: Callable[[Flask], Any]
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    server = SmtpServer(tls=context, login=("blog", "the post office key")).start()
    settings = {
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(server.port),
        "MAIL_USE_TLS": "yes",
        "MAIL_USERNAME": "blog",
        "MAIL_PASSWORD": "the post office key",
    }
    try:
        with pytest.raises(MailNotSent, match="certificate cannot be trusted"):
            way(app_with(**settings)).send(Message("Hello", recipients=TO, body="Hello"))
        assert server.delivered == []
        way(app_with(**settings, MAIL_CA_FILE=str(authority_file))).send(Message("Hi", recipients=TO, body="Hi"))
        assert [one.message["Subject"] for one in server.delivered] == ["Hi"]
    finally:
        server.stop()


@WAYS
def test_however_an_extension_finds_flask_mail_a_silent_server_is_not_waited_for(
    app_with: Apps, smtp_server: SmtpServer, way: Callable[[Flask], Any]
) -> None:
    smtp_server.script.seconds = 30
    app = app_with(MAIL_SERVER="127.0.0.1", MAIL_PORT=str(smtp_server.port), MAIL_TIMEOUT="0.2")
    with pytest.raises(MailNotSent, match="did not answer in time"):
        way(app).send(Message("Hello", recipients=TO, body="Hello"))


def test_another_app_of_the_same_process_keeps_what_it_had(app: Flask) -> None:
    assert isinstance(flask_mail.Mail(app).connect(), Connection)
    other = Flask(OTHER)
    mail = flask_mail.Mail(other)
    with other.app_context():
        assert type(mail.connect()) is STOCK


def test_extensions_find_what_they_read(app: Flask, mail: Mail, smtp_server: SmtpServer) -> None:
    found = [getattr(mail, name) for name in ("server", "port", "use_tls", "use_ssl", "username", "default_sender")]
    names = ("SERVER", "PORT", "USE_TLS", "USE_SSL", "USERNAME", "DEFAULT_SENDER")
    assert found == [app.config[f"MAIL_{name}"] for name in names]
    assert found == ["127.0.0.1", smtp_server.port, False, False, None, "Microblog <admin@blog.example>"]
    assert (mail.suppress, mail.max_emails, mail.ascii_attachments) == (False, None, False)


def test_the_password_is_where_nobody_looks(app_with: Apps) -> None:
    server = {"MAIL_SERVER": "127.0.0.1", "MAIL_USERNAME": "blog", "MAIL_PASSWORD": "the post office key"}
    app = app_with(**server)
    seen = repr((app.config, vars(app.extensions["mail"]), vars(app.extensions["mail"].state), app.extensions))
    assert "the post office key" not in seen
    assert app.extensions["mail"].password is None


@pytest.mark.parametrize(
    ("config", "sent"),
    [
        ({}, True),
        ({"TESTING": True}, False),
        ({"MAIL_SUPPRESS_SEND": True}, False),
        ({"MAIL_SUPPRESS_SEND": False, "TESTING": True}, True),
    ],
)
def test_messages_are_recorded_and_sent_unless_that_is_suppressed(
    app: Flask, mail: Mail, smtp_server: SmtpServer, config: dict[str, bool], sent: bool
) -> None:
    app.config.update(config)
    told: list[Message] = []

    def note(sender: Flask, message: Message) -> None:
        assert sender is app
        told.append(message)

    message = Message("Hello", recipients=TO, body="Hello")
    with email_dispatched.connected_to(note), mail.record_messages() as recorded:
        mail.send(message)
        with mail.connect() as connection:
            connection.send(message)
        with pytest.raises(BadMessage):
            mail.send_message("Hello", recipients=[INJECTED])
    assert recorded == told == [message, message]
    assert len(smtp_server.delivered) == (2 if sent else 0)
    assert mail.suppress is not sent


def test_what_was_not_sent_is_not_recorded(mail: Mail, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = ["554 no"]
    with mail.record_messages() as recorded, pytest.raises(MailNotSent):
        mail.send_message("Hello", recipients=TO, body="Hello")
    assert recorded == []


def test_a_word_in_place_of_yes_or_no_drops_no_mail(app: Flask, mail: Mail, smtp_server: SmtpServer) -> None:
    app.config["MAIL_SUPPRESS_SEND"] = "false"
    with pytest.raises(TypeError, match="MAIL_SUPPRESS_SEND"):
        mail.send_message("Hello", recipients=TO, body="Hello")


def test_in_a_trial_messages_land_in_the_local_mailbox(app_with: Apps, tmp_path: Path) -> None:
    app = app_with()
    app.extensions["mail"].send_message("Hello", recipients=[*TO, "bob@example.com"], body="Hello")
    (summary,), _ = LocalMailbox(tmp_path / "mailbox").page(0, 10)
    assert (summary.to, summary.subject) == ("alice@example.com, bob@example.com", "Hello")
