"""A browser, and a trial that the tests of one file share."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from journeys.trial import Trial

ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="module")
def shared_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One trial for all journeys; each has a member of its own."""
    with Trial(tmp_path_factory.mktemp("browser")) as made:
        made.start("run")
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if not path:
        pytest.fail("No Chromium was found. Run `make test`, which finds or installs one, or set CHROMIUM to its path.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, headless=True, args=ARGS)
        yield launched
        launched.close()
