"""How places are named in a letter."""

import pytest

from microblog.auth.sign_in_alerts import places_in_words
from microblog.origin import Origin

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
    assert places_in_words(places) == words
