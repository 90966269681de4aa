"""Threads that stand in line: each has its turn in the order it came, and nobody waits for ever."""

import threading
import time
from collections.abc import Callable

from journeys.trial import wait_for
from microblog.turn import Turn

LONG = 20.0


def in_line(turn: Turn, act: Callable[[float], None]) -> threading.Thread:
    """Have a thread take its turn, act with what is left of its patience, and leave; return once it is in line."""
    before = len(turn._line)

    def wait() -> None:
        left = turn.take(LONG)
        act(left)
        turn.leave()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    wait_for(lambda: len(turn._line) > before)
    return thread


def elsewhere(act: Callable[[], None]) -> None:
    """Act in another thread."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive()


def test_a_free_turn_costs_no_patience() -> None:
    assert Turn().take(LONG) == LONG


def test_turns_come_in_the_order_they_were_asked_for() -> None:
    turn, order = Turn(), list[int]()
    turn.take(LONG)
    threads = [in_line(turn, lambda _, number=number: order.append(number)) for number in range(5)]  # type: ignore[misc]
    turn.leave()
    for thread in threads:
        thread.join(LONG)
    assert order == [0, 1, 2, 3, 4]


def test_who_waited_has_less_patience_left() -> None:
    turn, left = Turn(), list[float]()
    turn.take(LONG)
    thread = in_line(turn, left.append)
    time.sleep(0.1)
    turn.leave()
    thread.join(LONG)
    assert LONG / 2 < left[0] <= LONG - 0.1


def test_nobody_waits_for_themselves() -> None:
    turn = Turn()
    turn.take(LONG)
    assert turn.take(LONG) == LONG


def test_who_waited_in_vain_goes_on_without_and_takes_the_place_of_who_never_left() -> None:
    turn, left = Turn(), list[float]()
    elsewhere(lambda: left.append(turn.take(LONG)))  # and never leaves
    assert turn.take(0.05) == 0
    thread = in_line(turn, left.append)
    turn.leave()
    thread.join(LONG)
    assert not thread.is_alive()


def test_a_turn_can_only_be_left_by_who_has_it() -> None:
    turn = Turn()
    turn.take(LONG)
    elsewhere(turn.leave)
    left: list[float] = []
    elsewhere(lambda: left.append(turn.take(0.05)))
    assert left == [0]
