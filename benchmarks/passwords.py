"""How long does the worst estimate of a password take, by how many different stand-in signs it has?"""

import random
import time

from zxcvbn import zxcvbn

from microblog.auth.passwords import STAND_INS

TRIED = 10


def worst(signs: int, length: int) -> float:
    """Return the longest of some estimates, in milliseconds."""
    longest = 0.0
    for _ in range(TRIED):
        chosen = [*random.sample(sorted(STAND_INS), signs), "a", "e"]
        password = "".join(random.choice(chosen) for _ in range(length))
        began = time.perf_counter()
        zxcvbn(password)
        longest = max(longest, time.perf_counter() - began)
    return longest * 1000


for signs in (3, 6, 9, len(STAND_INS)):
    print(f"{signs:2} signs: " + ", ".join(f"{length} characters {worst(signs, length):.0f} ms" for length in (20, 40)))
