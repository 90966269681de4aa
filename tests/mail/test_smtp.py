"""The SMTP transport against real servers: what is sent, what is refused, and a line ready for the next."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from mail.office import SETTINGS
from microblog.mail import Rendered
from microblog.mail.compose import Envelope, compose
from microblog.mail.smtp import EMAILS_PER_CONNECTION, SmtpTransport
from microblog.mail.transport import Refused, ServerTrouble, TransportError, TryLater
from microblog.settings import MailSettings
from support.clock import NOON
from support.running import free_port
from support.smtp_server import HANG_UP, STALL, TAKE_AND_HANG_UP, Answer, SmtpServer, closing


def email(to: str = "alice@example.com", text: str = "Hello\n") -> Envelope:
    return compose(Rendered(to, "Hello", text, f"<p>{text}</p>\n"), SETTINGS.sender, "<1@blog.example>", NOON)


def transport_to(port: int, settings: MailSettings = SETTINGS) -> SmtpTransport:
    return SmtpTransport(replace(settings, port=port), "blog.example")


@pytest.fixture
def line(smtp_server: SmtpServer) -> Iterator[SmtpTransport]:
    """A transport to the scripted server."""
    opened = transport_to(smtp_server.port)
    yield opened
    opened.disconnect()


def test_an_email_arrives_whole_from_the_sender_to_the_recipient(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    envelope = email()
    assert str(line.send(envelope)) == "250 OK: letter 1"
    (arrived,) = smtp_server.delivered
    assert (arrived.sender, arrived.recipient) == ("no-reply@blog.example", "alice@example.com")
    assert arrived.raw == envelope.message


@pytest.mark.parametrize("text", [".\n", "..\n", ".a\n.\n..b\n\n.", "a\n.\nMAIL FROM:<mallory@example.com>\n", "a", ""])
def test_a_line_that_begins_with_a_dot_arrives_as_it_is(
    line: SmtpTransport, smtp_server: SmtpServer, text: str
) -> None:
    envelopes = [email(text=text), email()]
    for envelope in envelopes:
        line.send(envelope)
    assert [arrived.raw for arrived in smtp_server.delivered] == [envelope.message for envelope in envelopes]


def test_one_connection_serves_several_emails(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    for _ in range(5):
        line.send(email())
    assert (len(smtp_server.delivered), smtp_server.connections) == (5, 1)


def test_a_connection_is_left_after_so_many_emails(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    for _ in range(EMAILS_PER_CONNECTION + 1):
        line.send(email())
    assert (len(smtp_server.delivered), smtp_server.connections) == (EMAILS_PER_CONNECTION + 1, 2)


def test_an_email_after_a_rest_goes_over_a_new_connection(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    line.send(email())
    line.disconnect()
    line.disconnect()
    line.send(email())
    assert (len(smtp_server.delivered), smtp_server.connections) == (2, 2)


REFUSALS = [
    ("mail", "451 4.3.0 not now", TryLater),
    ("mail", "552 5.3.4 too big", Refused),
    ("mail", "550 5.7.1 sender not allowed", ServerTrouble),
    ("mail", "421 4.3.2 closing", ServerTrouble),
    ("mail", HANG_UP, ServerTrouble),
    ("rcpt", "450 4.2.0 greylisted", TryLater),
    ("rcpt", "550 5.1.1 no such user", Refused),
    ("rcpt", "535 5.7.8 wrong password", ServerTrouble),
    ("rcpt", "421 4.3.2 closing", TryLater),
    ("rcpt", HANG_UP, TryLater),
    ("data", "452 4.3.1 not now", TryLater),
    ("data", "554 5.6.0 no", Refused),
    ("data", "421 4.3.2 closing", TryLater),
    ("data", HANG_UP, TryLater),
    ("data", TAKE_AND_HANG_UP, TryLater),
]


@pytest.mark.parametrize(("stage", "answer", "kind"), REFUSALS)
def test_whatever_is_refused_the_next_email_goes_out(
    line: SmtpTransport, smtp_server: SmtpServer, stage: str, answer: str, kind: type[TransportError]
) -> None:
    setattr(smtp_server.script, stage, [answer])
    with pytest.raises(kind) as refused:
        line.send(email())
    assert answer in (str(refused.value), HANG_UP, TAKE_AND_HANG_UP)
    before = len(smtp_server.delivered)
    line.send(email(to="bob@example.com"))
    assert [arrived.recipient for arrived in smtp_server.delivered[before:]] == ["bob@example.com"]


@pytest.mark.parametrize("answer", [HANG_UP, "421 4.4.2 idle for too long"])
def test_a_kept_connection_that_was_closed_is_renewed_and_the_email_goes_out(
    line: SmtpTransport, smtp_server: SmtpServer, answer: str
) -> None:
    line.send(email())
    smtp_server.script.mail = [answer]
    line.send(email(to="bob@example.com"))
    assert smtp_server.delivered[-1].recipient == "bob@example.com"
    assert smtp_server.connections == 2


def test_a_connection_closed_while_nobody_wrote_is_renewed_too(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = [closing("250 taken")]
    line.send(email())
    smtp_server.wait_until_left()
    line.send(email())
    assert (len(smtp_server.delivered), smtp_server.connections) == (2, 2)


def test_a_line_that_breaks_at_every_beginning_is_not_tried_for_ever(
    line: SmtpTransport, smtp_server: SmtpServer
) -> None:
    line.send(email())
    smtp_server.script.mail = [HANG_UP] * 5
    with pytest.raises(TryLater):
        line.send(email())
    assert smtp_server.connections == 2


def test_a_goodbye_that_fails_changes_nothing(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = [closing("250 taken")]
    assert line.send(email()).code == 250
    smtp_server.wait_until_left()
    line.disconnect()


def test_nothing_listening_is_the_servers_trouble() -> None:
    with pytest.raises(ServerTrouble, match="nothing listens there"):
        transport_to(free_port()).send(email())


def test_a_name_nobody_knows_is_the_servers_trouble() -> None:
    with pytest.raises(ServerTrouble, match="connecting: "):
        transport_to(25, replace(SETTINGS, server="mail.invalid")).send(email())


@pytest.mark.parametrize("greeting", ["421 4.3.2 too busy", "554 5.7.1 not you"])
def test_a_greeting_that_is_none_is_the_servers_trouble_and_keeps_its_words(
    line: SmtpTransport, smtp_server: SmtpServer, greeting: str
) -> None:
    smtp_server.script.greeting = greeting
    with pytest.raises(ServerTrouble, match=greeting):
        line.send(email())


def test_a_server_that_never_greets_is_given_up_as_the_servers_trouble(smtp_server: SmtpServer) -> None:
    smtp_server.on("greeting", STALL)
    with pytest.raises(ServerTrouble, match="time"):
        transport_to(smtp_server.port, replace(SETTINGS, timeout=0.2)).send(email())


def test_a_server_that_stalls_with_the_email_in_hand_is_given_up_and_the_next_goes_out(
    smtp_server: SmtpServer,
) -> None:
    smtp_server.script.data = [STALL]
    line = transport_to(smtp_server.port, replace(SETTINGS, timeout=0.5))
    with pytest.raises(TryLater, match=r"handing over the email: .*time"):
        line.send(email())
    assert line.send(email()).code == 250
    line.disconnect()


@pytest.mark.parametrize("answer", ["HTTP/1.1 400 Bad Request", "2", ""])
def test_an_answer_that_is_no_smtp_sends_nothing(line: SmtpTransport, smtp_server: SmtpServer, answer: str) -> None:
    smtp_server.script.data = [answer]
    with pytest.raises(TryLater):
        line.send(email())


def test_a_yes_before_the_email_was_handed_over_is_not_taken_for_sent(
    line: SmtpTransport, smtp_server: SmtpServer
) -> None:
    smtp_server.on("go_ahead", "250 too early")
    with pytest.raises(TransportError):
        line.send(email())


def test_a_reply_becomes_one_line_that_can_be_kept_and_logged(line: SmtpTransport, smtp_server: SmtpServer) -> None:
    smtp_server.script.data = [Answer(b"250-taken\r\n250-\x1b[31mred\x00\r\n250 Gr\xfc\xdfe\r\n")]
    assert str(line.send(email())) == "250 taken [31mred Gr\ufffd\ufffde"


def test_a_local_part_outside_ascii_goes_where_smtputf8_is_offered(
    line: SmtpTransport, smtp_server: SmtpServer
) -> None:
    line.send(email(to="jörg@bücher.example"))
    line.send(email())
    assert [arrived.recipient for arrived in smtp_server.delivered] == [
        "jörg@xn--bcher-kva.example",
        "alice@example.com",
    ]
    assert smtp_server.delivered[0].message["To"] == "jörg@xn--bcher-kva.example"


def test_a_local_part_outside_ascii_is_refused_where_smtputf8_is_not_offered_and_the_next_goes_out() -> None:
    server = SmtpServer(utf8=False).start()
    line = transport_to(server.port)
    with pytest.raises(Refused, match="SMTPUTF8"):
        line.send(email(to="jörg@example.com"))
    line.send(email(to="alice@bücher.example"))
    line.disconnect()
    server.stop()
    assert [arrived.recipient for arrived in server.delivered] == ["alice@xn--bcher-kva.example"]


@pytest.mark.parametrize("lacks", [frozenset(), frozenset({"PIPELINING"})], ids=["sent ahead", "one by one"])
def test_a_message_to_several_is_taken_for_all_of_them_or_for_none(lacks: frozenset[str]) -> None:
    server = SmtpServer(lacks=lacks).start()
    line = transport_to(server.port)
    several = replace(email(), others=("bob@example.com", "carol@example.com"))
    for kind, name, reply in ((Refused, "bob", "550 5.1.1 no such user"), (TryLater, "carol", "450 4.2.0 greylisted")):
        server.on("rcpt", reply, to=name, times=1)
        code, words = reply.split(" ", 1)
        with pytest.raises(kind, match=f"{code} {name}@example.com: {words}"):
            line.send(several)
    assert server.delivered == []
    line.send(several)
    line.send(email())
    line.disconnect()
    server.stop()
    arrived = [one.recipient.partition("@")[0] for one in server.delivered]
    assert arrived == ["alice", "bob", "carol", "alice"]
    assert {one.raw for one in server.delivered[:3]} == {several.message}
