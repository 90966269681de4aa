"""Attachments: any file name, a valid content type, base64 (RFC 2183, RFC 2231, RFC 2045)."""

import re
from base64 import b64encode
from urllib.parse import quote

from microblog.mail.compose.words import pack_pieces, to_utf8
from microblog.mail.rendered import Attachment

RESTRICTED_NAME = r"[A-Za-z0-9!#$&^_.+-]{1,127}"  # RFC 6838 section 4.2
CONTENT_TYPE = re.compile(rf"({RESTRICTED_NAME})/{RESTRICTED_NAME}")
NOT_IN_BASE64 = ("multipart", "message")  # RFC 2045 section 6.4
CONTENT_ID = re.compile(r"[A-Za-z0-9.@_+=$!#*-]{1,200}")
# Control characters, line separators, and the marks that turn a name around: "photo\u202egpj.exe" reads as a picture.
UNFIT = re.compile(r"[\0-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
SEPARATORS = re.compile(r"[/\\]")
PLAIN_NAME = re.compile(r"[A-Za-z0-9 !#$&'()+,.;=@^_`{}~-]{1,60}")
NOT_PLAIN = re.compile(r"[^A-Za-z0-9 .-]+")
PIECE = 60  # octets of a file name on one line
LONGEST_PLAIN = 60


def attachment_fields(attachment: Attachment) -> tuple[str, ...]:
    """Return the header fields of an attachment.

    A name beyond plain ASCII stands encoded in Content-Disposition and, for old readers, in plain letters in
    Content-Type: twice in one field, with and without a star, is what the parsers of mail disagree about.

    Raises:
        ValueError: for a content type or a content id that is none, or a type that base64 must not carry.
    """
    kind = checked_type(attachment.content_type)
    name = file_name(attachment.name)
    fields = [
        f'Content-Type: {kind}{charset(kind, attachment.content)};\r\n name="{plain_name(name)}"',
        "Content-Transfer-Encoding: base64",
        f"Content-Disposition: {'inline' if attachment.content_id else 'attachment'}{name_parameter(name)}",
    ]
    if attachment.content_id:
        if not CONTENT_ID.fullmatch(attachment.content_id):
            raise ValueError("a content id is a word of ASCII letters, digits and a few marks")
        fields.append(f"Content-ID: <{attachment.content_id}>")
    return tuple(fields)


def checked_type(content_type: str) -> str:
    """Return a content type that may stand in a header.

    Raises:
        ValueError: for anything but type/subtype, and for messages, which may not be carried as base64.
    """
    found = CONTENT_TYPE.fullmatch(content_type)
    if not found:
        raise ValueError("a content type is written type/subtype, such as text/csv, and nothing else")
    if found[1].lower() in NOT_IN_BASE64:
        raise ValueError(f"{content_type} cannot be attached; attach it as application/octet-stream")
    return content_type


def charset(kind: str, content: bytes) -> str:
    """Return the charset of attached text where it is ours: without one, its readers guess."""
    if not kind.lower().startswith("text/"):
        return ""
    try:
        content.decode()
    except UnicodeDecodeError:
        return ""
    return '; charset="utf-8"'


def file_name(name: str) -> str:
    """Return a name that is one file's in no folder, and that shows as what it is."""
    kept = SEPARATORS.sub("_", UNFIT.sub("", name)).strip()
    return kept if kept.strip(".") else "attachment"


def plain_name(name: str) -> str:
    """Return a name in ASCII letters for who cannot read the true one, its extension kept."""
    plain = NOT_PLAIN.sub("_", name)
    return plain if len(plain) <= LONGEST_PLAIN else f"{plain[:40]}_{plain[-19:]}"


def name_parameter(name: str) -> str:
    """Return the file name as a parameter, in pieces of a line each where it is long (RFC 2231 sections 3 and 4)."""
    if PLAIN_NAME.fullmatch(name):
        return f';\r\n filename="{name}"'
    to_utf8(name)
    pieces = [piece.decode() for piece in pack_pieces((quote(char, safe="").encode() for char in name), PIECE, PIECE)]
    if len(pieces) == 1:
        return f";\r\n filename*=utf-8''{pieces[0]}"
    first, *others = pieces
    rest = "".join(f";\r\n filename*{number}*={piece}" for number, piece in enumerate(others, 1))
    return f";\r\n filename*0*=utf-8''{first}{rest}"


def base64_lines(content: bytes) -> bytes:
    """Return content as base64 in lines of 76 (RFC 2045 section 6.8)."""
    whole = b64encode(content)
    return b"".join(b"%b\r\n" % whole[begin : begin + 76] for begin in range(0, len(whole), 76))
