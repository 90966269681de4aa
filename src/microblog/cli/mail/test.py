"""`microblog mail test`: send a real email, and print the SMTP session."""

from collections import deque

import click

from microblog.cli.bootstrap import read_settings, stop
from microblog.clock import system_clock
from microblog.mail import BadAddress, parse_address
from microblog.mail.compose import Envelope, compose
from microblog.mail.rendering import new_message_id
from microblog.mail.replies import Reply, Stage
from microblog.mail.transport import TransportError
from microblog.mail.transports import make_transport
from microblog.ops import write_test_email
from microblog.ops.doctor import find_advice
from microblog.settings import Settings
from microblog.settings.providers import provider_for
from microblog.web import pages_of

STAGES = {
    "EHLO": Stage.GREETING,
    "HELO": Stage.GREETING,
    "STARTTLS": Stage.TLS,
    "AUTH": Stage.LOGIN,
    "(MASKED)": Stage.LOGIN,
    "MAIL": Stage.SENDER,
    "RCPT": Stage.RECIPIENT,
    "DATA": Stage.DATA,
    ".": Stage.DATA,
}
"""What each of our lines that is answered belongs to."""


class Printer:
    """Prints a conversation, and remembers which step each reply was to: commands may be sent ahead of it."""

    def __init__(self) -> None:
        self._asked: deque[Stage] = deque([Stage.GREETING])
        self._stages: dict[str, Stage] = {}

    def __call__(self, who: str, line: str) -> None:
        """Print one line."""
        click.echo(f"{who}: {line}" if who != "*" else f"-- {line}")
        word = line.split(" ", 1)[0].upper()
        if who == "C" and (stage := STAGES.get(word)):
            self._asked.append(stage)
        if who == "S" and "-" not in word and self._asked:  # the last line of a reply
            self._stages.setdefault(word, self._asked.popleft())

    def stage_of(self, reply: Reply) -> Stage:
        """Return the step that was answered so."""
        return self._stages.get(str(reply.code), Stage.CONNECT)


@click.command()
@click.argument("address")
def test(address: str) -> None:
    """Send a real letter to ADDRESS now, and print the conversation with the mail server.

    What is secret is masked. The exit status is 0 if the letter was taken, and 1 if not.
    """
    settings = read_settings()
    try:
        envelope = compose_test_email(address, settings)
    except (BadAddress, ValueError) as bad:
        stop(f"No letter can go to {address!r}. {bad}", 2)
    printer = Printer()
    transport = make_transport(settings, printer)
    try:
        reply = transport.send(envelope)
    except TransportError as error:
        stop(f"\n{refusal(settings, printer.stage_of(error.reply), error)}")
    finally:
        transport.disconnect()
    click.echo(f"\n{acceptance(settings, envelope.recipient, reply)}")


def compose_test_email(address: str, settings: Settings) -> Envelope:
    """Compose the test email.

    Raises:
        BadAddress, ValueError: no email can be sent there.
    """
    now, sender = system_clock(), settings.mail.sender
    email = write_test_email(parse_address(address).spelled, pages_of(settings.public_url), now)
    return compose(email, sender, new_message_id(sender), now)


def acceptance(settings: Settings, recipient: str, reply: Reply) -> str:
    """Say that the email left, and where to look for it."""
    if settings.mail.server:
        return (
            f"The mail server took the letter: {reply}\n"
            f"Now look into the mailbox of {recipient}. If nothing comes within some minutes, look into its spam "
            "folder, then ask `microblog mail doctor`."
        )
    return (
        "There is no MAIL_SERVER, so the letter landed in the local mailbox of this trial. While the site runs, "
        "read it here:\n"
        f"{settings.public_url}/mailbox/{reply.text.rpartition(' ')[2]}"
    )


def refusal(settings: Settings, stage: Stage, error: TransportError) -> str:
    """Say why the email did not leave, and what to do."""
    provider = provider_for(settings.mail.provider, settings.mail.server)
    advice = find_advice(provider.name if provider else "", stage, error.reply)
    said = (
        f"At {stage.value}, the mail server said: {error.reply}"
        if error.reply.code
        else f"The trouble was {error.reply}"
    )
    remedy = [advice.means, f"What to do: {advice.remedy}"] if advice else [ASK]
    return "\n".join(["The letter did not leave.", said, *remedy])


ASK = "`microblog mail doctor` looks at each step by itself."
