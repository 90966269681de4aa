"""A trial that the tests of one file share."""

from collections.abc import Iterator

import pytest

from journeys.trial import Trial


@pytest.fixture(scope="module")
def shared_trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """One trial for all journeys; each has a member of its own."""
    with Trial(tmp_path_factory.mktemp("browser")) as made:
        made.start("run")
        yield made
