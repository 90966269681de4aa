"""What a stranger types reaches nobody's mailbox but the one it is for, and adds nothing to a letter."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from microblog.mail import canonical_identifier
from security.town import LINK, all_left
from support.running import NEW_PASSWORD, PASSWORD, RunningSite
from support.smtp_server import Delivered, SmtpServer
from support.visitor import Answer

HEADERS = {
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
    *("Content-Transfer-Encoding", "X-Auto-Response-Suppress", "Feedback-ID"),
}
EVIL = "eve@evil.example"
INJECTIONS = [
    f"alice@example.com\r\nBcc: {EVIL}",
    f"alice@example.com\nBcc: {EVIL}",
    f"alice@example.com\rBcc: {EVIL}",
    f"alice@example.com>\r\nRCPT TO:<{EVIL}",
    f"alice@example.com\r\n.\r\nMAIL FROM:<{EVIL}>",
    f"alice@example.com%0d%0aBcc:%20{EVIL}",
    f"alice@example.com\u2028Bcc: {EVIL}",
    f"alice@example.com\u0085Bcc: {EVIL}",
    f"alice@example.com\0{EVIL}",
    f"alice@example.com,{EVIL}",
    f"alice@example.com;{EVIL}",
    f"alice@example.com {EVIL}",
    f"alice@example.com|{EVIL}",
    f"<alice@example.com> {EVIL}",
    f"alice@example.com> SIZE=1 <{EVIL}",
    f"{EVIL}@alice@example.com",
    "@evil.example:alice@example.com",
    "eve%evil.example@example.com",
    "evil.example!eve@example.com",
    f'"alice@example.com, {EVIL}"@example.com',
    f'"alice\r\nBcc: {EVIL}"@example.com',
    f"alice({EVIL})@example.com",
    f"alice@example.com ({EVIL})",
    f"Alice <alice@example.com>, Eve <{EVIL}>",
    f"=?utf-8?q?alice=40example.com=2C{EVIL}?=@example.com",
    f"group: alice@example.com, {EVIL};",
    "alice@[127.0.0.1]",
    f"alice@example.com?cc={EVIL}",
    "mailto:alice@example.com",
]
LOOK_ALIKES = [
    "\uff41lice@example.com",  # fullwidth a
    "alice\uff20example.com",  # fullwidth at
    "al\u0131ce@example.com",  # dotless i
    "al\u0130ce@example.com",  # capital I with a dot, whose small letter is two
    "\u0430lice@example.com",  # Cyrillic a
    "alic\u0435@example.com",  # Cyrillic e
    "alice@ex\u0430mple.com",  # Cyrillic a in the domain
    "alice@exampl\u00e9.com",
    "alice@example\u3002com",  # ideographic full stop
    "alice@\u24d4xample.com",  # circled e
    "alice@examp\u2113e.com",  # script l
    "al\u200bice@example.com",  # zero width
    "ali\u00adce@example.com",  # soft hyphen
    "\u202ealice@example.com",  # turns the direction
    "alice@example.com.",
    "alice.@example.com",
    "alice+x@example.com",
    "a.lice@example.com",
    "\u212aate@example.com",  # the Kelvin sign, whose small letter is k
    "\u017fam@example.com",  # the long s, whose capital is S
]


@pytest.fixture
def mailed(tmp_path: Path, database_url: str, smtp_server: SmtpServer) -> Iterator[RunningSite]:
    """A site that sends by SMTP."""
    environ = {"MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(smtp_server.port)}
    environ |= {"LIMIT_RESET_PER_CLIENT": "off", "LIMIT_RESET_PER_IDENTIFIER": "off", "LIMIT_SIGN_UP_PER_CLIENT": "off"}
    running = RunningSite(tmp_path / "data", database_url, environ).start()
    yield running
    running.stop()


def sign_up(site: RunningSite, username: str, email: str) -> Answer:
    """Send the sign-up form, whatever is in it."""
    fields = {"username": username, "email": email, "password": PASSWORD, "password2": PASSWORD}
    return site.visitor().submit("/register", follow=False, **fields)


def member(site: RunningSite, server: SmtpServer, username: str, email: str = "") -> None:
    """Make somebody a member by the letter they get."""
    count = len(server.delivered)
    visitor = site.visitor()
    fields = {"username": username, "email": email or f"{username}@example.com"}
    visitor.submit("/register", follow=True, **fields, password=PASSWORD, password2=PASSWORD)
    assert "Your account is ready" in visitor.submit(server.wait_for(count + 1)[-1].link).words


def plain(letter: Delivered) -> bool:
    """Tell whether a letter has our headers, each once, one recipient, and no link that leads elsewhere."""
    message = message_from_bytes(letter.raw, policy=default)
    names = [name for name, _ in message.items()]
    recipients = message["To"].addresses
    return len(names) == len(set(names)) and set(names) <= HEADERS and len(recipients) == 1


def test_nothing_in_the_sign_up_form_adds_a_recipient_a_header_or_a_command(
    mailed: RunningSite, smtp_server: SmtpServer
) -> None:
    answers = {}
    for number, typed in enumerate(INJECTIONS):
        answers[typed] = sign_up(mailed, f"member{number}", typed).status
        answers[f"username {typed}"] = sign_up(mailed, typed, f"fine{number}@example.com").status
    all_left(mailed)
    assert set(answers.values()) <= {303, 422}
    taken = {canonical_identifier(typed) for typed, status in answers.items() if status == 303}
    assert {letter.recipient for letter in smtp_server.delivered} == taken
    assert not any(EVIL in letter.recipient.split("@", 1)[1] for letter in smtp_server.delivered)
    assert all(plain(letter) for letter in smtp_server.delivered)
    assert smtp_server.commands.count("rcpt") == len(smtp_server.delivered)


def test_nothing_in_the_reset_form_adds_a_recipient_and_letters_go_to_the_stored_address(
    mailed: RunningSite, smtp_server: SmtpServer
) -> None:
    member(mailed, smtp_server, "alice")
    before = len(smtp_server.delivered)
    for typed in INJECTIONS:
        answer = mailed.visitor().submit("/reset_password_request", follow=False, email=typed)
        assert answer.status in (303, 422)
    all_left(mailed)
    assert len(smtp_server.delivered) == before  # none of them is Alice's, and nobody else has an account


def test_no_header_of_a_request_adds_anything_to_a_letter(mailed: RunningSite, smtp_server: SmtpServer) -> None:
    member(mailed, smtp_server, "alice")
    value = f"Firefox/1 Bcc: {EVIL} <b>bold</b> https://evil.example/ =?utf-8?q?x?= \u00e9\u0085\t"
    headers = dict.fromkeys(("User-Agent", "X-Forwarded-For", "Accept-Language", "Via", "X-Forwarded-Host"), value)
    visitor = mailed.visitor(**headers)
    assert visitor.submit("/reset_password_request", email="alice").path == "/check-email"
    link = smtp_server.wait_for(2)[-1].link
    assert visitor.submit(link, password=NEW_PASSWORD, password2=NEW_PASSWORD).path == "/login"
    for letter in smtp_server.wait_for(3)[1:]:
        assert plain(letter)
        assert letter.recipient == "alice@example.com"
        text = letter.body("plain") + letter.body("html")
        assert "evil.example" not in text
        assert "<b>bold" not in text
        assert {found.split("/")[2] for found in LINK.findall(letter.body("plain"))} == {f"localhost:{mailed.port}"}


def test_no_name_that_only_looks_like_an_address_brings_its_letter_to_another(
    mailed: RunningSite, smtp_server: SmtpServer
) -> None:
    for name in ("alice", "kate", "sam"):
        member(mailed, smtp_server, name)
    before = len(smtp_server.delivered)
    for typed in LOOK_ALIKES:
        answer = mailed.visitor().submit("/reset_password_request", follow=False, email=typed)
        assert answer.status in (303, 422), typed
    all_left(mailed)
    came = {letter.recipient for letter in smtp_server.delivered[before:]}
    # Owners alone: one sign of a domain that is a full stop (IDNA), and one of a name that is the letter K (NFC).
    assert came <= {"alice@example.com", "kate@example.com"}


def test_whoever_owns_a_look_alike_gets_their_own_letters_and_nobody_elses(
    mailed: RunningSite, smtp_server: SmtpServer
) -> None:
    member(mailed, smtp_server, "alice")
    eve = "al\u0131ce@example.com"
    member(mailed, smtp_server, "eve", eve)
    for typed, owner in ((eve, "eve"), ("alice@example.com", "alice"), ("ALICE@EXAMPLE.COM", "alice")):
        mailed.clock.move(minutes=2)
        before = len(smtp_server.delivered)
        mailed.visitor().submit("/reset_password_request", email=typed)
        letter = smtp_server.wait_for(before + 1)[-1]
        assert letter.recipient == (eve if owner == "eve" else "alice@example.com")
        assert re.search(rf"Dear {owner},", letter.body("plain"))
        assert f"<strong>{owner}</strong>" in mailed.visitor().get(letter.link).text
