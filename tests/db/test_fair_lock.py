"""The FIFO lock: threads get it in the order they asked for it, and nobody waits for ever."""

import threading
import time
from collections.abc import Callable

from journeys.trial import wait_for
from microblog.db.fair_lock import FairLock

LONG = 20.0


def queue_for(lock: FairLock, act: Callable[[float], None]) -> threading.Thread:
    """Have a thread take the lock, act with what is left of its timeout, and release it; return once it queues."""
    before = len(lock._queue)

    def wait() -> None:
        left = lock.acquire(LONG)
        act(left)
        lock.release()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    wait_for(lambda: len(lock._queue) > before)
    return thread


def elsewhere(act: Callable[[], None]) -> None:
    """Act in another thread."""
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive()


def test_a_free_lock_is_had_at_once() -> None:
    assert FairLock().acquire(LONG) == LONG


def test_the_lock_is_handed_on_in_the_order_it_was_asked_for() -> None:
    lock, order = FairLock(), list[int]()
    lock.acquire(LONG)
    threads = [queue_for(lock, lambda _, number=number: order.append(number)) for number in range(5)]  # type: ignore[misc]
    lock.release()
    for thread in threads:
        thread.join(LONG)
    assert order == [0, 1, 2, 3, 4]


def test_who_waited_has_less_of_the_timeout_left() -> None:
    lock, left = FairLock(), list[float]()
    lock.acquire(LONG)
    thread = queue_for(lock, left.append)
    time.sleep(0.1)
    lock.release()
    thread.join(LONG)
    assert LONG / 2 < left[0] <= LONG - 0.1


def test_nobody_waits_for_themselves() -> None:
    lock = FairLock()
    lock.acquire(LONG)
    assert lock.acquire(LONG) == LONG


def test_who_waited_in_vain_goes_on_without_and_takes_the_place_of_who_never_left() -> None:
    lock, left = FairLock(), list[float]()
    elsewhere(lambda: left.append(lock.acquire(LONG)))  # and never leaves
    assert lock.acquire(0.05) == 0
    thread = queue_for(lock, left.append)
    lock.release()
    thread.join(LONG)
    assert not thread.is_alive()


def test_only_the_holder_can_release_it() -> None:
    lock = FairLock()
    lock.acquire(LONG)
    elsewhere(lock.release)
    left: list[float] = []
    elsewhere(lambda: left.append(lock.acquire(0.05)))
    assert left == [0]
