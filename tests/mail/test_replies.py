"""What a server's reply means, by table."""

import pytest

from microblog.mail.replies import Meaning, Reply, Stage, judge, named_wait

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
        # the line itself: whatever is said there would be said to every letter
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
        # this recipient, this letter
        (RECIPIENT, 550, "5.1.1 no such user", REFUSED),
        (RECIPIENT, 550, "5.2.1 mailbox disabled", REFUSED),
        (RECIPIENT, 551, "user not local", REFUSED),
        (RECIPIENT, 552, "5.2.2 mailbox full", REFUSED),
        (RECIPIENT, 553, "5.1.3 bad mailbox name", REFUSED),
        (RECIPIENT, 421, "closing", LATER),
        (RECIPIENT, 450, "4.2.0 greylisted", LATER),
        (RECIPIENT, 451, "4.7.1 try again in 5 minutes", LATER),
        (RECIPIENT, 452, "4.5.3 too many recipients", LATER),
        (RECIPIENT, 0, "hung up", LATER),
        (DATA, 550, "5.7.1 content refused", REFUSED),
        (DATA, 552, "5.3.4 message too big", REFUSED),
        (DATA, 554, "5.6.0 transaction failed", REFUSED),
        (DATA, 421, "closing", LATER),
        (DATA, 451, "4.3.0 local error", LATER),
        (DATA, 0, "hung up before the reply", LATER),
        # no reply of SMTP at all
        (RECIPIENT, -1, "<html>", LATER),
        (DATA, -1, "", LATER),
        (DATA, 354, "go ahead", LATER),
    ],
)
def test_a_reply_is_judged_by_its_code_and_by_where_it_came(
    stage: Stage, code: int, text: str, meaning: Meaning
) -> None:
    assert judge(stage, Reply(code, text)) is meaning


@pytest.mark.parametrize("stage", list(Stage))
def test_nothing_but_a_yes_means_sent(stage: Stage) -> None:
    said_yes = {code for code in range(-1, 1000) if judge(stage, Reply(code, "")) is Meaning.SENT}
    assert said_yes == set(range(200, 300))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("4.7.1 Greylisted, try again in 5 minutes", 300),
        ("please try again in 300 seconds", 300),
        ("Greylisting in action, please come back after 00:04:59", None),
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
    ("reply", "words"), [(Reply(550, "5.1.1 gone"), "550 5.1.1 gone"), (Reply(0, "hung up"), "hung up")]
)
def test_a_reply_reads_as_the_server_said_it(reply: Reply, words: str) -> None:
    assert str(reply) == words
