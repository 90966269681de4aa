"""SPF, DKIM, DMARC and alignment of a sender's domain, asked of a real DNS."""

from pathlib import Path

import pytest

from microblog.ops.doctor.authentication import SENDING_PROFILES, check_domain
from microblog.ops.doctor.findings import Finding
from microblog.settings.providers import PROVIDERS
from ops.doctor.patient import RSA_KEY, SENDGRID, asking, settings_of
from support.dns_server import Zone

OWN = {"MAIL_SERVER": "mail.blog.example"}
LOGIN = {"MAIL_USERNAME": "postmaster@mg.blog.example", "MAIL_PASSWORD": "a secret"}
MAILGUN = {"MAIL_PROVIDER": "mailgun", **LOGIN}
POSTMARK = {"MAIL_PROVIDER": "postmark", "MAIL_PASSWORD": "a secret"}
GMAIL = {"MAIL_PROVIDER": "gmail", "MAIL_USERNAME": "ann@blog.example", "MAIL_PASSWORD": "a secret"}

SPF = {("blog.example", "TXT"): ["v=spf1 mx -all"]}
DKIM = {("s1._domainkey.blog.example", "TXT"): [RSA_KEY]}
DMARC = {("_dmarc.blog.example", "TXT"): ["v=DMARC1; p=none"]}
STRICT = {("_dmarc.blog.example", "TXT"): ["v=DMARC1; p=reject; adkim=s; aspf=s"]}
GOOGLE = {
    ("blog.example", "TXT"): ["v=spf1 include:_spf.google.com ~all"],
    ("_spf.google.com", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ~all"],
}
MG = {("pdk1._domainkey.mg.blog.example", "TXT"): [RSA_KEY]}
MG_SPF = {
    ("mg.blog.example", "TXT"): ["v=spf1 include:mailgun.org ~all"],
    ("mailgun.org", "TXT"): ["v=spf1 ip4:192.0.2.0/24 ~all"],
}


def examined(folder: Path, environ: dict[str, str], zone: Zone, *selectors: str) -> dict[str, Finding]:
    with asking(zone) as dns:
        return {one.title: one for one in check_domain(settings_of(folder, **environ), dns, selectors)}


CASES: list[tuple[dict[str, str], Zone, tuple[str, ...], str, str]] = [
    # what is there                             DKIM SPF DMARC Alignment
    (SENDGRID, {**DKIM, **SPF, **DMARC}, (), "OK OK OK OK", "by DKIM that"),
    (SENDGRID, {**DKIM, **DMARC}, (), "OK WARN OK OK", "by DKIM that"),
    (SENDGRID, {**SPF, **DMARC}, (), "WARN WARN OK FAIL", "does not include sendgrid.net"),
    (SENDGRID, {}, (), "WARN WARN WARN FAIL", "Authenticate your domain in your provider's account"),
    (SENDGRID, {**DKIM, **SPF, **STRICT}, (), "OK OK OK OK", "by DKIM that"),
    (OWN, {**SPF, **DMARC}, (), "WARN OK OK OK", "by SPF that"),
    (OWN, {**SPF, **DKIM, **DMARC}, ("s1",), "OK OK OK OK", "by DKIM and SPF that"),
    (OWN, {**SPF, **DMARC}, ("s1",), "FAIL OK OK OK", "There is no key at s1._domainkey.blog.example"),
    (OWN, DMARC, (), "WARN WARN OK WARN", "--dkim-selector"),
    (OWN, DMARC, ("s1",), "FAIL WARN OK FAIL", "Neither DKIM nor SPF shows"),
    (POSTMARK, {**SPF, **DMARC}, (), "WARN WARN OK WARN", "does not include spf.mtasv.net"),
    (POSTMARK, {**SPF, **DKIM, **DMARC}, ("s1",), "OK OK OK OK", "by DKIM that"),
    (GMAIL, {**GOOGLE, **DMARC}, (), "WARN OK OK OK", "by SPF that"),
    (GMAIL, {**SPF, **DMARC}, (), "WARN WARN OK FAIL", "does not include _spf.google.com"),
    (MAILGUN, {**MG, **MG_SPF, **DMARC}, (), "OK OK OK OK", "by DKIM and SPF that"),
    (MAILGUN, {**MG, **MG_SPF, **STRICT}, (), "OK OK OK FAIL", "Neither DKIM nor SPF shows"),
]


@pytest.mark.parametrize(("environ", "zone", "selectors", "levels", "words"), CASES)
def test_a_domain_is_seen_as_receivers_see_it(
    tmp_path: Path, environ: dict[str, str], zone: Zone, selectors: tuple[str, ...], levels: str, words: str
) -> None:
    found = examined(tmp_path, environ, zone, *selectors)
    assert list(found) == ["DKIM", "SPF", "DMARC", "Alignment"]
    assert " ".join(finding.level for finding in found.values()) == levels, found
    assert any(words in f"{one.words} {one.remedy}" for one in found.values())


def test_a_key_that_is_good_counts_beside_one_that_is_not(tmp_path: Path) -> None:
    zone = {("s1._domainkey.blog.example", "TXT"): ["v=DKIM1; p="], ("s2._domainkey.blog.example", "TXT"): [RSA_KEY]}
    assert examined(tmp_path, SENDGRID, zone)["DKIM"].words.startswith("There is a key at s2._domainkey.blog.example")


def test_a_revoked_key_alone_fails(tmp_path: Path) -> None:
    found = examined(tmp_path, SENDGRID, {("s1._domainkey.blog.example", "TXT"): ["v=DKIM1; p="]})
    assert (found["DKIM"].level, found["Alignment"].level) == ("FAIL", "FAIL")


def test_the_habits_of_every_provider_are_known() -> None:
    assert set(SENDING_PROFILES) == {provider.name.removesuffix(" (EU)") for provider in PROVIDERS.values()}
