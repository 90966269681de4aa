"""`make model`: the state machine for as long as one likes. Says what was tried; exits 1 with the story of a failure.

Each batch has a seed of its own, so a failure comes again with `--seed` and `--sequences 50`.
"""

import sys
import tempfile
import time
import traceback
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import closing, contextmanager
from multiprocessing import get_context
from pathlib import Path

import click
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from microblog import schema
from microblog.db import Database
from recovery.model import mutations, table
from recovery.model.machine import Takeover
from recovery.model.site import ModelSite, cheap_passwords
from recovery.model.world import COUNTS

BATCH = 50
Outcome = tuple[int, Counter[str], str]


def run(site: ModelSite, number: int, sequences: int, steps: int, *, shrink: bool) -> None:
    """Run one batch; whatever breaks an invariant is raised, with the shortest story that was found."""
    phases = [Phase.generate, Phase.shrink] if shrink else [Phase.generate]
    machine = seed(number)(type("Takeover", (Takeover,), {"site": site}))
    how = settings(
        max_examples=sequences,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)


def batch(number: int, sequences: int, steps: int, mutation: str = "") -> Outcome:
    """Run one batch on a site of its own; return its number, what was done, and the story of a failure."""
    COUNTS.clear()
    with site_for(mutation) as site:
        try:
            run(site, number, sequences, steps, shrink=not mutation)
        except BaseException as error:  # noqa: BLE001 - hypothesis raises groups, too
            return number, Counter(COUNTS), "".join(traceback.format_exception(error))
    return number, Counter(COUNTS), ""


def first_pair_that_fails(site: ModelSite) -> tuple[int, str]:
    """Play the table; return how many pairs were played, and what the last one failed with."""
    for number, (deed, way, age) in enumerate(table.pairs(), 1):
        try:
            table.play(site, deed, way, age)
        except AssertionError as error:
            return number, f"the thief {deed}, the owner’s way is {way}: {error}"
    return 0, ""


def options() -> Namespace:
    """Read the command line."""
    parser = ArgumentParser(prog="make model", description=__doc__)
    parser.add_argument("--sequences", type=int, default=2000)
    parser.add_argument("--steps", type=int, default=30, help="of one sequence, at most")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no batch after so many")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1, help="of the first batch; the others follow")
    every = list(mutations.ALL)
    how = "break the code in each known way, or those named, and find that out"
    parser.add_argument("--mutations", nargs="*", choices=every, default=None, help=how)
    given = parser.parse_args()
    given.mutations = every if given.mutations == [] else given.mutations
    return given


def explore(given: Namespace) -> int:
    """Run batches, print what they did, and return the exit status."""
    done, failures, began = Counter[str](), 0, time.monotonic()
    numbers = list(range(given.seed, given.seed + -(-given.sequences // BATCH)))
    with ProcessPoolExecutor(given.processes, mp_context=get_context("spawn"), max_tasks_per_child=5) as pool:
        waiting = iter(numbers)
        running: set[Future[Outcome]] = set()
        while True:
            for number in waiting:
                size = min(BATCH, given.sequences)
                running.add(pool.submit(batch, number, size, given.steps))
                if len(running) >= given.processes:
                    break
            if not running:
                break
            future = next(as_completed(running))
            running.remove(future)
            number, counts, failure = future.result()
            done += counts
            failures += bool(failure)
            words = f"seed {number}: {'FAILED' if failure else 'held'} after {time.monotonic() - began:.0f} s"
            click.echo(f"{words}, {done['sequences']} sequences in all")
            if failure:
                click.echo(failure)
            if failure or time.monotonic() - began > 60 * given.minutes:
                waiting = iter(())
    report(done, time.monotonic() - began)
    return 1 if failures else 0


def report(done: Counter[str], seconds: float) -> None:
    """Print how often everything was done."""
    steps = sum(times for what, times in done.items() if what.startswith("step "))
    click.echo(f"{done['sequences']} sequences, {steps} steps, {seconds:.0f} s")
    for what, times in sorted(done.items()):
        click.echo(f"{times:9,}  {what}")


def prove_teeth(given: Namespace) -> int:
    """Break the code in each known way, play the table and then batches; return 1 where that goes unnoticed."""
    missed = 0
    for name in given.mutations:
        pairs, said = try_table(name)
        words = f"caught by pair {pairs} of the table: {said}" if said else ""
        if not said:
            _, counts, failure = batch(given.seed, given.sequences, given.steps, name)
            said = next((line for line in failure.splitlines() if line.startswith("AssertionError")), failure[-200:])
            words = f"caught by sequence {counts['sequences']} of seed {given.seed}: {said}" if failure else ""
        missed += not words
        click.echo(f"{name}: {words or 'NOT CAUGHT'}")
    return 1 if missed else 0


def try_table(mutation: str) -> tuple[int, str]:
    """Play the table on broken code."""
    with site_for(mutation) as site:
        return first_pair_that_fails(site)


@contextmanager
def site_for(mutation: str) -> Iterator[ModelSite]:
    """Give a site whose code is broken in one way, or in none."""
    with tempfile.TemporaryDirectory() as folder, cheap_passwords(), mutations.applied(mutation):
        site = new_site(folder)
        try:
            yield site
        finally:
            site.close()


def new_site(folder: str) -> ModelSite:
    """Return a site with an empty database."""
    url = f"sqlite:///{folder}/microblog.db"
    with closing(Database(url)) as database:
        schema.upgrade(database)
    return ModelSite(Path(folder), url)


if __name__ == "__main__":
    chosen = options()
    sys.exit(prove_teeth(chosen) if chosen.mutations else explore(chosen))
