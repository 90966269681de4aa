"""The result of rendering: an email, or the reason to send none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from microblog.settings import Sender


@dataclass(frozen=True)
class Attachment:
    """A file that travels with an email. One with a `content_id` is shown in the HTML, as the picture `cid:…` names."""

    name: str
    content: bytes
    content_type: str = "application/octet-stream"
    content_id: str = ""


@dataclass(frozen=True)
class Rendered:
    """An email ready to leave, and to whom; text or HTML may be empty.

    `progress` joins the progress of the row, for the next attempt if there is one. `headers` are those of subscribed
    mail and of answers, and no others: List-Unsubscribe, List-Unsubscribe-Post, List-Id, In-Reply-To, References,
    Reply-To.
    """

    to: str
    subject: str
    text: str
    html: str
    progress: Mapping[str, Any] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    sender: Sender | None = None
    """Who it comes from, where that is not the site itself."""


@dataclass(frozen=True)
class Skip:
    """The reason why no email is sent: a code in snake_case, whose English is in `words.reasons`."""

    reason: str


Result = Rendered | Skip
