"""How the failed attempts before a sign-in are described in its email."""

import pytest

from microblog.auth.emails.failed_sign_ins import describe_origins, describe_times
from microblog.auth.failed_sign_ins import Failures
from microblog.auth.sign_in_alerts import signed_in_after
from microblog.origin import NOWHERE, Origin
from support.clock import NOON

HERE = Origin("Firefox on Windows", "192.0.2.0/24")


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((Origin(),), "an unknown place"),
        ((HERE, Origin("Edge on macOS")), "Firefox on Windows, network 192.0.2.0/24; Edge on macOS"),
        ((HERE,) * 4, "; ".join([HERE.words] * 3 + ["one other place"])),
        ((HERE,) * 9, "; ".join([HERE.words] * 3 + ["6 other places"])),
    ],
)
def test_the_first_three_places_are_named_and_the_others_counted(places: tuple[Origin, ...], words: str) -> None:
    payload = signed_in_after(Failures(10, NOON, places), "alice", NOON, NOWHERE)
    assert describe_origins(payload.origins, payload.other_origins) == words


@pytest.mark.parametrize(("times", "words"), [(10, "10"), (999, "999"), (1000, "more than 999")])
def test_up_to_a_thousand_attempts_are_counted(times: int, words: str) -> None:
    assert describe_times(times) == words
