"""The model of a takeover, in a version short enough for every run. `make model` runs it for as long as one likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from recovery.model import mutations
from recovery.model.machine import Takeover
from recovery.model.site import ModelSite

SEQUENCES = {"sqlite": 20, "postgresql": 5}
STEPS = 20


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Iterator[ModelSite]:
    """A site for any number of sequences."""
    made = ModelSite(tmp_path, database_url)
    yield made
    made.close()


def run(site: ModelSite, sequences: int, *, phases: tuple[Phase, ...] = (Phase.generate, Phase.shrink)) -> None:
    """Run the same sequences each time, so that nothing fails for somebody else's change."""
    how = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        derandomize=True,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(type("Takeover", (Takeover,), {"site": site}), settings=how)


def test_the_owner_always_wins(site: ModelSite) -> None:
    run(site, SEQUENCES["postgresql" if site.database.is_postgresql else "sqlite"])


def test_the_model_notices_a_session_that_stays(site: ModelSite) -> None:
    with mutations.applied("sessions_stay"), pytest.raises(AssertionError):
        run(site, 20, phases=(Phase.generate,))
