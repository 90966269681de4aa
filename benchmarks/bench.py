"""Print how the product compares with what one would do without it. `make bench` runs all of it.

Figures are rates a second, medians of several turns; a ratio is the median of the turns' ratios. `timing` prints how
well known names can be told from unknown ones by the time of an answer. Ends with 1 where something falls short.
"""

import argparse
import logging
import sys
from importlib import import_module

from benchmarks.testbed import Testbed
from benchmarks.turns import show

EACH = ("delivery", "over_tls", "reset_form", "group_commit", "full_outbox", "timeline", "timing")
ASKED_FOR = ("peers",)  # it installs what it compares with
NAMES = f"{', '.join(EACH)}; only by its name: {', '.join(ASKED_FOR)}"


def main() -> None:
    """Run the benchmarks that were named, or all of them."""
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("names", nargs="*", choices=[*EACH, *ASKED_FOR, []], metavar="name", help=NAMES)
    wanted.add_argument("--turns", type=int, default=5)
    asked = wanted.parse_args()
    logging.disable(logging.INFO)
    testbed, short = Testbed(), 0
    try:
        for name in asked.names or EACH:
            benchmark = import_module(f"benchmarks.{name}")
            findings = benchmark.run(testbed, asked.turns)
            show(benchmark.TITLE, findings)
            short += sum(finding.short for finding in findings)
    finally:
        testbed.close()
    sys.exit(1 if short else 0)


if __name__ == "__main__":
    main()
