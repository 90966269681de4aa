"""The application: asks for letters, or for nothing, many times. Usage: ask.py LIBRARY letters|ticks|undone COUNT"""

import os
import sqlite3
import sys
import time
from collections.abc import Callable
from importlib import import_module


def undone(post: Callable[[int], None], number: int) -> None:
    """Add a member and ask for their letter in one transaction, and undo it."""
    database = sqlite3.connect(os.environ["APP_DATABASE"], isolation_level=None)
    database.execute("CREATE TABLE IF NOT EXISTS members (number)")
    database.execute("BEGIN IMMEDIATE")
    database.execute("INSERT INTO members VALUES (?)", [number])
    post(number)
    database.execute("ROLLBACK")


def main(library: str, what: str, count: int) -> None:
    """Ask; print when the asking began and when it ended."""
    jobs = import_module(f"on_{library}")
    began = time.time()
    if what == "undone":
        getattr(jobs, "undone", lambda number: undone(jobs.post_letter, number))(count)
    else:
        post = jobs.post_letter if what == "letters" else lambda _: jobs.post_tick()
        for number in range(count):
            post(number)
    print(began, time.time(), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
