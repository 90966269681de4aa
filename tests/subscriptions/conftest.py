"""A site whose letters leave when a test says so."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.running import RunningSite


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A trial whose worker does nothing by itself."""
    running = RunningSite(tmp_path / "data", database_url).start(deliver=False)
    yield running
    running.stop()
