"""The mail room: letters, the outbox, delivery. It knows addresses and letters; no accounts, and no web."""

from microblog.mail.addresses import (
    Address,
    BadAddress,
    canonical_identifier,
    clean_identifier,
    parse_address,
    without_invisible,
)
from microblog.mail.held import count_held, drop_all, forget_workers, hold_all, release_all
from microblog.mail.letters import Attachment, Nothing, Result, Writer, Writers, Written, render
from microblog.mail.messages import MESSAGE, post_message, write_message
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
from microblog.mail.rivals import let_go
from microblog.mail.samples import ALICE, ALICES_ADDRESS, Sample

__all__ = [
    "ALICE",
    "ALICES_ADDRESS",
    "MESSAGE",
    "Address",
    "Attachment",
    "BadAddress",
    "Budget",
    "Kind",
    "Letter",
    "LetterCount",
    "Nothing",
    "Result",
    "Sample",
    "State",
    "Try",
    "WorkerSeen",
    "Writer",
    "Writers",
    "Written",
    "canonical_identifier",
    "clean_identifier",
    "count_held",
    "drop_all",
    "forget_workers",
    "gathering",
    "hold_all",
    "let_go",
    "parse_address",
    "post",
    "post_message",
    "post_numbered",
    "release_all",
    "render",
    "without_invisible",
    "write_message",
]
