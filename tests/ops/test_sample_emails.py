"""The samples of letters: one of each, and each reads as the letter that a member gets."""

from dataclasses import replace
from pathlib import Path

import pytest

import microblog
from microblog.links import SAMPLE_TOKEN, Pages
from microblog.links.tokens import LinkSigner, NotGenuine
from microblog.mail import Sample
from microblog.ops import sample_emails
from microblog.settings import Settings, load
from microblog.web import pages_of
from support.clock import NOON

GOLDEN = Path(__file__).parents[1] / "mail" / "golden"
NAMES = sorted(path.parent.name for path in Path(microblog.__file__).parent.glob("*/*/*/subject.txt"))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    loaded = load({"MICROBLOG_DATA": str(tmp_path), "ADMINS": "help@blog.example"})
    return replace(loaded, public_url=replace(loaded.public_url, host="blog.example"))


@pytest.fixture
def pages(settings: Settings) -> Pages:
    return pages_of(settings.public_url)


def test_every_letter_has_a_sample(settings: Settings, pages: Pages) -> None:
    assert sorted(sample.name for sample in sample_emails(settings, pages, NOON)) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_sample_reads_as_the_letter_that_a_member_gets(settings: Settings, pages: Pages, name: str) -> None:
    sample = sample_called(name, settings, pages)
    text, html = (body.replace(SAMPLE_TOKEN, "TOKEN") for body in (sample.email.text, sample.email.html))
    assert f"Subject: {sample.email.subject}\n\n{text}" == (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert html == (GOLDEN / f"{name}.html").read_text("utf-8")


def test_samples_say_when_they_are_sent_and_go_to_nobody(settings: Settings, pages: Pages) -> None:
    for sample in sample_emails(settings, pages, NOON):
        assert sample.about.endswith(".")
        assert sample.email.to.endswith("@example.com")


def test_a_sample_says_how_long_reset_links_work_here(settings: Settings, pages: Pages) -> None:
    sample = sample_called("reset_password", replace(settings, reset_link_minutes=25), pages)
    assert "until 12:25 UTC on 22 November (25 minutes after" in sample.email.text


def test_the_token_of_a_sample_is_as_long_as_a_real_one_and_opens_nothing() -> None:
    signer = LinkSigner("reset_password", "https://blog.example", (b"x" * 32,))
    assert abs(len(SAMPLE_TOKEN) - len(signer.sign(123_456, "state", expires=NOON))) < 20
    with pytest.raises(NotGenuine):
        signer.read(SAMPLE_TOKEN)


def sample_called(name: str, settings: Settings, pages: Pages) -> Sample:
    return next(sample for sample in sample_emails(settings, pages, NOON) if sample.name == name)
