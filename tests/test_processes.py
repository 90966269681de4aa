"""Several processes that are one command: one that dies is started again, and all end together."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

PROGRAM = """
    import os, sys, time
    from microblog import processes
    from microblog.processes import ChildFailed, Processes, until_stopped

    processes.STEADY = {steady}

    def say(words):
        os.write(1, words.encode() + b"\\n")

    def stay(name):
        try:
            say(f"{{name}} {{os.getpid()}}")
            while True:
                time.sleep(0.02)
        finally:
            say(f"{{name}} finishes")

    {more}
    try:
        with until_stopped(), (together := Processes({works})).running():
            together.watch()
    except ChildFailed as failed:
        sys.exit(failed.status)
    say("all over")
"""
TWO = "{'one': lambda: stay('one'), 'two': lambda: stay('two')}"


@contextmanager
def program(works: str, more: str = "", steady: float = 0.0) -> Iterator["subprocess.Popen[str]"]:
    """Run works together, as a command does."""
    text = textwrap.dedent(PROGRAM).format(works=works, more=more, steady=steady)
    command = [sys.executable, "-c", text]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def children(process: "subprocess.Popen[str]", names: tuple[str, ...] = ("one", "two")) -> dict[str, int]:
    """Return the children that have begun to work, by name."""
    assert process.stdout is not None
    found: dict[str, int] = {}
    while set(found) != set(names):
        name, number = process.stdout.readline().split()
        found[name] = int(number)
    return found


def rest(process: "subprocess.Popen[str]") -> list[str]:
    assert process.stdout is not None
    return process.stdout.read().splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_every_child_finish_what_is_in_hand(number: signal.Signals) -> None:
    with program(TWO) as process:
        children(process)
        process.send_signal(number)
        assert sorted(rest(process)) == ["all over", "one finishes", "two finishes"]
        assert process.wait(20) == 0


def test_a_stop_that_reaches_every_process_twice_lets_them_finish_all_the_same() -> None:
    with program(TWO) as process:
        for child in children(process).values():
            os.kill(child, signal.SIGINT)
        for child in (process.pid, *children_of(process.pid)):
            os.kill(child, signal.SIGTERM)
        assert sorted(rest(process)) == ["all over", "one finishes", "two finishes"]
        assert process.wait(20) == 0


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as listed:  # noqa: PTH123
        return [int(child) for child in listed.read().split()]


def test_a_child_that_died_is_started_again_and_the_others_go_on() -> None:
    with program(TWO) as process:
        found = children(process)
        os.kill(found["one"], signal.SIGKILL)
        again = children(process, ("one",))
        assert again["one"] != found["one"]
        os.kill(found["two"], 0)
        process.terminate()
        assert sorted(rest(process)) == ["all over", "one finishes", "two finishes"]
        assert process.wait(20) == 0
        assert process.stderr is not None
        assert "the one process" in process.stderr.read()


@pytest.mark.parametrize("end", ["sys.exit(7)", "os.kill(os.getpid(), 9)", "1 / 0"])
def test_a_child_that_fails_at_its_start_ends_all_of_them(end: str) -> None:
    more = f"def fail(): time.sleep(0.2); {end}"
    with program("{'one': lambda: stay('one'), 'two': fail}", more, steady=60.0) as process:
        assert rest(process)[-1] == "one finishes"
        assert process.wait(20) == {"sys.exit(7)": 7, "os.kill(os.getpid(), 9)": 9, "1 / 0": 1}[end]
        assert process.stderr is not None
        assert "soon after its start" in process.stderr.read()


def test_a_child_that_ends_by_itself_ends_all_of_them() -> None:
    more = "def end(): time.sleep(0.2); sys.exit(0)"
    with program("{'one': lambda: stay('one'), 'two': end}", more) as process:
        assert rest(process)[-1] == "one finishes"
        assert process.wait(20) == 0


def test_children_die_at_once_with_a_parent_that_was_killed() -> None:
    with program(TWO) as process:
        children(process)
        process.kill()
        assert rest(process) == []  # the pipe ends when the last of them is gone
