"""The mail server the benchmarks send to: it must do what a real one does, or they measure nothing."""

import smtplib
import ssl
from collections.abc import Iterator

import pytest
import trustme
from benchmarks.smtp_sink import Sink

LETTER = "Subject: hello\r\n\r\n.a line that begins with a dot\r\n"


@pytest.fixture
def taken() -> list[str]:
    return []


@pytest.fixture
def sink(taken: list[str]) -> Iterator[Sink]:
    sink = Sink(taken=taken.append).start()
    yield sink
    sink.close()


def test_it_takes_letters_one_after_the_other_and_counts_them(sink: Sink, taken: list[str]) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as line:
        for name in ("alice", "bob"):
            assert line.sendmail("blog@blog.example", [f"{name}@example.com"], LETTER) == {}
        assert line.docmd("XCOUNT") == (250, b"2")
    assert taken == ["alice@example.com", "bob@example.com"]


def test_commands_sent_ahead_are_answered_in_order(sink: Sink) -> None:
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as line:
        line.ehlo()
        assert line.has_extn("pipelining")
        line.send("MAIL FROM:<a@blog.example>\r\nRCPT TO:<b@example.com>\r\nDATA\r\n")
        assert [line.getreply()[0] for _ in range(3)] == [250, 250, 354]


def test_it_takes_only_its_own_login_and_only_under_tls() -> None:
    authority, context = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    sink = Sink(tls=context, login=("blog", "secret")).start()
    with smtplib.SMTP("localhost", sink.port, timeout=10) as line:
        line.ehlo()
        assert not line.has_extn("auth")
        line.starttls(context=trusting)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            line.login("blog", "guess")
        assert line.login("blog", "secret")[0] == 235
        assert line.sendmail("blog@blog.example", ["alice@example.com"], LETTER) == {}
    sink.close()


def test_a_letter_whose_sender_died_while_it_was_thought_about_is_not_taken(taken: list[str]) -> None:
    sink = Sink(seconds=0.2, taken=taken.append).start()
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=10) as patient:
        gone = smtplib.SMTP("127.0.0.1", sink.port, timeout=10)
        gone.mail("a@blog.example")
        gone.rcpt("alice@example.com")
        gone.docmd("DATA")
        gone.send(LETTER + "\r\n.\r\n")
        gone.close()
        patient.sendmail("blog@blog.example", ["bob@example.com"], LETTER)
    assert taken == ["bob@example.com"]
    sink.close()
