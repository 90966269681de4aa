"""/robots.txt, /favicon.ico, /.well-known/security.txt and the web app manifest."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from support.clock import NOON
from support.running import RunningSite

MakeSite = Callable[..., RunningSite]


def test_crawlers_are_told_what_is_public_and_no_hidden_page_is_named(page_site: RunningSite) -> None:
    answer = page_site.visitor().get("/robots.txt")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "User-agent: *\n" in answer.text
    assert "Disallow: /\n" in answer.text
    for hidden in ("admin", "metrics", "mailbox"):
        assert hidden not in answer.text


def test_the_icon_is_found_by_who_reads_no_page(page_site: RunningSite) -> None:
    moved = page_site.visitor().get("/favicon.ico", follow=False)
    assert (moved.status, moved.headers["Location"].partition("?")[0]) == (303, "/static/img/favicon.ico")
    assert page_site.visitor().get("/favicon.ico").status == 200


def test_who_finds_a_weakness_finds_whom_to_tell(site_with: MakeSite) -> None:
    site = site_with(ADMINS="first@example.com, second@example.com").start(deliver=False)
    answer = site.visitor().get("/.well-known/security.txt")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == "mailto:first@example.com"
    assert fields["Canonical"] == f"{site.base}/.well-known/security.txt"
    ends = datetime.fromisoformat(fields["Expires"])
    assert NOON + timedelta(days=30) < ends < NOON + timedelta(days=365), "RFC 9116 wants less than a year"
    assert "second@example.com" not in answer.text


def test_a_site_that_has_nobody_to_tell_has_no_such_file(site_with: MakeSite) -> None:
    site = site_with(ADMINS="").start(deliver=False)
    answer = site.visitor().get("/.well-known/security.txt")
    contact = next(iter(site.settings.admins), "")
    assert answer.status == (200 if contact else 404)


def test_every_page_links_to_a_manifest_whose_icons_are_there(page_site: RunningSite) -> None:
    visitor = page_site.visitor()
    assert '<link rel="manifest" href="/manifest.webmanifest">' in visitor.get("/login").text
    answer = visitor.get("/manifest.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    assert "manifest-src 'self'" in answer.headers["Content-Security-Policy"]
    manifest = json.loads(answer.text)
    assert (manifest["name"], manifest["start_url"]) == ("Microblog", "/")
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    for icon in manifest["icons"]:
        assert visitor.get(icon["src"]).headers["Content-Type"].partition(";")[0] == icon["type"]


@pytest.mark.parametrize("path", ["/robots.txt", "/favicon.ico", "/.well-known/security.txt", "/manifest.webmanifest"])
def test_they_set_no_cookie(page_site: RunningSite, path: str) -> None:
    assert "Set-Cookie" not in page_site.visitor().get(path, follow=False).headers
