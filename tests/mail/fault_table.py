"""Everything that can go wrong with a mail server, and what becomes of an email then. Run by `test_faults.py`.

Two emails are posted, alice's first. Rows of the stages before a recipient is named meet whoever comes first, and the
healthy server comes back after them; the others meet alice alone.
"""

from dataclasses import dataclass
from enum import Enum

from support.smtp_script import KNOW_THE_RECIPIENT, Given
from support.smtp_server import (
    HANG_UP,
    RESET,
    STALL,
    TAKE_AND_HANG_UP,
    TAKE_AND_RESET,
    TAKE_AND_STALL,
    Answer,
    Rule,
    closing,
    trickle,
)

SENT, FAILED, WAITING = "sent", "failed", "waiting"
ALWAYS = float("inf")
SHORT = 0.5  # seconds


class Line(Enum):
    """How the transport is told to speak with the server."""

    CLEAR = "in the clear"
    STARTTLS = "by STARTTLS"
    IMPLICIT = "by implicit TLS"


class Bob(Enum):
    """When the healthy email beside it leaves."""

    AT_ONCE = "in the same turn"
    LATER = "once the server is well"
    NEVER = "not at all: no email can leave"


@dataclass(frozen=True)
class Fault:
    """One row: what the server does, and what becomes of alice's email."""

    name: str
    rules: tuple[Rule, ...]
    state: str = SENT
    tries: int = 1
    received: int = 1
    bob: Bob = Bob.AT_ONCE
    line: Line = Line.CLEAR
    certificate: str = "good"
    """What the server shows under TLS; "none" where it offers no TLS."""
    login: bool = False
    lacks: frozenset[str] = frozenset()
    alice: str = "alice"
    silent: bool = False
    """It is waited out for but a moment (SHORT)."""
    emails_per_connection: int | None = None
    others: int = 0
    """Connections somebody else holds, to a server that allows one."""
    over: Answer | None = None


def at(stage: str, given: Given, times: float = 1) -> tuple[Rule, ...]:
    """Give that answer at a stage: to alice where the recipient is known, to whoever comes first elsewhere."""
    return (Rule(stage, given, times, to="alice@" if stage in KNOW_THE_RECIPIENT else ""),)


OPENING: list[tuple[str, str, Given]] = [
    ("hangs up right after it accepted", "greeting", HANG_UP),
    ("resets right after it accepted", "greeting", RESET),
    ("is too busy to greet", "greeting", closing("421 4.3.2 too busy, come back later")),
    ("greets with a refusal", "greeting", closing("554 5.7.1 your address is on a list")),
    ("greets with another code", "greeting", closing("250 hello")),
    ("greets in binary", "greeting", closing(b"\x00\xff\x16\x03\n")),
    ("is a web server", "greeting", closing("HTTP/1.1 400 Bad Request")),
    ("is cut off while it greets", "greeting", closing(b"22")),
    ("is cut off in a greeting of several lines", "greeting", closing(b"220-welcome\r\n220-to")),
    ("hangs up at EHLO", "ehlo", HANG_UP),
    ("resets at EHLO", "ehlo", RESET),
    ("closes at EHLO", "ehlo", closing("421 4.7.0 not today")),
    ("is cut off in its reply to EHLO", "ehlo", closing(b"250-mail.test\r\n250-SI")),
    ("knows EHLO, but not now", "ehlo", "451 4.3.0 not now"),
    ("hangs up while the sender is named", "mail", HANG_UP),
    ("resets while the sender is named", "mail", RESET),
    ("closes while the sender is named", "mail", closing("421 4.3.2 shutting down")),
    ("wants a login after all", "mail", "530 5.7.0 authentication required"),
    ("does not like the sender", "mail", "550 5.7.1 sender not allowed"),
    ("has not verified the sender", "mail", "553 5.7.1 sender not verified"),
    ("takes no mail", "mail", "521 5.3.2 no mail here"),
    ("is out of step when the sender is named", "mail", "503 5.5.1 not now"),
]

STARTTLS: list[tuple[str, Given]] = [
    ("has no TLS just now", "454 4.7.0 TLS not available due to temporary reason"),
    ("does not know STARTTLS that it offered", "502 5.5.1 unknown command"),
    ("hangs up at STARTTLS", HANG_UP),
    ("closes before the handshake", closing("220 go ahead")),
    ("speaks of no code at STARTTLS", "ready when you are"),
]

LOGIN: list[tuple[str, Given]] = [
    ("does not know the password", "535 5.7.8 wrong"),
    ("wants an app password", "534 5.7.9 application-specific password required"),
    ("has disabled the account", "525 5.7.13 disabled"),
    ("cannot check a login now", "454 4.7.0 temporary authentication failure"),
    ("has seen too many logins", closing("421 4.7.0 too many login attempts")),
    ("hangs up at the login", HANG_UP),
    ("asks for nonsense at the login", "334 abcde"),
    ("is cut off in its reply to the login", closing(b"235 2.7")),
]

