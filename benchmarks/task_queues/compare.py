"""Compare ways to deliver 200 letters in the background, with our outbox among them.

Run `python -m benchmarks.task_queues.compare` in the .venv of `make test`; it needs `redis-server` (Debian's package).
The libraries are installed into an environment of their own, which goes when it is done.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.task_queues.trial import AT_ONCE, Trial
from benchmarks.task_queues.ways import WAYS, Way
from benchmarks.testbed import wait_until
from support.postgres import Postgres

ROOT = Path(__file__).parents[2]
LETTERS, BEFORE_THE_KILL = 200, 60
TICKS, WARMING, TURNS = 2000, 20, 3
UNDONE, UNDONE_SECONDS = 900, 5

Start = Callable[[Way], AbstractContextManager[Trial]]


def killed(trial: Trial, wait: float) -> str:
    """SIGKILL everything once some letters have arrived, start again, and say what became of all of them."""
    trial.work(AT_ONCE)
    trial.ask("letters", LETTERS)
    wait_until(lambda: len(trial.arrived) >= BEFORE_THE_KILL, "the first letters")
    trial.kill()
    trial.work(AT_ONCE)
    began = time.monotonic()
    time.sleep(wait)
    numbers = Counter(number for number, _ in trial.arrived)
    soon = len({number for number, moment in trial.arrived if moment - began <= 60})
    last = max(moment for _, moment in trial.arrived) - began
    twice = sum(numbers.values()) - len(numbers)
    return f"{soon:5} {LETTERS - len(numbers):6} {twice:6} {max(last, 0):8.0f} s"


def undone(trial: Trial) -> str:
    """Ask for a letter in a transaction that is undone; then for another, to see that letters do arrive."""
    trial.work(2)
    trial.ask("undone", UNDONE).wait()
    time.sleep(UNDONE_SECONDS)
    trial.ask("letters", 1)
    wait_until(lambda: any(number != UNDONE for number, _ in trial.arrived), "the letter that was asked for")
    return "sent all the same" if UNDONE in dict(trial.arrived) else "not sent"


def rate(trial: Trial) -> tuple[float, float]:
    """Return how many jobs that do nothing are asked for, and done, in a second, by two workers."""
    trial.work(2, ticks=True)
    trial.ask("ticks", WARMING)
    wait_until(lambda: trial.ticks() == WARMING, "the warming up")
    asking = trial.ask("ticks", TICKS)
    wait_until(lambda: trial.ticks() == WARMING + TICKS, "the last tick")
    ended = time.time()
    began, asked = (float(word) for word in asking.communicate()[0].split())
    return TICKS / (asked - began), TICKS / (ended - began)


def rates(ways: list[Way], start: Start) -> None:
    """Print the medians of some turns, taken in turns."""
    found: dict[str, list[tuple[float, float]]] = {way.name: [] for way in ways}
    for _ in range(TURNS):
        for way in ways:
            with start(way) as trial:
                found[way.name].append(rate(trial))
    print("\nJobs that do nothing, a second, with two workers\n" + f"{'':36}{'asked for':>12}{'done':>12}")
    for name, pairs in found.items():
        asked, done = (statistics.median(one) for one in zip(*pairs, strict=True))
        print(f"{name:36}{asked:12,.0f}{done:12,.0f}")


def each(ways: list[Way], start: Start, measure: Callable[[Trial], str], title: str, together: int) -> None:
    """Print what a measurement says of each way."""

    def one(way: Way) -> str:
        with start(way) as trial:
            try:
                return measure(trial)
            except TimeoutError as error:
                return f"{error}\n{trial.log()}"

    print(f"\n{title}", flush=True)
    with ThreadPoolExecutor(together) as pool:
        for way, said in zip(ways, pool.map(one, ways), strict=True):
            print(f"{way.name:36}{said}", flush=True)


@contextmanager
def libraries() -> Iterator[Path]:
    """Install the libraries somewhere else, and return where their commands are."""
    with TemporaryDirectory(prefix="microblog-queues-") as folder:
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
        wheel = next((ROOT / "vendor").glob("pip-*.whl"))
        binaries = Path(folder) / "bin"
        pip: list[str | Path] = [binaries / "python", wheel / "pip", "install", "--quiet", "--root-user-action=ignore"]
        subprocess.run([*pip, "-r", Path(__file__).with_name("requirements.txt")], check=True)
        yield binaries


def main() -> None:
    """Measure what was asked for, or everything."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--only", default="", help="ways whose name holds one of these (a comma list)")
    wanted.add_argument("--what", default="killed,undone,rates", help="a comma list (killed,undone,rates)")
    wanted.add_argument("--wait", type=float, default=60, help="seconds after the restart")
    wanted.add_argument("--together", type=int, default=1, help="how many ways are killed and waited for at once")
    asked = wanted.parse_args()
    ways = [way for way in WAYS if any(part.lower() in way.name.lower() for part in asked.only.split(","))]
    postgres = Postgres(durable=True)
    with libraries() as binaries:

        @contextmanager
        def start(way: Way) -> Iterator[Trial]:
            own = Path(sys.executable).parent if way.ours else binaries
            with postgres.fresh(empty=True) as url, Trial(way, own, url) as trial:
                yield trial

        if "killed" in asked.what:
            title = f"{LETTERS} letters, {AT_ONCE} at once, killed after {BEFORE_THE_KILL}, then {asked.wait:.0f} s\n"
            title += f"{'':36}{'60 s':>5} {'lost':>6} {'twice':>6} {'last after':>10}"
            each(ways, start, partial(killed, wait=asked.wait), title, asked.together)
        if "undone" in asked.what:
            each(ways, start, undone, "A letter asked for in a transaction that is undone", 1)
        if "rates" in asked.what:
            rates(ways, start)
    postgres.stop()


if __name__ == "__main__":
    main()
