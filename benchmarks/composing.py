"""What does a letter cost before it is sent, against an EmailMessage with the same words?

Run with the .venv of `make test`.
"""

import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from microblog.mail import Rendered, render_templates
from microblog.mail.compose import compose
from microblog.recovery.emails import reset_password
from microblog.settings import Sender

TURNS, LETTERS = 7, 300
NOW = datetime.now(UTC)
LINK = f"https://blog.example/reset_password/{'x' * 180}"
MODULE = reset_password.__name__
FACTS = {"username": "alice", "link": LINK, "ends": NOW, "minutes": 10}


def letter(words: str, number: int = 0) -> Rendered:
    """Return a letter of common size: 600 characters of text, 3,000 of HTML."""
    text = f"{words}\n" * (600 // (len(words) + 1))
    line = f'<p style="margin:0 0 16px">{words}</p>\n'
    return Rendered(f"alice{number}@example.com", f"[Microblog] {words}", text, line * (3000 // len(line)))


ASCII = letter("To choose a new password for Microblog, open this address:")
BEYOND = letter("Grüße! Pour choisir un nouveau mot de passe, façon très élégante 🎉:")


def as_email_message(written: Rendered, sender: Sender) -> bytes:
    """Build the same letter with the standard library."""
    message = EmailMessage(policy=SMTP)
    message["From"] = Address(sender.name, *sender.address.split("@"))
    message["To"] = written.to
    message["Subject"] = written.subject
    message["Date"] = format_datetime(NOW)
    message["Message-ID"] = "<1@blog.example>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    return message.as_bytes()


def milliseconds(act: Callable[[int], object]) -> float:
    """Return what one of many takes."""
    began = time.perf_counter()
    for number in range(LETTERS):
        act(number)
    return (time.perf_counter() - began) / LETTERS * 1000


def each_new(number: int) -> bytes:
    """Compose for a recipient, a subject and a sender that nothing was kept of."""
    unknown = f"{number} {time.perf_counter_ns()}"
    written = Rendered(f"{unknown.replace(' ', '.')}@example.com", f"Grüße {unknown}", BEYOND.text, BEYOND.html)
    return compose(written, Sender(f"Jörg {unknown}", "no-reply@blog.example"), "<1@blog.example>", NOW).message


def main() -> None:
    """Print the medians of several turns, and how many times quicker than an EmailMessage each is."""
    ours, beyond = Sender("Microblog", "no-reply@blog.example"), Sender("Jörgs Blog", "no-reply@blog.example")
    ways: dict[str, Callable[[int], object]] = {
        "an EmailMessage, ASCII": lambda _: as_email_message(ASCII, ours),
        "an EmailMessage, beyond ASCII": lambda _: as_email_message(BEYOND, beyond),
        "composed, ASCII": lambda _: compose(ASCII, ours, "<1@blog.example>", NOW),
        "composed, beyond ASCII": lambda _: compose(BEYOND, beyond, "<1@blog.example>", NOW),
        "composed, beyond ASCII, all new": each_new,
        "rendered (three templates)": lambda _: render_templates(MODULE, "reset_password", "a@b.example", FACTS),
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(TURNS):
        for name, act in ways.items():
            taken[name].append(milliseconds(act))
    medians = {name: statistics.median(times) for name, times in taken.items()}
    for name, median in medians.items():
        kind = "an EmailMessage, beyond ASCII" if "beyond" in name else "an EmailMessage, ASCII"
        print(f"{name:34} {median:.3f} ms   {medians[kind] / median:5.1f} times an EmailMessage's speed")


if __name__ == "__main__":
    main()
