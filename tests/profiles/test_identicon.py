"""The picture of a member who uploaded none."""

import re
from xml.etree import ElementTree as ET

from microblog.profiles import identicon

ALLOWED = {"svg", "path", "g"}


def test_it_stays_the_same_for_ever() -> None:
    assert identicon.draw(7) == identicon.draw(7)


def test_members_next_to_each_other_look_different() -> None:
    assert len({identicon.draw(number) for number in range(1, 501)}) == 500


def test_it_is_a_picture_and_nothing_more() -> None:
    for number in range(1, 200):
        root = ET.fromstring(identicon.draw(number))
        assert {element.tag.rpartition("}")[2] for element in root.iter()} <= ALLOWED
        assert not re.search(rb"style|script|href|on[a-z]+=", identicon.draw(number))


def test_it_never_is_an_empty_square() -> None:
    assert min(len(ET.fromstring(identicon.draw(number)).findall(".//{*}path")) for number in range(1, 2000)) >= 5
