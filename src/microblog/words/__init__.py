"""English for codes: what pages, commands and downloads say of a refusal or an event. Use cases know codes only."""

from microblog.words.events import action_text, detail_text, event_text, origin_text, outcome_text
from microblog.words.reasons import reason_text
from microblog.words.refusals import rate_limited, refusal_text, refusal_title
from microblog.words.spans import wait_in_words

__all__ = [
    "action_text",
    "detail_text",
    "event_text",
    "origin_text",
    "outcome_text",
    "rate_limited",
    "reason_text",
    "refusal_text",
    "refusal_title",
    "wait_in_words",
]
