"""Text that people wrote, made safe to show: addresses, names and tags in it are links."""

import re
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote

from flask import Flask, url_for
from markupsafe import Markup, escape

from microblog.posts import EntityKind, Piece, entities
from microblog.settings import Settings
from microblog.words import detail_text, event_text, origin_text, outcome_text

ADDRESS = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
ELSEWHERE = Markup('<a href="{0}" rel="nofollow noopener ugc">{1}</a>')
HERE = Markup('<a href="{0}">{1}</a>')


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Give the templates what posts are shown by."""
    app.add_template_filter(post_text)
    app.add_template_filter(format_moment, "moment")
    app.add_template_filter(profile_path)
    for words in (event_text, detail_text, outcome_text, origin_text):
        app.add_template_filter(words)


def email_text(text: str) -> Markup:
    """Return the text of one of our own emails as HTML, with links."""
    parts: list[Markup] = []
    end = 0
    for found in ADDRESS.finditer(text):
        address = escape(found[0])
        parts += [escape(text[end : found.start()]), HERE.format(address, address)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def about_text(text: str) -> Markup:
    """Return what a member says about themselves as HTML: web addresses become links, names and tags do not."""
    found = entities(text)
    return Markup("").join(
        html_of(piece, {}) if piece.kind == EntityKind.LINK else escape(piece.text) for piece in found
    )


def post_text(text: str, mentioned: Mapping[str, str]) -> Markup:
    """Return a post as HTML. `mentioned` are the members it names; other names stay plain text."""
    return Markup("").join(html_of(piece, mentioned) for piece in entities(text))


def html_of(piece: Piece, mentioned: Mapping[str, str]) -> Markup:
    """Return one piece of a post as HTML."""
    if piece.kind == EntityKind.LINK:
        return ELSEWHERE.format(piece.key, piece.text)
    if piece.kind == EntityKind.TAG:
        return HERE.format(url_for("timeline.tag", tag=piece.key), piece.text)
    if piece.kind == EntityKind.MENTION and piece.key in mentioned:
        return HERE.format(profile_path(mentioned[piece.key]), piece.text)
    return escape(piece.text)


def profile_path(username: str) -> str:
    """Return where a member's profile is."""
    return f"/user/{quote(username)}"


def format_moment(when: datetime) -> Markup:
    """Return a moment as HTML: in UTC for everybody, which a script turns into relative words."""
    shown = when.strftime("%-d %b %Y, %H:%M UTC")
    return Markup('<time class="ago" datetime="{0}">{1}</time>').format(when.strftime("%Y-%m-%dT%H:%M:%SZ"), shown)
