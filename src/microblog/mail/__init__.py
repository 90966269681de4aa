"""Emails, the outbox and delivery. Knows nothing of accounts or the web."""

from microblog.mail.addresses import (
    Address,
    BadAddress,
    canonical_identifier,
    clean_identifier,
    parse_address,
    without_invisible,
)
from microblog.mail.binding import BoundEmailType, bind_email_types
from microblog.mail.discovery import EmailTypes, discover_email_types
from microblog.mail.email_types import EmailType, QueuedEmail, RenderContext
from microblog.mail.emails.message import MESSAGE
from microblog.mail.held import count_held, drop_all, forget_workers, hold_all, release_all
from microblog.mail.letters import Nothing, Writer, Writers, Written, render
from microblog.mail.messages import post_message
from microblog.mail.outbox import (
    Budget,
    Kind,
    Letter,
    LetterCount,
    State,
    Try,
    WorkerSeen,
    gathering,
    post,
    post_numbered,
)
from microblog.mail.queueing import queue, queue_returning_id, waiting_payload
from microblog.mail.rendered import Attachment, Rendered, Result, Skip
from microblog.mail.rivals import let_go
from microblog.mail.samples import ALICE, ALICES_ADDRESS, Sample
from microblog.mail.templates import render_templates

__all__ = [
    "ALICE",
    "ALICES_ADDRESS",
    "MESSAGE",
    "Address",
    "Attachment",
    "BadAddress",
    "BoundEmailType",
    "Budget",
    "EmailType",
    "EmailTypes",
    "Kind",
    "Letter",
    "LetterCount",
    "Nothing",
    "QueuedEmail",
    "RenderContext",
    "Rendered",
    "Result",
    "Sample",
    "Skip",
    "State",
    "Try",
    "WorkerSeen",
    "Writer",
    "Writers",
    "Written",
    "bind_email_types",
    "canonical_identifier",
    "clean_identifier",
    "count_held",
    "discover_email_types",
    "drop_all",
    "forget_workers",
    "gathering",
    "hold_all",
    "let_go",
    "parse_address",
    "post",
    "post_message",
    "post_numbered",
    "queue",
    "queue_returning_id",
    "release_all",
    "render",
    "render_templates",
    "waiting_payload",
    "without_invisible",
]
