"""A lock that the threads of several processes queue for."""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from microblog.db.process_lock import ProcessLock

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


def test_a_free_lock_takes_no_time_and_nobody_waits_for_themselves() -> None:
    lock = ProcessLock()
    assert lock.acquire(LONG) > LONG - 1
    assert lock.acquire(LONG) == LONG


def test_another_process_gets_the_lock_when_this_one_releases_it() -> None:
    lock, (heard, said), (begun, begin) = ProcessLock(), os.pipe(), os.pipe()

    def wait() -> None:
        os.read(begun, 1)
        os.write(said, b"2" if lock.acquire(LONG) > 0 else b"in vain")
        lock.release()

    with child(wait):
        lock.acquire(LONG)
        os.write(begin, b".")
        os.write(said, b"1")
        lock.release()
    assert os.read(heard, 10) == b"12"
    assert lock.acquire(LONG) > LONG - 1
    for end in (heard, said, begun, begin):
        os.close(end)


def test_where_a_process_died_with_the_lock_one_waits_in_vain_and_the_next_does_not() -> None:
    lock = ProcessLock()
    with child(lambda: (lock.acquire(LONG), None)[1]):
        pass
    assert lock.acquire(0.05) == 0
    lock.release()
    assert lock.acquire(LONG) > LONG - 1


def test_who_was_slow_and_not_dead_releases_no_second_time() -> None:
    lock = ProcessLock()
    lock.acquire(LONG)

    def wait_in_vain() -> None:
        lock._between.acquire(timeout=0.05)
        lock._between.release()

    impatient = threading.Thread(target=wait_in_vain)
    impatient.start()
    impatient.join(LONG)
    lock.release()
    assert lock.acquire(LONG) > LONG - 1
    with child(lambda: os._exit(0 if lock._between.acquire(timeout=0.05) else 1)):
        pass
    assert not lock._between.acquire(timeout=0.05)
