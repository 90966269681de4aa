"""What a program costs is counted over all its processes."""

import subprocess
import sys

from benchmarks.processes import cpu_seconds, family, memory_mib

BUSY = "sum(range(20_000_000)); held = b'x' * 50_000_000; print(); input()"
PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BUSY!r}])"


def test_time_and_memory_of_a_child_count_as_its_parents() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        parent.stdout.readline()
        assert len(list(family(parent.pid))) == 2
        assert cpu_seconds(parent.pid) > 0.1
        assert memory_mib(parent.pid) > 48
        parent.communicate("\n")