LATER: list[tuple[str, str, Given]] = [
    ("has a local error", "rcpt", "451 4.3.0 local error"),
    ("greylists", "rcpt", "450 4.2.0 greylisted, try again later"),
    ("greylists and says how long", "rcpt", "450 4.7.1 greylisted, try again in 5 minutes"),
    ("finds the mailbox full for now", "rcpt", "452 4.2.2 mailbox full"),
    ("closes at the recipient", "rcpt", closing("421 4.3.2 shutting down")),
    ("says it closes at the recipient, and does not", "rcpt", "421 4.3.2 shutting down"),
    ("hangs up at the recipient", "rcpt", HANG_UP),
    ("resets at the recipient", "rcpt", RESET),
    ("is out of step at the recipient", "rcpt", "503 5.5.1 need MAIL first"),
    ("answers in binary at the recipient", "rcpt", Answer(b"\xff\xfe\x00\r\n")),
    ("answers with half a code at the recipient", "rcpt", Answer(b"55\r\n")),
    ("answers with no code at the recipient", "rcpt", "no"),
    ("answers with a code of no meaning at the recipient", "rcpt", "999 what"),
    ("answers a line of 20 KB at the recipient", "rcpt", Answer(b"250 " + b"x" * 20_000 + b"\r\n")),
    ("is cut off at the recipient", "rcpt", closing(b"250-o")),
    ("asks for the email at the recipient", "rcpt", "354 go ahead"),
    ("has no room when the email comes", "go_ahead", "452 4.3.1 no room"),
    ("takes DATA for the email", "go_ahead", "250 taken"),
    ("takes the email before it came", "go_ahead", Answer(b"354 go ahead\r\n250 taken\r\n")),
    ("hangs up when the email comes", "go_ahead", HANG_UP),
    ("hangs up in the middle of the email", "letter", HANG_UP),
    ("resets in the middle of the email", "letter", RESET),
    ("closes in the middle of the email", "letter", closing("421 4.3.2 shutting down")),
    ("has a local error after the email", "data", "451 4.3.0 local error"),
    ("is too busy after the email", "data", "454 4.7.0 throttling failure, maximum sending rate exceeded"),
    ("closes after the email", "data", closing("421 4.3.2 shutting down")),
    ("hangs up after the email", "data", HANG_UP),
    ("resets after the email", "data", RESET),
    ("answers with no code after the email", "data", "yes, thank you"),
    ("answers with nothing but a line break after the email", "data", Answer(b"\r\n")),
]

DOUBT: list[tuple[str, Given]] = [
    ("takes the email and hangs up", TAKE_AND_HANG_UP),
    ("takes the email and resets", TAKE_AND_RESET),
    ("takes the email and is cut off", closing(b"25")),
    ("takes the email and is cut off in a reply of several lines", closing(b"250-taken\r\n250-as")),
    ("takes the email and says so in binary", Answer(b"\xff\xfe ok\r\n", takes=True)),
    ("takes the email and says it is not sure", Answer("451 4.3.0 not sure", takes=True)),
    ("takes the email and closes", Answer(b"421 4.3.2 shutting down\r\n", closing("").then, takes=True)),
]

REFUSED: list[tuple[str, str, Given]] = [
    ("does not know the recipient", "rcpt", "550 5.1.1 no such user"),
    ("does not know the recipient, and says so without more", "rcpt", "550 no such user here"),
    ("has closed the mailbox", "rcpt", "550 5.2.1 mailbox disabled"),
    ("has a mailbox that stays full", "rcpt", "552 5.2.2 mailbox full"),
    ("serves another domain", "rcpt", "556 5.1.10 this domain takes no mail"),
    ("cannot parse the recipient", "rcpt", "501 5.1.3 bad address"),
    ("refuses when the email comes", "go_ahead", "554 5.5.0 no"),
    ("finds the email too big", "data", "552 5.3.4 too big"),
    ("takes the email for spam", "data", "550 5.7.1 unsolicited"),
    ("cannot read the email", "data", "554 5.6.0 malformed"),
]

OURS: list[tuple[str, str, Given]] = [
    ("does not relay for us", "rcpt", "554 5.7.1 <alice@example.com>: Relay access denied"),
    ("has a policy against us", "rcpt", "550 5.7.1 not permitted to send to this host"),
    ("forgets that we signed in", "rcpt", "535 5.7.8 authentication required"),
    ("finds us without SPF and DKIM", "data", "550 5.7.26 unauthenticated mail is not taken"),
    ("has given us enough for today", "data", "550 5.4.5 daily sending quota exceeded"),
    ("does not let us send as this sender", "data", "550 5.7.60 no permission to send as this sender"),
]

FINE: list[tuple[str, tuple[Rule, ...]]] = [
    ("knows only HELO", at("ehlo", "502 5.5.1 unknown command", ALWAYS)),
    ("offers nonsense", at("ehlo", Answer(b"250-\xff\xfe\r\n250-\r\n250 \x80=?\r\n"), ALWAYS)),
    ("forwards", at("rcpt", "251 user not local, will forward")),
    ("closes after its yes", at("data", closing("250 taken"))),
    ("resets after its yes", at("data", Answer("250 taken", RESET.then))),
    ("says yes in many lines and eight bits", at("data", Answer(b"250-Gr\xfc\xdfe\r\n250-\x07\r\n250 ok\r\n"))),
    ("gives no space after the code", at("data", Answer(b"250\r\n"))),
    ("ends its lines with a bare line feed", at("data", Answer(b"250 ok\n"))),
    ("hangs up at the goodbye", at("quit", HANG_UP, ALWAYS)),
    ("answers the goodbye in binary", at("quit", Answer(b"\xff\r\n"), ALWAYS)),
]

