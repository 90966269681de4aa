"""Forms with a file in them, and pictures that come back."""

from dataclasses import dataclass
from email.message import Message
from urllib.error import HTTPError
from urllib.parse import urljoin
from urllib.request import Request

from support.visitor import Answer, Visitor

BOUNDARY = "a-line-that-is-in-no-picture"


def edit(
    visitor: Visitor, upload: bytes | None = None, filename: str = "me.png", *, follow: bool = True, **fields: str
) -> Answer:
    """Open the page and send its form, with what stands in it unless told otherwise."""
    page = visitor.get("/edit_profile")
    all_fields = {"csrf_token": visitor.token_in(page), "username": page.value_of("username") or "", "about_me": ""}
    return send(visitor, all_fields | fields, upload, filename, follow=follow)


def send(
    visitor: Visitor,
    fields: dict[str, str],
    upload: bytes | None = None,
    filename: str = "me.png",
    *,
    follow: bool = True,
) -> Answer:
    """Send the form as a browser does."""
    parts = [part(f'name="{name}"', value.encode()) for name, value in fields.items()]
    if upload is not None:
        parts.append(part(f'name="avatar"; filename="{filename}"', upload, "Content-Type: image/png\r\n"))
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return visitor.ask("POST", "/edit_profile", body, follow=follow, headers=headers)


def part(what: str, content: bytes, more: str = "") -> bytes:
    """Return one field as it is sent."""
    head = f"--{BOUNDARY}\r\nContent-Disposition: form-data; {what}\r\n{more}\r\n"
    return head.encode() + content + b"\r\n"


@dataclass(frozen=True)
class Sent:
    """What came back, as it is."""

    status: int
    headers: Message
    content: bytes


def fetch(visitor: Visitor, path: str, **headers: str) -> Sent:
    """Ask for something that is no page."""
    request = Request(urljoin(visitor.base, path), headers={"Connection": "close", **headers})
    try:
        response = visitor._opener(follow=False).open(request, timeout=30)
    except HTTPError as error:
        response = error
    with response:
        return Sent(response.status, response.headers, response.read())
