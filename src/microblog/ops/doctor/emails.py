"""Every type of email, rendered with sample data and checked as a receiver would."""

from collections.abc import Iterator
from datetime import datetime

from jinja2 import TemplateError

from microblog.links import Pages
from microblog.mail import Sample
from microblog.mail.addresses import for_the_wire
from microblog.mail.compose import LONGEST_LINE, compose
from microblog.mail.mailbox import parsed
from microblog.mail.rendering import new_message_id
from microblog.ops.doctor.findings import Finding, Subject
from microblog.ops.doctor.names import domain_of
from microblog.ops.sample_emails import sample_emails
from microblog.settings import Settings

EMAILS = Subject("Emails")
LARGEST = 102_000  # octets; Gmail cuts off what is beyond
ONCE = ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted")
TELL = "Somebody changed this letter. Take the change back, or tell the authors."


def check_emails(settings: Settings, pages: Pages, now: datetime) -> Iterator[Finding]:
    """Render every type of email, and report what would keep one from being read."""
    try:
        samples = sample_emails(settings, pages, now)
        wires = {sample.name: compose_sample(sample, settings, now) for sample in samples}
    except (TemplateError, ValueError, OSError) as error:
        yield EMAILS.fail(f"An email cannot be written: {error}", TELL)
        return
    wrong = [
        f"{sample.name}: {fault}" for sample in samples for fault in find_faults(sample, wires[sample.name], settings)
    ]
    if wrong:
        for fault in wrong:
            yield EMAILS.fail(fault, TELL)
        return
    longest = max(len(line) for wire in wires.values() for line in wire.splitlines())
    largest = max(map(len, wires.values()))
    yield EMAILS.ok(
        f"All {len(samples)} can be written, as text and HTML. The longest line has {longest} octets of "
        f"{LONGEST_LINE}, the largest letter {largest / 1000:.0f} kB; every link starts with {settings.public_url}."
    )


def compose_sample(sample: Sample, settings: Settings, now: datetime) -> bytes:
    """Return a sample as the message that would be sent."""
    sender = settings.mail.sender
    return compose(sample.email, sender, new_message_id(sender), now).message


def find_faults(sample: Sample, wire: bytes, settings: Settings) -> Iterator[str]:
    """Yield the faults of one sample."""
    email, start = sample.email, f"{settings.public_url}/"
    domain = domain_of(for_the_wire(settings.mail.sender.address))
    message = parsed(wire)
    if any(len(line) > LONGEST_LINE for line in wire.splitlines()):
        yield f"a line is longer than {LONGEST_LINE} octets"
    if len(wire) > LARGEST:
        yield f"it has {len(wire) / 1000:.0f} kB; Gmail cuts off what is beyond {LARGEST / 1000:.0f}"
    if not email.text.strip() or not email.html.strip():
        yield "text or HTML is empty"
    if missing := [name for name in ONCE if len(message.get_all(name, [])) != 1]:
        yield f"a header is missing or stands twice: {', '.join(missing)}"
    elif not str(message["Message-ID"]).endswith(f"@{domain}>"):
        yield f"its Message-ID is of another domain than its sender, {domain}"
    links = [word for word in email.text.split() if "://" in word]
    if foreign := [link for link in links if not link.startswith(start)]:
        yield f"a link does not start with {start}: {foreign[0]}"
    if unequal := [link for link in links if link not in email.html.replace("&amp;", "&")]:
        yield f"a link of the text is not in the HTML: {unequal[0]}"
