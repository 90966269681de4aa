"""The settings: invalid ones, and valid ones that are probably a mistake."""

from collections.abc import Iterator, Sequence

from microblog.ops.doctor.findings import Finding, Subject
from microblog.ops.doctor.ports import IMPLICIT_TLS
from microblog.settings import MailSettings, Settings
from microblog.settings.errors import SettingProblem

SETTINGS = Subject("Settings")


def report_invalid_settings(problems: Sequence[SettingProblem]) -> list[Finding]:
    """Report the settings that stop startup."""
    return [SETTINGS.fail(f"{one.name}: {one.wrong}.", f"It should be {one.should}.") for one in problems]


def check_settings(settings: Settings, notes: Sequence[str]) -> Iterator[Finding]:
    """Check the settings. `notes` are those of the startup message."""
    found = [*(SETTINGS.warn(note, "See the table of settings in the README.") for note in notes)]
    found += check_port_and_tls(settings.mail)
    if not found:
        way = f"emails leave by {settings.mail.server}" if settings.mail.server else "emails stay in the local mailbox"
        found.append(SETTINGS.ok(f"They fit together; {way}, from {settings.mail.sender.address}."))
    yield from found


def check_port_and_tls(mail: MailSettings) -> Iterator[Finding]:
    """Check that the port fits the kind of TLS."""
    if not mail.server:
        return
    if mail.port in IMPLICIT_TLS and not mail.implicit_tls:
        words = f"MAIL_PORT is {mail.port}, where servers speak TLS from the first byte, and MAIL_USE_SSL is off."
        yield SETTINGS.warn(words, "Set MAIL_USE_SSL=yes and leave MAIL_USE_TLS unset.")
    if mail.port in (25, 587, 2525, 2587) and mail.implicit_tls:
        words = f"MAIL_PORT is {mail.port}, where servers speak STARTTLS, and MAIL_USE_SSL is on."
        yield SETTINGS.warn(words, "Set MAIL_USE_TLS=yes and leave MAIL_USE_SSL unset, or use port 465.")
