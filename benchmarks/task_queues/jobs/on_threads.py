"""A thread for each letter, as Flask tutorials have it."""

from threading import Thread

from letter import hand_over, tick


def post_letter(number: int) -> None:
    Thread(target=hand_over, args=(number,)).start()


def post_tick() -> None:
    Thread(target=tick).start()
