"""What the providers' refusals mean: each one's own mistakes, told apart by code and words."""

import pytest

from microblog.mail.replies import Reply, Stage
from microblog.ops.doctor.advice import RULES, find_advice
from microblog.settings.providers import PROVIDERS

LOGIN, SENDER, RECIPIENT, DATA = Stage.LOGIN, Stage.SENDER, Stage.RECIPIENT, Stage.DATA

CASES = [
    ("Gmail", LOGIN, "534 5.7.9 Application-specific password required. For more information, go to …", "app password"),
    ("Gmail", LOGIN, "534 5.7.14 <https://accounts.google.com/signin> Please log in via your web browser", "a browser"),
    ("Gmail", LOGIN, "535 5.7.8 Username and Password not accepted. … BadCredentials", "whole address"),
    ("Gmail", DATA, "550 5.4.5 Daily user sending limit exceeded.", "MAIL_RATE=500/day"),
    (
        "Microsoft 365",
        LOGIN,
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled",
        "SMTP AUTH",
    ),
    ("Microsoft 365", LOGIN, "535 5.7.139 user is locked by your organization's security defaults policy", "SMTP AUTH"),
    ("Microsoft 365", LOGIN, "550 5.7.30 Basic authentication is not supported for Client Submission.", "no passwords"),
    ("Microsoft 365", LOGIN, "535 5.7.3 Authentication unsuccessful", "second factor"),
    ("Microsoft 365", DATA, "554 5.2.252 SendAsDenied; ann@blog.example not allowed to send as", "nobody but itself"),
    ("SendGrid", LOGIN, "535 Authentication failed: The provided authorization grant is invalid", "the word apikey"),
    ("SendGrid", LOGIN, "451 Authentication failed: Maximum credits exceeded", "used up its emails"),
    ("SendGrid", SENDER, "550 The from address does not match a verified Sender Identity.", "Sender Authentication"),
    ("SendGrid", DATA, "403 You are not authorized to send from that email address", "Sender Authentication"),
    ("Mailgun", LOGIN, "535 5.7.0 Invalid login or password", "MAIL_PROVIDER=mailgun-eu"),
    ("Mailgun (EU)", LOGIN, "535 5.7.8 Sorry.", "MAIL_PROVIDER=mailgun)"),
    ("Mailgun", DATA, "554 Sandbox subdomains are for test purposes only.", "a domain of your own"),
    ("Amazon SES", LOGIN, "535 Authentication Credentials Invalid", "keys of an IAM user do not work"),
    ("Amazon SES", DATA, "554 Message rejected: Email address is not verified. The following identities …", "sandbox"),
    ("Amazon SES", DATA, "454 Throttling failure: Maximum sending rate exceeded.", "MAIL_RATE"),
    ("Postmark", LOGIN, "535 5.7.8 Error: authentication failed", "API token of the server"),
    ("Postmark", DATA, "550 5.7.1 The Sender Signature for that address is not confirmed", "Sender Signatures"),
    ("Brevo", LOGIN, "535 5.7.8 Authentication failed", "an SMTP key"),
    ("Brevo", LOGIN, "525 5.7.1 Unauthorized IP address", "Authorised IPs"),
    ("Brevo", LOGIN, "535 5.7.1 Your SMTP account is not yet activated", "support to activate"),
    ("", LOGIN, "530 5.7.0 Must issue a STARTTLS command first", "MAIL_USE_TLS=yes"),
    ("", SENDER, "530 5.7.1 Authentication required", "wants a login first"),
    ("Gmail", SENDER, "530-5.7.0 Authentication Required.", "wants a login first"),
    ("", LOGIN, "534 5.7.9 Please use another mechanism", "this way to sign in"),
    ("", LOGIN, "538 5.7.11 Encryption required for requested authentication mechanism", "MAIL_USE_TLS=yes"),
    ("", LOGIN, "535 5.7.8 Error: authentication failed", "no such user with that password"),
    ("", RECIPIENT, "554 5.7.1 <alice@example.com>: Relay access denied", "only for those it knows"),
    ("", SENDER, "550 5.7.1 sender not allowed", "MAIL_DEFAULT_SENDER"),
    ("", SENDER, "553 5.7.1 sender address rejected: not owned by user", "MAIL_DEFAULT_SENDER"),
    ("", RECIPIENT, "550 5.1.1 User unknown", "no such mailbox"),
    ("", Stage.GREETING, "421 4.7.0 too many connections", "busy"),
    ("", RECIPIENT, "450 4.2.0 greylisted", "Try again in some minutes"),
]


@pytest.mark.parametrize(("provider", "stage", "said", "words"), CASES)
def test_a_refusal_is_put_into_words(provider: str, stage: Stage, said: str, words: str) -> None:
    advice = find_advice(provider, stage, Reply(int(said[:3]), said[4:]))
    assert advice
    assert words in f"{advice.means} {advice.remedy}"


@pytest.mark.parametrize(
    ("stage", "reply"),
    [
        (Stage.CONNECT, Reply(0, "nothing listens there (connection refused)")),
        (DATA, Reply(554, "5.6.0 the email looks like a virus")),
        (DATA, Reply(552, "5.3.4 too big")),
    ],
)
def test_where_the_servers_words_say_all_nothing_is_added(stage: Stage, reply: Reply) -> None:
    assert find_advice("Gmail", stage, reply) is None


def test_every_rule_is_the_first_to_fit_somewhere() -> None:
    used = {find_advice(name, stage, Reply(int(said[:3]), said[4:])) for name, stage, said, _ in CASES}
    assert {rule.means for rule in RULES} == {advice.means for advice in used if advice}


def test_every_provider_has_words_for_a_refused_login() -> None:
    general = find_advice("", LOGIN, Reply(535, "no"))
    for provider in PROVIDERS.values():
        assert find_advice(provider.name, LOGIN, Reply(535, "no")) not in (None, general)


def test_advice_is_whole_sentences() -> None:
    for rule in RULES:
        assert rule.means.endswith(".")
        assert rule.remedy.endswith(".")
        assert rule.provider in {"", *(provider.name for provider in PROVIDERS.values())}
