"""The letters of this room, written for nobody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from microblog.links import SAMPLE_TOKEN, Pages
from microblog.mail import ALICE, ALICES_ADDRESS, Sample, render
from microblog.subscriptions.choices import Wish
from microblog.subscriptions.writers import PACKAGE, headers, quoted

SAID = "The fog has lifted, and one can see the other bank again. @Alice, come and look!"


def samples(pages: Pages, now: datetime) -> tuple[Sample, ...]:
    """Return each letter of this room as it would leave now."""
    followed = {"names": ["bob"], "links": [pages.member("bob")], "more": 0}
    mentioned = {"author": "bob", "quote": quoted("bob", now, SAID)["quote"], "link": pages.post(1)}
    missed = {"items": [quoted("bob", now, SAID)], "more": False, "link": pages.home}
    return (
        sample(pages, "followed", Wish.FOLLOWED, "After somebody began to follow, to whoever wants to know.", followed),
        sample(pages, "mentioned", Wish.MENTIONED, "After a post named the member, if they want to know.", mentioned),
        sample(pages, "weekly_digest", Wish.DIGEST, "Once a week, if there is something new.", missed),
    )


def sample(pages: Pages, name: str, wish: Wish, about: str, facts: Mapping[str, Any]) -> Sample:
    """Return one, with the foot and the headers that all of them have."""
    unsubscribe = pages.unsubscribe(SAMPLE_TOKEN)
    known = {"username": ALICE, "unsubscribe": unsubscribe, "letters": pages.letters, **facts}
    written = render(PACKAGE, name, ALICES_ADDRESS, known, headers=headers(wish, unsubscribe, pages.home))
    return Sample(name, about, written)
