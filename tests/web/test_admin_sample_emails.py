"""/admin/letters: every letter as it would leave, on screens light and dark, narrow and wide."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from microblog.ops import sample_emails
from microblog.web import pages_of
from microblog.web.admin.sample_emails import on_screen
from support.clock import NOON
from support.members import member
from support.running import RunningSite
from support.visitor import Visitor

SETTINGS = {"ADMINS": "alice@example.com", "MAIL_DEFAULT_SENDER": "Our & Blog <post@blog.example>"}
LETTER = (
    '<html><head><meta name="color-scheme" content="light dark"><style>:root{color-scheme:light dark}'
    "@media (prefers-color-scheme:dark){p{color:white}} @media ( prefers-color-scheme: dark ){a{color:white}}"
    "</style></head><body>light dark</body></html>"
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[RunningSite]:
    folder = tmp_path_factory.mktemp("previews")
    (folder / "microblog.db").write_bytes(sqlite_template.read_bytes())
    running = RunningSite(folder, f"sqlite:///{folder}/microblog.db", SETTINGS).start(deliver=False)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def alice(site: RunningSite) -> Visitor:
    return member(site, "alice")


def test_every_letter_is_listed_with_when_it_is_sent(site: RunningSite, alice: Visitor) -> None:
    page = alice.get("/admin/letters")
    assert (page.status, page.title) == (200, "Previews")
    samples = sample_emails(site.settings, pages_of(site.settings.public_url), NOON)
    for sample in samples:
        assert f'href="/admin/letters/{sample.name}"' in page.text
        assert f"{sample.email.subject} {sample.about}" in page.words
    assert page.text.count('class="letter-subject"') == len(samples)


def test_every_letter_is_shown_as_text_and_html_narrow_and_wide_light_and_dark(
    site: RunningSite, alice: Visitor
) -> None:
    for sample in sample_emails(site.settings, pages_of(site.settings.public_url), NOON):
        page = alice.get(f"/admin/letters/{sample.name}")
        assert (page.status, page.title) == (200, sample.email.subject)
        assert " ".join(sample.email.text.split()) in page.words
        assert "From Our & Blog <post@blog.example> To alice@example.com" in page.words
        frames = re.findall(r'<iframe class="frame frame-(\w+) frame-(\w+)" src="([^"]+)" sandbox title', page.text)
        path = f"/admin/letters/{sample.name}/html?scheme="
        assert frames == [(w, scheme, path + scheme) for scheme in ("light", "dark") for w in ("narrow", "wide")]
        for _, _, src in frames:
            assert "</html>" in alice.get(src).text


def test_a_framed_letter_does_nothing_at_all(alice: Visitor) -> None:
    page = alice.get("/admin/letters/reset_password")
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    framed = alice.get("/admin/letters/reset_password/html?scheme=dark")
    rules = framed.headers["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'", "sandbox"} <= set(rules)
    assert "script-src" not in framed.headers["Content-Security-Policy"]
    assert framed.headers["Cache-Control"] == "no-store"
    assert '<base target="_top">' in framed.text  # which the sandbox forbids: a click leads nowhere


def test_the_links_of_a_sample_open_nothing(alice: Visitor) -> None:
    for name in ("reset_password", "finish_sign_up"):
        link = re.search(r'href="(http://[^"]+this-is-a-sample[^"]+)"', alice.get(f"/admin/letters/{name}/html").text)
        assert link
        assert alice.get(link[1]).status in (400, 410)


def test_a_letter_looks_as_on_the_screen_that_is_asked_for_whichever_this_one_is() -> None:
    dark = on_screen(LETTER, "dark")
    assert 'content="dark"><style>:root{color-scheme:dark}@media all{p{color:white}} @media all{a' in dark
    light = on_screen(LETTER, "light")
    assert 'content="light"><style>:root{color-scheme:light}@media not all{p{color:white}} @media not all{a' in light
    assert dark.endswith("<body>light dark</body></html>")


def test_what_is_no_letter_and_no_screen_is_not_found(alice: Visitor) -> None:
    for path in ("nothing", "nothing/html", "reset_password/html?scheme=grey", "..%2Fmail", "reset_password/text"):
        assert alice.get(f"/admin/letters/{path}").status == 404
