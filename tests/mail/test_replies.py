"""What a server's reply means, by table."""

import pytest

from microblog.mail.replies import Meaning, Reply, Stage, classify_reply, named_wait

SENT, REFUSED, LATER, SERVER = Meaning.SENT, Meaning.REFUSED, Meaning.LATER, Meaning.SERVER
CONNECT, GREETING, TLS, LOGIN = Stage.CONNECT, Stage.GREETING, Stage.TLS, Stage.LOGIN
SENDER, RECIPIENT, DATA = Stage.SENDER, Stage.RECIPIENT, Stage.DATA


@pytest.mark.parametrize(
    ("stage", "code", "text", "meaning"),
    [
        (DATA, 250, "2.0.0 OK queued", SENT),
        (RECIPIENT, 250, "OK", SENT),
        (RECIPIENT, 251, "user not local, will forward", SENT),
        (RECIPIENT, 252, "cannot verify, will try", SENT),
        # the line itself: whatever is said there would be said to every email
        (CONNECT, 0, "connection refused", SERVER),
        (CONNECT, 421, "too many connections", SERVER),
        (CONNECT, 554, "no service for you", SERVER),
        (GREETING, 0, "did not answer in time", SERVER),
        (GREETING, 421, "closing", SERVER),
        (GREETING, 501, "bad EHLO name", SERVER),
        (TLS, 0, "certificate cannot be trusted", SERVER),
        (TLS, 454, "TLS not available", SERVER),
        (LOGIN, 535, "5.7.8 wrong password", SERVER),
        (LOGIN, 534, "5.7.9 an app password is needed", SERVER),
        (LOGIN, 454, "4.7.0 temporary failure", SERVER),
        (LOGIN, 550, "5.7.30 basic authentication is off", SERVER),
        (LOGIN, 0, "hung up", SERVER),
        # a login that is asked for or refused, at whatever stage
        (SENDER, 530, "5.7.0 authentication required", SERVER),
        (SENDER, 535, "5.7.139 authentication unsuccessful", SERVER),
        (RECIPIENT, 530, "5.7.1 client was not authenticated", SERVER),
        (RECIPIENT, 534, "5.7.9", SERVER),
        (RECIPIENT, 538, "5.7.11 encryption required", SERVER),
        (DATA, 530, "5.7.0 authentication required", SERVER),
        (DATA, 535, "5.7.8", SERVER),
        # the sender
        (SENDER, 550, "5.7.1 sender not allowed", SERVER),
        (SENDER, 553, "5.7.1 sender not verified", SERVER),
        (SENDER, 501, "5.1.7 bad sender", SERVER),
        (SENDER, 552, "5.3.4 message too big", REFUSED),
        (SENDER, 421, "closing", LATER),
        (SENDER, 451, "4.3.0 try again", LATER),
        (SENDER, 452, "4.3.1 insufficient storage", LATER),
        (SENDER, 0, "hung up", LATER),
        # this recipient, this email
        (RECIPIENT, 550, "5.1.1 no such user", REFUSED),
        (RECIPIENT, 550, "5.2.1 mailbox disabled", REFUSED),
        (RECIPIENT, 550, "5.1.10 no such address", REFUSED),
        (RECIPIENT, 551, "user not local", REFUSED),
        (RECIPIENT, 552, "5.2.2 mailbox full", REFUSED),
        (RECIPIENT, 553, "5.1.3 bad mailbox name", REFUSED),
        (RECIPIENT, 421, "closing", LATER),
        (RECIPIENT, 450, "4.2.0 greylisted", LATER),
        (RECIPIENT, 451, "4.7.1 try again in 5 minutes", LATER),
        (RECIPIENT, 452, "4.5.3 too many recipients", LATER),
        (RECIPIENT, 0, "hung up", LATER),
        (RECIPIENT, 556, "5.1.10 this domain takes no mail", REFUSED),
        (DATA, 550, "5.7.1 content refused", REFUSED),
        (DATA, 552, "5.7.0 this attachment is not taken", REFUSED),
        (DATA, 552, "5.3.4 message too big", REFUSED),
        (DATA, 554, "5.6.0 transaction failed", REFUSED),
        (DATA, 421, "closing", LATER),
        (DATA, 451, "4.3.0 local error", LATER),
        (DATA, 0, "hung up before the reply", LATER),
        # our sending, which no address is to blame for
        (RECIPIENT, 550, "5.7.1 not permitted to send", SERVER),
        (RECIPIENT, 554, "5.7.1 relay access denied", SERVER),
        (DATA, 550, "5.7.26 not authenticated by SPF or DKIM", SERVER),
        (DATA, 550, "5.7.60 no permission to send as this sender", SERVER),
        (RECIPIENT, 553, "5.1.8 bad sender's system address", SERVER),
        (DATA, 550, "5.1.7 bad sender", SERVER),
        (DATA, 550, "5.4.5 daily limit reached", SERVER),
        (RECIPIENT, 521, "5.3.2 this host takes no mail", SERVER),
        (SENDER, 521, "no mail here", SERVER),
        (RECIPIENT, 521, "no mail here", SERVER),
        (RECIPIENT, 550, "5.1.1 no such user, and relaying is denied", REFUSED),
        (DATA, 554, "5.3.2 taking no mail now", SERVER),
        (RECIPIENT, 525, "5.7.13 account disabled", SERVER),
        # a conversation out of step, or a limit that one email cannot have reached
        (RECIPIENT, 503, "5.5.1 need MAIL first", LATER),
        (DATA, 503, "5.5.1 need RCPT first", LATER),
        (DATA, 500, "unknown command", LATER),
        (RECIPIENT, 552, "5.5.3 too many recipients", LATER),
        # no reply of SMTP at all
        (RECIPIENT, -1, "<html>", LATER),
        (DATA, -1, "", LATER),
        (DATA, 354, "go ahead", LATER),
        (SENDER, 354, "go ahead", LATER),
        (RECIPIENT, 25, "0 cut off", LATER),
        (RECIPIENT, 600, "no such code", LATER),
        (DATA, 999, "nor this", LATER),
    ],
)
def test_a_reply_is_judged_by_its_code_and_by_where_it_came(
    stage: Stage, code: int, text: str, meaning: Meaning
) -> None:
    assert classify_reply(stage, Reply(code, text)) is meaning


