"""A turn that the threads of several processes stand in line for."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from microblog.turn_of_processes import SharedTurn

LONG = 20.0


@contextmanager
def child(act: Callable[[], None]) -> Iterator[None]:
    """Have a forked process act, and wait in the end until it is gone."""
    pid = os.fork()
    if pid == 0:
        try:
            act()
        finally:
            os._exit(0)
    try:
        yield
    finally:
        os.waitpid(pid, 0)


def test_a_free_turn_costs_hardly_any_patience_and_nobody_waits_for_themselves() -> None:
    turn = SharedTurn()
    assert turn.take(LONG) > LONG - 1
    assert turn.take(LONG) == LONG


def test_another_process_has_its_turn_when_this_one_leaves() -> None:
    turn, (heard, said), (begun, begin) = SharedTurn(), os.pipe(), os.pipe()

    def take() -> None:
        os.read(begun, 1)
        os.write(said, b"2" if turn.take(LONG) > 0 else b"in vain")
        turn.leave()

    with child(take):
        turn.take(LONG)
        os.write(begin, b".")
        os.write(said, b"1")
        turn.leave()
    assert os.read(heard, 10) == b"12"
    assert turn.take(LONG) > LONG - 1
    for end in (heard, said, begun, begin):
        os.close(end)


def test_where_a_process_died_in_its_turn_one_waits_in_vain_and_the_next_does_not() -> None:
    turn = SharedTurn()
    with child(lambda: (turn.take(LONG), None)[1]):
        pass
    assert turn.take(0.05) == 0
    turn.leave()
    assert turn.take(LONG) > LONG - 1


def test_who_was_slow_and_not_dead_hands_on_no_second_turn() -> None:
    turn = SharedTurn()
    turn.take(LONG)

    def wait_in_vain() -> None:
        turn._between.acquire(timeout=0.05)
        turn._between.release()

    impatient = threading.Thread(target=wait_in_vain)
    impatient.start()
    impatient.join(LONG)
    turn.leave()
    assert turn.take(LONG) > LONG - 1
    with child(lambda: os._exit(0 if turn._between.acquire(timeout=0.05) else 1)):
        pass
    assert not turn._between.acquire(timeout=0.05)
