"""The local mailbox: emails delivered to a folder, and read from it."""

from email.message import EmailMessage
from pathlib import Path

import pytest

from microblog.mail import Rendered
from microblog.mail.compose import Envelope, compose
from microblog.mail.mailbox import LocalMailbox
from microblog.mail.transport import ServerTrouble
from microblog.settings import Sender
from support.clock import NOON


@pytest.fixture
def box(tmp_path: Path) -> LocalMailbox:
    return LocalMailbox(tmp_path / "mailbox")


def envelope(subject: str = "Hello", text: str = "Grüße\n", html: str = "<p>Grüße</p>\n") -> Envelope:
    written = Rendered("alice@example.com", subject, text, html)
    return compose(written, Sender("Blog, Inc.", "no-reply@blog.example"), "<1@blog.example>", NOON)


def subjects(box: LocalMailbox, number: int = 0, size: int = 10) -> list[str]:
    return [summary.subject for summary in box.page(number, size)[0]]


def test_an_email_is_delivered_whole_and_answered_like_a_server_would(box: LocalMailbox, tmp_path: Path) -> None:
    sent = envelope()
    reply = box.send(sent)
    assert reply.code == 250
    (file,) = (tmp_path / "mailbox" / "new").iterdir()
    assert file.read_bytes().replace(b"\r\n", b"\n") == sent.message.replace(b"\r\n", b"\n")
    assert list((tmp_path / "mailbox" / "tmp").iterdir()) == []


def test_an_email_is_read_as_text_html_and_source(box: LocalMailbox) -> None:
    box.send(envelope(subject="Grüße, Alice"))
    ((summary,), _) = box.page(0, 10)
    email = box.read(summary.key)
    assert email is not None
    assert email.summary == summary
    assert (summary.to, summary.subject, summary.date) == ("alice@example.com", "Grüße, Alice", NOON)
    assert email.sender == '"Blog, Inc." <no-reply@blog.example>'
    assert (email.text.split(), email.html.strip()) == (["Grüße"], "<p>Grüße</p>")
    assert email.source.startswith("From: ")
    assert "Message-ID: <1@blog.example>" in email.source


def test_the_newest_email_comes_first(box: LocalMailbox, tmp_path: Path) -> None:
    for number in range(5):
        box.send(envelope(subject=str(number)))
        wait_for_a_new_time_stamp(tmp_path)
    assert subjects(box) == ["4", "3", "2", "1", "0"]


def wait_for_a_new_time_stamp(folder: Path) -> None:
    """Return once a new file would be younger: file systems count time in steps of some milliseconds."""
    probe = folder / "probe"
    probe.touch()
    before = probe.stat().st_mtime_ns
    while probe.stat().st_mtime_ns == before:
        probe.touch()


def test_the_list_comes_in_pages_and_says_whether_there_is_more(box: LocalMailbox, tmp_path: Path) -> None:
    for number in range(5):
        box.send(envelope(subject=str(number)))
        wait_for_a_new_time_stamp(tmp_path)
    assert [box.page(number, 2)[1] for number in range(4)] == [True, True, False, False]
    assert [subjects(box, number, 2) for number in range(4)] == [["4", "3"], ["2", "1"], ["0"], []]
    assert not box.page(0, 5)[1]


def test_an_empty_or_missing_mailbox_has_no_emails(box: LocalMailbox, tmp_path: Path) -> None:
    assert box.page(0, 10) == ([], False)
    (tmp_path / "mailbox").mkdir()
    assert box.page(0, 10) == ([], False)


def test_emails_another_program_has_marked_as_read_are_still_listed_and_read(box: LocalMailbox, tmp_path: Path) -> None:
    box.send(envelope())
    (file,) = (tmp_path / "mailbox" / "new").iterdir()
    file.rename(tmp_path / "mailbox" / "cur" / f"{file.name}:2,S")
    ((summary,), _) = box.page(0, 10)
    assert box.read(summary.key) is not None


@pytest.mark.parametrize(
    "key",
    [
        "",
        ".",
        "..",
        "../secret",
        "../../secret",
        "new/../../secret",
        "/etc/passwd",
        "..\\secret",
        "nobody",
        "1732000000.M1P1Q1.host",
        "a\x00b",
        "%2e%2e",
        "new",
        "x" * 201,
        "é",
        "secret\n",
    ],
)
def test_an_unknown_or_hostile_key_opens_nothing(box: LocalMailbox, tmp_path: Path, key: str) -> None:
    (tmp_path / "secret").write_text("From: me\n\nsecret")
    box.send(envelope())
    assert box.read(key) is None


def test_a_folder_that_cannot_be_written_is_the_servers_trouble_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "mailbox", tmp_path / "missing" / "mailbox"):
        with pytest.raises(ServerTrouble, match="the local mailbox cannot be written"):
            LocalMailbox(path).send(envelope())


def test_a_folder_that_is_mended_takes_emails_again(tmp_path: Path) -> None:
    way = tmp_path / "mailbox"
    way.write_text("in the way")
    box = LocalMailbox(way)
    with pytest.raises(ServerTrouble):
        box.send(envelope())
    way.unlink()
    box.send(envelope())
    assert subjects(box) == ["Hello"]


def test_a_message_of_another_program_without_date_or_html_is_shown_too(box: LocalMailbox) -> None:
    message = EmailMessage()
    message.set_content("only text")
    box.send(Envelope("", "", message.as_bytes(), needs_utf8=False))
    ((summary,), _) = box.page(0, 10)
    email = box.read(summary.key)
    assert email is not None
    assert (email.text.strip(), email.html, email.sender, summary.subject) == ("only text", "", "", "")


def test_letting_go_between_emails_does_no_harm(box: LocalMailbox) -> None:
    box.disconnect()
    box.send(envelope())
    box.disconnect()
    assert subjects(box) == ["Hello"]
