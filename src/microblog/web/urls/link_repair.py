"""Repair links that mail programs damaged: trailing punctuation, spaces, parts encoded twice.

A token's own characters are few and its length is known, so what a program added can be told from it. Whether the link
is genuine is decided later, by its signature; nothing here makes one of two.
"""

import re
from urllib.parse import quote, unquote

import regex
from flask import Flask, Response, current_app, redirect, request
from werkzeug.exceptions import HTTPException

from microblog.settings import Settings

LONGEST = 4000  # characters that are looked at; ours have under 300
SIGNATURE = 43  # characters of an HMAC-SHA256 in base64url
LEFT_OVER = 8  # characters a token could have that may stand on either side of it, of `=3D` or `&gt;`
TOKEN = re.compile(
    rf"([\w.-]{{0,{LEFT_OVER}}}?)(eyJ[\w-]+\.[\w-]+\.[\w-]{{{SIGNATURE}}})([\w.-]{{0,{LEFT_OVER}}})", re.ASCII
)
UNSEEN = r"[\s\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]"
BREAK = regex.compile(rf"=?{UNSEEN}+")  # also the soft line break of quoted-printable (RFC 2045 section 6.7)
WRAP = regex.compile(r"=?[\r\n]+[ \t>]*|[\p{Cf}\p{Default_Ignorable_Code_Point}]+")  # a space alone may be a person's
ENCODED = re.compile(r"=([0-9A-F]{2})")
OWN = re.compile(r"[A-Za-z0-9_.-]")
BEHIND = " \t\u00a0.,;:!?)>]}'\"\\*|=\u2019\u201d\u00bb\u2026"  # signs that end a sentence or a quotation around a link

HIDDEN = ("admin", "metrics")  # endpoints that are answered as if there were none


def init_app(app: Flask, settings: Settings) -> None:  # noqa: ARG001 - every part of the web is set up alike
    """Repair the token of every address that has one."""
    app.url_value_preprocessor(repair_argument)


def repair_argument(endpoint: str | None, values: dict[str, str] | None) -> None:  # noqa: ARG001 - Flask's signature
    """Put a repaired token in the place of the one that was asked for."""
    if values and "token" in values:
        values["token"] = repair_token(values["token"])


def repair_token(token: str) -> str:
    """Return the token in what a mail program made of it; unchanged where there is none."""
    if len(token) > LONGEST:
        return token
    text = ENCODED.sub(decode_quoted_printable, BREAK.sub("", unquote(token)))
    found = TOKEN.fullmatch("".join(OWN.findall(text)))
    if found is None or is_longer(unquote(token), *found.groups()):
        return token
    return found[2]


def is_longer(text: str, before: str, token: str, after: str) -> bool:
    """Tell whether characters of a token's own stand right beside it: no program does that, so it is another token."""
    behind = after[:1].strip(".") and text.endswith(token[-1] + after)
    return bool(behind) or bool(before and text.startswith(before + token[0]))


def decode_quoted_printable(found: re.Match[str]) -> str:
    """Return what quoted-printable made three characters of, where a token can have it."""
    char = chr(int(found[1], 16))
    return char if OWN.fullmatch(char) else found[0]


def repaired_address() -> Response | None:
    """Lead on from an address that nothing is at, where a page is at what a mail program cut or filled it from."""
    path = request.path
    if request.method not in ("GET", "HEAD") or len(path) > LONGEST:
        return None
    wanted = WRAP.sub("", path).rstrip(BEHIND)
    if wanted == path or not wanted.startswith("/") or wanted.startswith("//") or not is_page(wanted):
        return None
    return redirect(quote(wanted), 303, Response)  # type: ignore[return-value] # as Flask's redirect says of itself


def is_page(path: str) -> bool:
    """Tell whether the site's map has something to look at under a path; of administrators' pages it says nothing."""
    try:
        found = current_app.create_url_adapter(request).match(path, method="GET")  # type: ignore[union-attr] # it has one
    except HTTPException:
        return False
    return not found[0].startswith(HIDDEN)
