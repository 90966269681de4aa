"""The local mailbox of demo mode: a Maildir, read in the browser."""

import mailbox
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import parsedate_to_datetime
from pathlib import Path

from microblog.mail.compose import Envelope
from microblog.mail.replies import Reply
from microblog.mail.transport import ServerTrouble

KEY = re.compile(r"[A-Za-z0-9._=,-]{1,200}")


@dataclass(frozen=True)
class Summary:
    """One line of the mailbox list."""

    key: str
    to: str
    subject: str
    date: datetime


@dataclass(frozen=True)
class Received:
    """An email as its reader sees it."""

    summary: Summary
    sender: str
    text: str
    html: str
    source: str


class LocalMailbox:
    """A transport that delivers to a folder on this computer. A full disk is the server's trouble: again later."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def send(self, envelope: Envelope) -> Reply:
        """Write the email, durably and whole or not at all (Maildir's own promise)."""
        try:
            key = self._maildir().add(envelope.message)
        except OSError as error:
            raise ServerTrouble(Reply(0, f"the local mailbox cannot be written: {error.strerror or error}")) from error
        return Reply(250, f"kept in the local mailbox as {key}")

    def disconnect(self) -> None:
        """Do nothing: a folder keeps no connection."""

    def page(self, number: int, size: int) -> tuple[list[Summary], bool]:
        """Return one page of the list, newest first and counted from 0, and whether there is more."""
        keys = self._newest_first()
        wanted = keys[number * size : (number + 1) * size]
        return [summary(key, self._message(key)) for key in wanted], len(keys) > (number + 1) * size

    def read(self, key: str) -> Received | None:
        """Return one email, None where there is none by that key."""
        if not KEY.fullmatch(key) or key not in self._maildir():
            return None
        raw = self._maildir().get_bytes(key)
        message = parsed(raw)
        text, html = (part_of(message, kind) for kind in ("plain", "html"))
        return Received(summary(key, message), str(message["From"] or ""), text, html, raw.decode("utf-8", "replace"))

    def _maildir(self) -> mailbox.Maildir:
        return mailbox.Maildir(self._path, create=True)

    def _message(self, key: str) -> EmailMessage:
        return parsed(self._maildir().get_bytes(key))

    def _newest_first(self) -> list[str]:
        found = [
            entry for name in ("new", "cur") if (self._path / name).is_dir() for entry in (self._path / name).iterdir()
        ]
        found.sort(key=lambda entry: entry.stat().st_mtime_ns, reverse=True)
        return [entry.name.partition(":")[0] for entry in found]


def parsed(raw: bytes) -> EmailMessage:
    """Parse a message with the standard library's modern policy."""
    message: EmailMessage = message_from_bytes(raw, policy=default)
    return message


def part_of(message: EmailMessage, kind: str) -> str:
    """Return the text or HTML body, empty when the email has none."""
    body = message.get_body((kind,))
    if body is None:
        return ""
    try:
        return str(body.get_content())
    except LookupError:  # a charset nobody knows
        return bytes(body.get_payload(decode=True) or b"").decode("utf-8", "replace")


def summary(key: str, message: EmailMessage) -> Summary:
    """Return the line of the list for one message."""
    try:
        date = parsedate_to_datetime(str(message["Date"]))
    except ValueError:
        date = datetime.fromtimestamp(0, UTC)
    return Summary(key, str(message["To"] or ""), str(message["Subject"] or ""), date)
