"""The people of the demo: a small town by a river, made up."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """Somebody of the demo: a username, a sentence or two about themselves, and whom they follow."""

    username: str
    about: str
    follows: tuple[str, ...]


PEOPLE = (
    Person(
        "marta",
        "I keep the ferry at the lower landing. Early riser, slow reader.",
        ("tomas", "ines", "okke", "lena", "noor", "paul"),
    ),
    Person(
        "tomas",
        "Bread, mostly rye. The oven is lit at three, so do not expect wit after noon.",
        ("marta", "ines", "ada"),
    ),
    Person(
        "ines",
        "Teaches mathematics and bicycle repair, often in the same hour.",
        ("marta", "ada", "jonas", "noor", "sol"),
    ),
    Person("okke", "Retired lighthouse technician. I still count seconds between flashes.", ("marta", "paul", "lena")),
    Person("lena", "Librarian. Ask me for the book with the blue cover.", ("okke", "ada", "marta", "sol", "wim")),
    Person("noor", "Gardener at the old hospital. Seeds to swap, always.", ("tomas", "ines", "bela", "lena")),
    Person("paul", "Plays the cello badly, in tune on good days.", ("sol", "lena", "marta")),
    Person("ada", "Writes software for water gauges. Likes plain text.", ("ines", "jonas", "lena", "tomas", "okke")),
    Person("jonas", "Night shift at the power station. Photographs fog.", ("ada", "ines", "bela")),
    Person("sol", "Choir, soup, second-hand coats.", ("paul", "lena", "noor", "tomas", "marta", "wim")),
    Person("bela", "Bees. Some hens. A goat who does as she likes.", ("noor", "tomas", "jonas")),
    Person("wim", "New in town, looking for a room and for people to row with.", ("marta", "lena", "sol")),
)
