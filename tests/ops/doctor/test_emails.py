"""The doctor writes every letter; what would keep one from being read is found."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from microblog.links import Pages
from microblog.mail import Rendered, Sample
from microblog.ops.doctor import emails
from microblog.ops.doctor.emails import check_emails, compose_sample, find_faults
from microblog.settings import Settings
from microblog.web import pages_of
from ops.doctor.patient import SENDGRID, settings_of
from support.clock import NOON

GOOD = Rendered(
    "alice@example.com", "Hello", "Hello\n\nhttps://blog.example/x\n", '<a href="https://blog.example/x">x</a>'
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A real site."""
    return settings_of(tmp_path, **SENDGRID)


def test_all_letters_are_well_as_they_are(settings: Settings) -> None:
    (finding,) = check_emails(settings, pages_of(settings.public_url), NOON)
    assert finding.level == "OK"
    assert "every link starts with https://blog.example." in finding.words


def test_links_that_lead_elsewhere_are_found(settings: Settings) -> None:
    elsewhere = pages_of(replace(settings.public_url, host="elsewhere.example"))
    found = list(check_emails(settings, elsewhere, NOON))
    assert {finding.level for finding in found} == {"FAIL"}
    assert any("already_member: a link does not start with https://blog.example/" in one.words for one in found)


def test_a_letter_that_cannot_be_written_is_found(settings: Settings) -> None:
    def broken(username: str) -> str:
        raise ValueError("no such page")

    pages = replace(pages_of(settings.public_url), member=broken)
    (finding,) = check_emails(settings, pages, NOON)
    assert (finding.level, finding.words) == ("FAIL", "An email cannot be written: no such page")


BROKEN: list[tuple[Rendered, str]] = [
    (replace(GOOD, text=GOOD.text + "https://blog.example.evil.example/y\n"), "a link does not start with"),
    (replace(GOOD, html="<p>nothing to press</p>"), "a link of the text is not in the HTML"),
    (replace(GOOD, html=" \n"), "text or HTML is empty"),
    (replace(GOOD, html=GOOD.html + "x" * 110_000), "Gmail cuts off what is beyond 102"),
]


@pytest.mark.parametrize(("letter", "words"), BROKEN)
def test_what_would_keep_a_letter_from_being_read_is_found(settings: Settings, letter: Rendered, words: str) -> None:
    sample = Sample("hello", "Never.", letter)
    assert any(words in fault for fault in find_faults(sample, compose_sample(sample, settings, NOON), settings))


WIRE: list[tuple[Callable[[bytes], bytes], str]] = [
    (lambda wire: wire + b"x" * 999 + b"\r\n", "a line is longer than 998 octets"),
    (lambda wire: wire.replace(b"Message-ID:", b"X-Id:"), "a header is missing or stands twice: Message-ID"),
    (lambda wire: wire.replace(b"@blog.example>", b"@localhost>"), "Message-ID is of another domain than its sender"),
    (lambda wire: b"From: eve@evil.example\r\n" + wire, "a header is missing or stands twice: From"),
]


@pytest.mark.parametrize(("change", "words"), WIRE)
def test_what_would_break_on_the_wire_is_found(
    settings: Settings, change: Callable[[bytes], bytes], words: str
) -> None:
    sample = Sample("hello", "Never.", GOOD)
    wire = compose_sample(sample, settings, NOON)
    assert list(find_faults(sample, wire, settings)) == []
    assert words in " ".join(find_faults(sample, change(wire), settings))


def test_a_letter_with_a_fault_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def samples(settings: Settings, pages: Pages, now: datetime) -> tuple[Sample, ...]:
        return (Sample("good", "Never.", GOOD), Sample("bad", "Never.", replace(GOOD, html=" ")))

    monkeypatch.setattr(emails, "sample_emails", samples)
    assert [one.words for one in check_emails(settings, pages_of(settings.public_url), NOON)] == [
        "bad: text or HTML is empty",
        "bad: a link of the text is not in the HTML: https://blog.example/x",
    ]
