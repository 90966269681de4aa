"""Advice for the usual refusals of each provider's mail server."""

import re
from dataclasses import dataclass

from microblog.mail.replies import Reply, Stage


@dataclass(frozen=True)
class Advice:
    """The meaning of a refusal, and its remedy, in whole sentences."""

    means: str
    remedy: str


@dataclass(frozen=True)
class Rule:
    """Advice for replies of one provider (empty: of any) with these codes and words. The first match counts."""

    provider: str
    codes: tuple[int, ...]
    words: str
    """A regular expression, searched in the reply, ignoring case. Empty: any words."""
    means: str
    remedy: str
    stages: tuple[Stage, ...] = ()

    def fits(self, provider: str, stage: Stage, reply: Reply) -> bool:
        """Tell whether the rule matches a reply."""
        return (
            provider.startswith(self.provider)
            and (not self.codes or reply.code in self.codes)
            and (not self.stages or stage in self.stages)
            and re.search(self.words, reply.text, re.IGNORECASE) is not None
        )


ANY = ""
SIGN_IN = "Set MAIL_USERNAME and MAIL_PASSWORD to the login of that server."
HANDING_OVER = (Stage.SENDER, Stage.RECIPIENT, Stage.DATA)

RULES = (
    Rule(
        "Gmail",
        (534, 535),
        r"5\.7\.9|application-specific",
        "Gmail wants an app password here, not the password of the account.",
        "Turn on two-step verification for that account, make an app password at myaccount.google.com/apppasswords, "
        "and set MAIL_PASSWORD to it.",
    ),
    Rule(
        "Gmail",
        (534,),
        r"5\.7\.14|web browser",
        "Gmail wants somebody to sign in to that account with a browser first.",
        "Sign in at mail.google.com from this network, confirm that it was you, then make a new app password.",
    ),
    Rule(
        "Gmail",
        (535,),
        ANY,
        "Gmail knows no such user with that password.",
        "Set MAIL_USERNAME to the whole address and MAIL_PASSWORD to an app password of that very account. App "
        "passwords end when the account's own password changes.",
    ),
    Rule(
        "Gmail",
        (421, 452, 550),
        r"5\.4\.5|4\.5\.3|sending limit",
        "That account has sent as many emails as Gmail allows in a day.",
        "Wait a day, and set MAIL_RATE=500/day. For more than that use a provider for emails of programs.",
    ),
    Rule(
        "Microsoft 365",
        (),
        r"5\.7\.30|basic authentication is not supported",
        "Microsoft 365 takes no passwords from programs any more in that organisation.",
        "Send by another provider. What Microsoft offers to programs instead (High Volume Email, Azure Communication "
        "Services) has its own server and login.",
    ),
    Rule(
        "Microsoft 365",
        (),
        r"5\.7\.139|SmtpClientAuthentication is disabled|security defaults",
        "Microsoft 365 does not let that mailbox send with a password: SMTP AUTH is off for it, or for all.",
        "Ask its administrator to allow Authenticated SMTP for that mailbox (it cannot be, while security defaults are "
        "on), or send by another provider.",
    ),
    Rule(
        "Microsoft 365",
        (),
        r"SendAsDenied|5\.7\.60|5\.2\.252",
        "That mailbox may send as nobody but itself.",
        "Set MAIL_DEFAULT_SENDER to the address in MAIL_USERNAME, or let an administrator grant Send As.",
    ),
    Rule(
        "Microsoft 365",
        (535,),
        ANY,
        "Microsoft 365 knows no such user with that password, or wants a second factor that no program has.",
        "Set MAIL_USERNAME to the whole address of a mailbox that may use Authenticated SMTP and has no second factor.",
    ),
    Rule(
        "SendGrid",
        (535,),
        ANY,
        "SendGrid does not know that key.",
        "The user name must be the word apikey (with MAIL_PROVIDER=sendgrid it may be left out), and MAIL_PASSWORD an "
        "API key with the permission Mail Send; it begins with SG.",
    ),
    Rule(
        "SendGrid",
        (),
        r"maximum credits|credits exceeded",
        "The SendGrid account has used up its emails.",
        "Wait for the next day or month, or take a larger plan. MAIL_RATE keeps a share free for recovery emails.",
    ),
    Rule(
        "SendGrid",
        (),
        r"sender identity|not authorized to send from",
        "SendGrid lets nobody send from an address that was not verified there.",
        "Verify the sender's domain under Sender Authentication, or set MAIL_DEFAULT_SENDER to a verified address.",
    ),
    Rule(
        "Mailgun",
        (535,),
        ANY,
        "Mailgun knows no such login in this region.",
        "A domain made in the EU signs in at smtp.eu.mailgun.org (MAIL_PROVIDER=mailgun-eu), any other at "
        "smtp.mailgun.org (MAIL_PROVIDER=mailgun). The password is the SMTP password of that login, not an API key.",
    ),
    Rule(
        "Mailgun",
        (),
        r"sandbox|authorized recipients|not allowed to send",
        "That Mailgun domain may not send to everybody yet.",
        "Use a domain of your own that is verified there; a sandbox domain sends to authorized recipients only.",
    ),
    Rule(
        "Amazon SES",
        (535,),
        ANY,
        "Amazon SES knows no such SMTP user with that password in this region.",
        "Make SMTP credentials on the page SMTP settings of the SES console, in the region that MAIL_SERVER names. The "
        "keys of an IAM user do not work as they are.",
    ),
    Rule(
        "Amazon SES",
        (),
        r"not verified",
        "Amazon SES sends for verified senders only; and, while the account is in the sandbox, to verified recipients.",
        "Verify the sender's domain in the region that MAIL_SERVER names, and ask for production access.",
    ),
    Rule(
        "Amazon SES",
        (454,),
        r"throttling|rate exceeded|quota exceeded",
        "The SES account has reached its rate or its daily quota.",
        "Set MAIL_RATE to what the console shows, such as 200/day or 14/second, or ask for more there.",
    ),
    Rule(
        "Postmark",
        (535,),
        ANY,
        "Postmark does not know that token.",
        "MAIL_USERNAME and MAIL_PASSWORD are both the API token of the server (not of the account), and SMTP must be "
        "on for its message stream. With MAIL_PROVIDER=postmark MAIL_PASSWORD alone is enough.",
    ),
    Rule(
        "Postmark",
        (),
        r"sender signature",
        "Postmark lets nobody send from an address without a confirmed sender signature.",
        "Confirm the domain or address under Sender Signatures, or set MAIL_DEFAULT_SENDER to a confirmed one.",
    ),
    Rule(
        "Brevo",
        (525, 535, 550),
        r"unauthori[sz]ed ip",
        "Brevo does not know the network address of this machine.",
        "Add it in Brevo under Security, Authorised IPs.",
    ),
    Rule(
        "Brevo",
        (502, 525, 535, 550),
        r"not (yet )?activated",
        "Brevo has not switched on sending for that account yet.",
        "Ask Brevo's support to activate it.",
    ),
    Rule(
        "Brevo",
        (535,),
        ANY,
        "Brevo knows no such login with that key.",
        "MAIL_USERNAME is the SMTP login that Brevo shows under SMTP & API, and MAIL_PASSWORD an SMTP key from there, "
        "not an API key and not the account's password.",
    ),
    Rule(
        ANY,
        (),
        r"must issue a starttls|starttls (first|required)|encryption (is )?required",
        "The server wants TLS before anything else.",
        "Set MAIL_USE_TLS=yes.",
    ),
    Rule(
        ANY,
        (530,),
        ANY,
        "The server wants a login first.",
        SIGN_IN,
    ),
    Rule(
        ANY,
        (534, 538),
        ANY,
        "The server does not take this way to sign in.",
        "See what it says above. Many want a password made for programs, or TLS (MAIL_USE_TLS=yes).",
    ),
    Rule(
        ANY,
        (535,),
        ANY,
        "The server knows no such user with that password.",
        "Compare MAIL_USERNAME and MAIL_PASSWORD with what the provider shows. Many want a password made for programs.",
    ),
    Rule(
        ANY,
        (),
        r"relay(ing)?( access)? (denied|not (permitted|allowed)|prohibited)|(unable|not (permitted|allowed)) to relay",
        "The server passes emails on only for those it knows.",
        SIGN_IN,
        HANDING_OVER,
    ),
    Rule(
        ANY,
        tuple(range(500, 600)),
        ANY,
        "The server does not let this login send from that address.",
        "Set MAIL_DEFAULT_SENDER to an address that this login may send from, or have the address verified there.",
        (Stage.SENDER,),
    ),
    Rule(
        ANY,
        tuple(range(500, 600)),
        r"5\.1\.1\b|5\.1\.10|5\.2\.1|user unknown|no such user|mailbox unavailable",
        "There is no such mailbox.",
        "Look for a slip in the address.",
        (Stage.RECIPIENT, Stage.DATA),
    ),
    Rule(
        ANY,
        (421, *range(450, 453)),
        ANY,
        "The server is busy, or does not know us yet.",
        "Try again in some minutes. Emails in the outbox are tried again by themselves.",
    ),
)


def find_advice(provider: str, stage: Stage, reply: Reply) -> Advice | None:
    """Return the advice for a refusal, None if the server response speaks for itself."""
    for rule in RULES:
        if rule.fits(provider, stage, reply):
            return Advice(rule.means, rule.remedy)
    return None