AFTER_A_REFUSAL: list[tuple[str, Given]] = [
    ("hangs up at RSET", HANG_UP),
    ("closes at RSET", closing("421 4.3.2 shutting down")),
    ("does not know RSET", "502 5.5.1 unknown command"),
    ("answers RSET in binary", Answer(b"\xff\xfe\r\n")),
]

NO_TRUST = ("self-signed", "unknown authority", "other name", "expired")

SILENT = [
    # name, stage, answer, state, tries, received, when bob leaves
    ("never greets", "greeting", STALL, 1, 1, Bob.LATER),
    ("trickles its greeting", "greeting", trickle(b"220-welcome\r\n", 0.02), 1, 1, Bob.LATER),
    ("stalls at EHLO", "ehlo", STALL, 1, 1, Bob.LATER),
    ("stalls in its reply to EHLO", "ehlo", Answer(b"250-mail.test\r\n250-S", STALL.then), 1, 1, Bob.LATER),
    ("stalls while the sender is named", "mail", STALL, 1, 1, Bob.LATER),
    ("stalls at the recipient", "rcpt", STALL, 2, 1, Bob.AT_ONCE),
    ("trickles at the recipient", "rcpt", trickle(b"250-wait\r\n", 0.02), 2, 1, Bob.AT_ONCE),
    ("stalls when the email comes", "go_ahead", STALL, 2, 1, Bob.AT_ONCE),
    ("stalls in the middle of the email", "letter", STALL, 2, 1, Bob.AT_ONCE),
    ("stalls after the email", "data", STALL, 2, 1, Bob.AT_ONCE),
    ("takes the email and stalls", "data", TAKE_AND_STALL, 2, 2, Bob.AT_ONCE),
    ("takes the email and trickles", "data", trickle(b"250-taken\r\n", 0.02), 2, 2, Bob.AT_ONCE),
]

FAULTS = [
    *(Fault(name, at(stage, given, 2), bob=Bob.LATER) for name, stage, given in OPENING),
    *(Fault(name, at("starttls", given, 2), bob=Bob.LATER, line=Line.STARTTLS) for name, given in STARTTLS),
    *(Fault(name, at("auth", given, 2), bob=Bob.LATER, login=True) for name, given in LOGIN),
    *(Fault(name, at(stage, given, 2), tries=3) for name, stage, given in LATER),
    *(Fault(name, at("data", given), tries=2, received=2) for name, given in DOUBT),
    *(Fault(name, at(stage, given), FAILED, received=0) for name, stage, given in REFUSED),
    *(Fault(name, at(stage, given, 2), bob=Bob.LATER) for name, stage, given in OURS),
    *(Fault(name, rules) for name, rules in FINE),
    *(
        Fault(name, at("rcpt", "550 5.1.1 no such user") + at("rset", given, ALWAYS), FAILED, received=0)
        for name, given in AFTER_A_REFUSAL
    ),
    *(
        Fault(f"shows a certificate that is bad ({bad}), {line.value}", (), WAITING, 0, 0, Bob.NEVER, line, bad)
        for line in (Line.STARTTLS, Line.IMPLICIT)
        for bad in NO_TRUST
    ),
    *(
        Fault(name, at(stage, given), tries=tries, received=received, bob=bob, silent=True)
        for name, stage, given, tries, received, bob in SILENT
    ),
    Fault("has a local error at the sender", at("mail", "451 4.3.0 local error"), tries=2),
    Fault("answers with no code at the sender", at("mail", "what"), tries=2),
    Fault("finds the email too big before it comes", at("mail", "552 5.3.4 too big"), FAILED, received=0),
    Fault("offers no STARTTLS", (), WAITING, 0, 0, Bob.NEVER, Line.STARTTLS, "none"),
    Fault("knows no implicit TLS", (), WAITING, 0, 0, Bob.NEVER, Line.IMPLICIT, "none", silent=True),
    Fault("speaks before the handshake", at("starttls", "220 go ahead\r\n250 injected", ALWAYS), line=Line.STARTTLS),
    Fault("offers no login", (), WAITING, 0, 0, Bob.NEVER, login=True, lacks=frozenset({"AUTH"})),
    Fault("carries no address outside ASCII", (), FAILED, 1, 0, alice="älice", lacks=frozenset({"SMTPUTF8"})),
    Fault("carries an address outside ASCII", (), alice="älice"),
    Fault("lets no command be sent ahead", (), lacks=frozenset({"PIPELINING"})),
    Fault("takes one email a connection", (), emails_per_connection=1),
    Fault("is full and says so", (), bob=Bob.LATER, others=1),
    Fault("is full and hangs up", (), bob=Bob.LATER, others=1, over=HANG_UP),
]
