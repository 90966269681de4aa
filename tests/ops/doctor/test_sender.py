"""Who emails come from and where their links lead, with a real DNS."""

from pathlib import Path

import pytest

from microblog.ops.doctor.dns import Dns, DnsUnavailable
from microblog.ops.doctor.sender import check_ehlo, check_from, check_public_url
from ops.doctor.patient import SENDGRID, SITE, asking, settings_of
from support.dns_server import SILENT, DnsServer, Zone

GMAIL = {"MAIL_PROVIDER": "gmail", "MAIL_USERNAME": "ann@gmail.com", "MAIL_PASSWORD": "abcd efgh ijkl mnop"}
NEWS = {"MAIL_DEFAULT_SENDER": "news@news.example"}

FROM: list[tuple[dict[str, str], Zone, str, str]] = [
    (SENDGRID, SITE, "OK", "come from ann@blog.example, and blog.example takes mail"),
    (SENDGRID, {("blog.example", "A"): ["192.0.2.7"]}, "OK", "ann@blog.example"),
    (SENDGRID, {}, "FAIL", "blog.example takes no mail|Add an MX record"),
    (SENDGRID, {**SITE, ("blog.example", "MX"): ["0 ."]}, "FAIL", "takes no mail"),
    ({**SENDGRID, "ADMINS": "ann@localhost"}, SITE, "FAIL", "nobody outside can find localhost|on your own domain"),
    ({**SENDGRID, "ADMINS": "ann@gmail.com"}, SITE, "FAIL", "trusted only if they leave by Gmail|on your own domain"),
    ({**SENDGRID, "ADMINS": "ann@yahoo.com"}, SITE, "FAIL", "trusted only if they leave by its own servers"),
    ({**GMAIL, "ADMINS": "ann@gmail.com"}, SITE, "OK", "come from ann@gmail.com, by its own server"),
    ({**GMAIL, "ADMINS": "bob@gmail.com"}, SITE, "WARN", "in place of bob@gmail.com|the address in MAIL_USERNAME"),
]


@pytest.mark.parametrize(("environ", "zone", "level", "words"), FROM)
def test_the_sender_is_looked_at(tmp_path: Path, environ: dict[str, str], zone: Zone, level: str, words: str) -> None:
    with asking(zone) as dns:
        (finding,) = check_from(settings_of(tmp_path, **environ), dns)
    assert finding.level == level, finding
    assert all(word in f"{finding.words} {finding.remedy}" for word in words.split("|")), finding
    assert "SG.a-secret-key" not in str(finding)


def test_a_domain_in_letters_of_its_own_is_asked_for_in_ascii(tmp_path: Path) -> None:
    with asking({("xn--mnchen-3ya.example", "MX"): ["10 mail.example."]}) as dns:
        (finding,) = check_from(settings_of(tmp_path, **SENDGRID, MAIL_DEFAULT_SENDER="a@münchen.example"), dns)
    assert finding.level == "OK"


PUBLIC_URL: list[tuple[dict[str, str], Zone, str, str]] = [
    ({}, SITE, "OK", "https://blog.example is in the DNS"),
    ({"MAIL_DEFAULT_SENDER": "news@mail.blog.example"}, SITE, "OK", "of one organisation with the sender"),
    ({}, {}, "FAIL", "blog.example is not in the DNS|Add an A or AAAA record for blog.example"),
    (NEWS, SITE, "WARN", "lead to blog.example, and the emails come from news.example"),
    ({"PUBLIC_URL": "https://192.0.2.7"}, SITE, "WARN", "links in emails may lead nowhere"),
    ({"PUBLIC_URL": "https://intranet"}, SITE, "WARN", "links in emails may lead nowhere"),
    ({"PUBLIC_URL": "http://localhost:5000"}, {}, "OK", "demo mode, so links in emails work on this computer only"),
]


@pytest.mark.parametrize(("environ", "zone", "level", "words"), PUBLIC_URL)
def test_where_links_lead_is_looked_at(
    tmp_path: Path, environ: dict[str, str], zone: Zone, level: str, words: str
) -> None:
    with asking(zone) as dns:
        (finding,) = check_public_url(settings_of(tmp_path, **SENDGRID, **environ), dns)
    assert finding.level == level, finding
    assert all(word in f"{finding.words} {finding.remedy}" for word in words.split("|")), finding


@pytest.mark.parametrize(
    ("url", "level", "name"),
    [
        ("https://blog.example", "OK", "blog.example"),
        ("https://192.0.2.7", "WARN", "[192.0.2.7]"),
        ("https://[2001:db8::7]", "WARN", "[IPv6:2001:db8::7]"),
        ("https://intranet", "WARN", "intranet"),
        ("http://localhost:5000", "OK", "[127.0.0.1]"),
    ],
)
def test_the_name_we_greet_with_is_looked_at(tmp_path: Path, url: str, level: str, name: str) -> None:
    finding = check_ehlo(settings_of(tmp_path, **SENDGRID, PUBLIC_URL=url))
    assert finding.level == level
    assert f"We greet the server as {name}" in finding.words


def test_without_an_answer_nothing_is_said(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, **SENDGRID)
    with DnsServer() as server:
        server.faults[""] = SILENT
        for check in (check_from, check_public_url):
            with pytest.raises(DnsUnavailable):
                list(check(settings, Dns("127.0.0.1", server.port, seconds=0.2)))
