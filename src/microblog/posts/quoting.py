"""Quoting a post in an email, so that nobody can speak to a reader in the site's name.

An email of ours is trusted. So what somebody wrote stands in it on one line, cut short, in quotation marks behind their
name, and without anything that a mail program makes a link of. See docs/mail.md.
"""

import regex

from microblog.posts.entities import EntityKind, entities
from microblog.posts.scripts import HYPHENS, JOINERS, SPACELESS

LONGEST = 160  # characters
LEFT_OUT = "[link]"
UNREAD = "…"
LONG = 1  # second; the worst post known takes milliseconds, and a worse one would hold up all emails
IDEOGRAPHIC_DOTS = (
    "。．｡"  # IDNA takes them for dots, too; between two words of Chinese or Japanese they end a sentence
)
EDGES = (
    rf"""[[\s()\[\]<>"'“”‘’,;{IDEOGRAPHIC_DOTS}]||[\p{{P}}--[\p{{ASCII}}{JOINERS}{HYPHENS}]]]"""  # no domain has them
)
IN_A_WORD = r"[\w\p{So}\p{Sk}\uFE0F]"
# Each part that could begin anywhere in a word begins at its start alone, and looks at no sign twice: a worker that
# takes minutes for a post sends nothing meanwhile.
LIKE_A_LINK = regex.compile(
    rf"""(?ixV1)
    (?<!\S) \S*? :// \S*
    | \b (?:mailto|tel|sms|javascript|data) : \S*
    | (?<![^{EDGES}]) [[^{EDGES}]--@]++ @ [^{EDGES}] [^{EDGES}]*? [.{IDEOGRAPHIC_DOTS}] [^{EDGES}]+
    | (?<![^{EDGES}]) [^{EDGES}]* {IN_A_WORD} \. [\p{{L}}\p{{M}}]{{2,}} [^{EDGES}]*
    | (?<![^{EDGES}]) [^{EDGES}]*
      (?: [{IN_A_WORD}--[{SPACELESS}]] [{IDEOGRAPHIC_DOTS}] [[\p{{L}}\p{{M}}]--[{SPACELESS}]]{{2,}}
        | {IN_A_WORD} [{IDEOGRAPHIC_DOTS}] [[\p{{L}}\p{{M}}]--[{SPACELESS}]]{{2,}}+ (?!\p{{L}}) )
      [^{EDGES}]*
    | (?<!\S) \S* \d{{1,3}} (?: \. \d{{1,3}} ){{3}} \S*
    | \+? \d (?: [\s()./-]* \d ){{6,}}
    """
)
UNSEEN = regex.compile(r"[\p{Cc}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]")
QUOTES = str.maketrans("“”„«»", "'''''")


def without_links(line: str) -> str:
    """Leave out of a line what a mail program makes a link of; the whole line where looking for it takes too long."""
    try:
        return LIKE_A_LINK.sub(LEFT_OUT, line, timeout=LONG)
    except TimeoutError:
        return UNREAD


def excerpt(text: str) -> str:
    """Return the beginning of a post as an email may quote it."""
    pieces = (LEFT_OUT if piece.kind is EntityKind.LINK else piece.text for piece in entities(text))
    line = " ".join("".join(pieces).split())
    plain = without_links(UNSEEN.sub("", line)).replace('"', "'").translate(QUOTES)
    characters = regex.findall(r"\X", plain)
    if len(characters) <= LONGEST:
        return plain
    beginning = "".join(characters[: LONGEST - 1])
    return (beginning.rpartition(" ")[0] or beginning) + "…"
