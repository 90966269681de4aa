"""The server's certificate: its days, and why it cannot be trusted, in words."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from microblog.ops.doctor.certificate import check_certificate, explain_untrusted

ENDS = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
CERTIFICATE = {
    "notAfter": "Mar  1 12:00:00 2027 GMT",
    "subjectAltName": (("DNS", "mail.example"), ("DNS", "*.mail.example"), ("IP Address", "192.0.2.7")),
}


@pytest.mark.parametrize(
    ("left", "level", "words"),
    [
        (timedelta(days=90), "OK", "good for 90 more days"),
        (timedelta(days=21), "OK", "good for 21 more days"),
        (timedelta(days=20, hours=23), "WARN", "good for 20 more days"),
        (timedelta(hours=1), "WARN", "good for 0 more days"),
    ],
)
def test_a_certificate_that_ends_within_three_weeks_is_warned_of(left: timedelta, level: str, words: str) -> None:
    finding = check_certificate(CERTIFICATE, "TLSv1.3", ENDS - left)
    assert finding.level == level
    assert words in finding.words
    assert "TLSv1.3, certificate for mail.example, *.mail.example, 192.0.2.7" in finding.words
    assert bool(finding.remedy) == (level == "WARN")


CASES = [
    (10, [], "has expired", "must renew it"),
    (9, [], "is not good yet", "clock is right"),
    (18, [], "self-signed", "set MAIL_CA_FILE"),
    (19, [], "an authority that this computer does not know, nor in /ca.pem", "set MAIL_CA_FILE"),
    (20, [], "an authority that this computer does not know", "do not go on"),
    (21, [], "an authority that this computer does not know", "set MAIL_CA_FILE"),
    (
        62,
        ["mail.example", "x.example"],
        "not for smtp.blog.example. It is for mail.example, x.example",
        "to mail.example.",
    ),
    (62, ["*.example"], "It is for *.example.", "Set MAIL_SERVER to a name that it is for."),
    (64, [], "not for smtp.blog.example.", "Set MAIL_SERVER to a name that it is for."),
    (66, [], "cannot be trusted: ee key too small", "set MAIL_CA_FILE"),
]


@pytest.mark.parametrize(("code", "names", "words", "remedy"), CASES)
def test_why_it_cannot_be_trusted_is_told(code: int, names: list[str], words: str, remedy: str) -> None:
    finding = explain_untrusted(code, "ee key too small", "smtp.blog.example", names, Path("/ca.pem"))
    assert finding.level == "FAIL"
    assert words in finding.words
    assert remedy in finding.remedy


def test_without_an_authority_of_our_own_none_is_named() -> None:
    assert "nor in" not in explain_untrusted(20, "", "mail.example", [], None).words
