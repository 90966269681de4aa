"""What a person reads of a refusal that a use case raises."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from microblog.refusals import Refusal
from microblog.words import refusal_text


@contextmanager
def refused(kind: type[Refusal], words: str) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal whose text matches."""
    with pytest.raises(kind) as info:
        yield info
    assert re.search(words, refusal_text(info.value)), refusal_text(info.value)
