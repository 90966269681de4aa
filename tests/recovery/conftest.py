"""A site where Olivia has been for a month, and a thief who is signed in as her."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from recovery.model.browser import Browser
from recovery.model.site import ModelSite
from recovery.olivia import HOME, OLD, browser, link, signed_in


@pytest.fixture
def olivias(tmp_path: Path, database_url: str) -> Iterator[ModelSite]:
    """A site where Olivia has signed up."""
    made = ModelSite(tmp_path, database_url)
    olivia = browser(made)
    olivia.submit("/register", username="olivia", email=HOME, password=OLD, password2=OLD)
    olivia.submit(link(made, HOME, "/register/finish/"))
    made.clock.move(days=30)
    yield made
    made.close()


@pytest.fixture
def thief(olivias: ModelSite) -> Browser:
    """A browser in which somebody else is signed in as Olivia."""
    return signed_in(olivias, OLD)