@pytest.mark.parametrize(
    ("stage", "code", "text", "meaning", "wait"),
    [
        # Gmail, as the server of a domain and as a relay
        (RECIPIENT, 450, "4.2.1 This account gets mail too fast now, please resend later. - gsmtp", LATER, None),
        (RECIPIENT, 452, "4.2.2 The recipient's inbox is out of storage space. - gsmtp", LATER, None),
        (RECIPIENT, 552, "5.2.2 The recipient's inbox is out of storage space and inactive. - gsmtp", REFUSED, None),
        (RECIPIENT, 550, "5.1.1 The email account you tried to reach is not there. - gsmtp", REFUSED, None),
        (DATA, 421, "4.7.28 Unusual rate of mail from your IP, temporarily limited. - gsmtp", LATER, None),
        (DATA, 550, "5.7.26 Unauthenticated mail from blog.example: DMARC says no. - gsmtp", SERVER, None),
        (DATA, 550, "5.7.1 Likely unsolicited mail, and so blocked. - gsmtp", REFUSED, None),
        (DATA, 550, "5.4.5 Daily user sending limit exceeded. - gsmtp", SERVER, None),
        (LOGIN, 534, "5.7.9 Application-specific password required. - gsmtp", SERVER, None),
        (LOGIN, 454, "4.7.0 Too many login attempts, please try again later. - gsmtp", SERVER, None),
        # Microsoft 365, Outlook.com
        (RECIPIENT, 451, "4.7.500 Server busy. Please try again later from [192.0.2.1]. (S77719)", LATER, None),
        (RECIPIENT, 550, "5.4.1 Recipient address rejected: Access denied. [X.prod.outlook.example]", REFUSED, None),
        (DATA, 554, "5.2.252 SendAsDenied; a@blog.example not allowed to send as b@blog.example", SERVER, None),
        (DATA, 550, "5.7.60 SMTP; Client does not have permissions to send as this sender", SERVER, None),
        (DATA, 550, "5.1.8 Access denied, bad outbound sender AS(42004)", SERVER, None),
        (SENDER, 530, "5.7.57 Client not authenticated to send mail.", SERVER, None),
        (DATA, 432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", LATER, None),
        (RECIPIENT, 550, "5.7.511 Access denied, banned sender [192.0.2.1].", SERVER, None),
        # Postfix, with postgrey and other policies
        (RECIPIENT, 450, "4.2.0 <a@b.example>: Recipient address rejected: Greylisted, see its help", LATER, None),
        (RECIPIENT, 450, "4.2.0 <a@b.example>: Recipient address rejected: Greylisted for 300 seconds", LATER, 300),
        (RECIPIENT, 450, "4.7.1 <a@b.example>: Recipient address rejected: try again in 5 minutes", LATER, 300),
        (RECIPIENT, 554, "5.7.1 <a@b.example>: Relay access denied", SERVER, None),
        (RECIPIENT, 454, "4.7.1 <a@b.example>: Relay access denied", LATER, None),
        (RECIPIENT, 554, "5.7.1 Service unavailable; Client host [192.0.2.1] blocked by a list", SERVER, None),
        (RECIPIENT, 550, "5.1.1 <a@b.example>: User unknown in relay recipient table", REFUSED, None),
        (RECIPIENT, 450, "4.1.8 <a@b.example>: Sender address rejected: Domain not found", LATER, None),
        (SENDER, 452, "4.3.1 Insufficient system storage", LATER, None),
        (DATA, 554, "5.6.0 Message does not conform to standards", REFUSED, None),
        # Exim, which seldom gives a second code
        (RECIPIENT, 550, "relay not permitted", SERVER, None),
        (RECIPIENT, 550, "Sender verify failed", SERVER, None),
        (RECIPIENT, 550, "Unrouteable address", REFUSED, None),
        (RECIPIENT, 451, "Temporary local problem - please try later", LATER, None),
        (RECIPIENT, 451, "Greylisting in action, please come back in 00:04:59", LATER, 299),
        (GREETING, 421, "Too many concurrent SMTP connections; please try again later.", SERVER, None),
        # Yahoo
        (GREETING, 553, "5.7.1 [BL21] Connections will not be accepted from 192.0.2.1", SERVER, None),
        (SENDER, 421, "4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred", LATER, None),
        (DATA, 554, "5.7.9 Message not accepted for policy reasons.", SERVER, None),
        (DATA, 554, "delivery error: dd This user doesn't have a yahoo account", REFUSED, None),
        # providers
        (DATA, 550, "The from address does not match a verified Sender Identity.", SERVER, None),  # SendGrid
        (SENDER, 550, "Unauthenticated senders not allowed", SERVER, None),
        (DATA, 451, "Authentication failed: Maximum credits exceeded", LATER, None),
        (DATA, 554, "Message rejected: Email address is not verified. In region X: a@b.example", SERVER, None),  # SES
        (DATA, 454, "Throttling failure: Maximum sending rate exceeded.", LATER, None),
        (LOGIN, 535, "Authentication Credentials Invalid", SERVER, None),
        (RECIPIENT, 550, "5.7.1 Relaying denied", SERVER, None),  # Mailgun
        (DATA, 421, "Domain sandbox.example is not allowed to send: too many emails, retry in 1 hour", LATER, 3600),
        (RECIPIENT, 502, "5.7.0 Your SMTP account is not yet activated", SERVER, None),  # Brevo
        (LOGIN, 525, "5.7.1 Unauthorized IP address", SERVER, None),
        # qmail, whose second code stands at the end
        (RECIPIENT, 553, "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)", SERVER, None),
        (RECIPIENT, 550, "sorry, no mailbox here by that name (#5.1.1)", REFUSED, None),
        (DATA, 451, "qq temporary problem (#4.3.0)", LATER, None),
        (DATA, 554, "mail server permanently rejected message (#5.3.0)", REFUSED, None),
    ],
)
def test_what_well_known_servers_say_is_understood(
    stage: Stage, code: int, text: str, meaning: Meaning, wait: int | None
) -> None:
    assert (classify_reply(stage, Reply(code, text)), named_wait(text)) == (meaning, wait)


@pytest.mark.parametrize("stage", list(Stage))
@pytest.mark.parametrize(
    "text", ["", "\x00\x1b[31m", "<html>", "5.1.1", "relay denied", "4", "(#5.7.1)", "5.7.1 " * 500]
)
def test_only_a_permanent_code_of_smtp_refuses_an_email(stage: Stage, text: str) -> None:
    refused = {code for code in range(-1, 2000) if classify_reply(stage, Reply(code, text)) is Meaning.REFUSED}
    assert refused <= set(range(500, 600))


@pytest.mark.parametrize("stage", list(Stage))
def test_nothing_but_a_yes_means_sent(stage: Stage) -> None:
    said_yes = {code for code in range(-1, 1000) if classify_reply(stage, Reply(code, "")) is Meaning.SENT}
    assert said_yes == set(range(200, 300))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 5 minutes", 300),
        ("please try again in 300 seconds", 300),
        ("Greylisting in action, please come back after 00:04:59", 299),
        ("deferred, wait at least 2 minutes", 120),
        ("Please wait another 90s before you retry", 90),
        ("graylisted (retry in 4 min)", 240),
        ("Too many emails. Retry after 1 hr.", 3600),
        ("100 letters in 60 minutes are too many, try again later", None),
        ("try again later; the limit is 100 letters in 60 minutes", None),
        ("try again later (100 per 60 minutes)", None),
        ("try again, see 4.7.1 in 5 minutes", None),
        ("the backup takes 5 minutes", None),
        ("come back at 12:30:00", None),
        ("greylisted for 60 seconds", 60),
        ("Try again after 1 hour", 3600),
        ("try again in 2 hours", 7200),
        ("wait 30 sec", 30),
        ("wait 10m", 600),
        ("retry in 15 mins.", 900),
        ("RETRY IN 1 MINUTE", 60),
        ("try again in\n 5 minutes", 300),
        ("try again in 0 seconds", 0),
        ("try again later", None),
        ("", None),
        ("rejected for 1 message", None),
        ("5 minutes", None),
        ("in 30 days", None),
        ("in 99999 seconds", None),
        ("begin 5 minutes", None),
        ("try again in 5 milliseconds", None),
    ],
)
def test_a_time_named_in_a_reply_is_understood(text: str, seconds: int | None) -> None:
    assert named_wait(text) == seconds


@pytest.mark.parametrize(
    ("reply", "words"),
    [(Reply(550, "5.1.1 gone"), "550 5.1.1 gone"), (Reply(0, "hung up"), "hung up"), (Reply(-1, "<p>"), "<p>")],
)
def test_a_reply_reads_as_the_server_said_it(reply: Reply, words: str) -> None:
    assert str(reply) == words
