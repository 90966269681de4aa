"""What a program and all processes that came from it cost: processor time and memory, as Linux counts them."""

import os
from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")
TICK = os.sysconf("SC_CLK_TCK")
KIB_A_MIB = 1024


def family(pid: int) -> Iterator[int]:
    """Return a process and those that came from it and live."""
    yield pid
    for task in PROC.glob(f"{pid}/task/*/children"):
        for child in task.read_text().split():
            yield from family(int(child))


def cpu_seconds(pid: int) -> float:
    """Return how long the processor worked for a family, those it has already buried included."""
    return sum(sum(map(int, fields(each)[11:15])) for each in family(pid)) / TICK


def fields(pid: int) -> list[str]:
    """Return what is known of a process, from its state on; a name may hold anything, so it is left out."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except FileNotFoundError:
        return ["0"] * 50


def memory_mib(pid: int) -> float:
    """Return what a family holds in memory; what several share is divided among them (PSS)."""
    sizes = [size for each in family(pid) for size in proportional_sizes(each)]
    return sum(sizes) / KIB_A_MIB


def proportional_sizes(pid: int) -> Iterator[int]:
    """Return the KiB of one process."""
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return
    yield from (int(line.split()[1]) for line in lines if line.startswith("Pss:"))
