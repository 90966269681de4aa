"""What every job does, whichever library runs it: hand one letter over as a view would, or do nothing but say so."""

import os
import smtplib
from email.message import EmailMessage
from pathlib import Path

SENDER = "blog@blog.example"


def hand_over(number: int) -> None:
    """Send letter so-and-so, by a connection of its own."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = SENDER, f"member{number}@example.com", "Your new password"
    letter.set_content("Somebody asked for a new password.\n")
    with smtplib.SMTP("127.0.0.1", int(os.environ["SINK_PORT"]), timeout=60) as line:
        line.send_message(letter)


def tick() -> None:
    """Leave one byte where the comparison counts them."""
    ticks = os.open(Path(os.environ["TICKS"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(ticks, b".")
    os.close(ticks)
