"""Emails, the outbox and delivery. Knows nothing of accounts or the web."""

from microblog.mail.addresses import (
    Address,
    BadAddress,
    canonical_identifier,
    clean_identifier,
    parse_address,
    without_invisible,
)
from microblog.mail.binding import EmailRenderers, bind_email_types
from microblog.mail.delivery import CANNOT_BE_WRITTEN
from microblog.mail.discovery import discover_email_types
from microblog.mail.email_types import EmailType, QueuedEmail
from microblog.mail.held import count_held, forget_workers, hold_all
from microblog.mail.messages import post_message
from microblog.mail.outbox import Email, State
from microblog.mail.posting import batched_inserts
from microblog.mail.queueing import queue, queue_returning_id, queued_keys, waiting_payload
from microblog.mail.rendered import Attachment, Rendered, Result, Skip
from microblog.mail.samples import ALICE, ALICES_ADDRESS, Sample
from microblog.mail.superseding import REPEATED, SUPERSEDED, forget_sent
from microblog.mail.templates import render_templates

__all__ = [
    "ALICE",
    "ALICES_ADDRESS",
    "CANNOT_BE_WRITTEN",
    "REPEATED",
    "SUPERSEDED",
    "Address",
    "Attachment",
    "BadAddress",
    "Email",
    "EmailRenderers",
    "EmailType",
    "QueuedEmail",
    "Rendered",
    "Result",
    "Sample",
    "Skip",
    "State",
    "batched_inserts",
    "bind_email_types",
    "canonical_identifier",
    "clean_identifier",
    "count_held",
    "discover_email_types",
    "forget_sent",
    "forget_workers",
    "hold_all",
    "parse_address",
    "post_message",
    "queue",
    "queue_returning_id",
    "queued_keys",
    "render_templates",
    "waiting_payload",
    "without_invisible",
]
