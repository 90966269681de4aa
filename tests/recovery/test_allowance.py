"""How many letters an account gets: for any requests at all, silence means that a link is there which still lives."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from microblog.db import Database
from microblog.origin import Origin
from microblog.recovery import reset_allowance
from microblog.recovery.allowance import ResetAllowance
from microblog.settings import load
from support.clock import NOON

HALF = timedelta(minutes=5)
requests = st.lists(
    st.tuples(st.integers(0, 900), st.sampled_from(["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"])),
    min_size=1,
    max_size=60,
)


ACCOUNTS = count(1)


def allowance(folder: Path, per_network: str, per_account: str, **more: str) -> ResetAllowance:
    limits = {"LIMIT_RESET_PER_IDENTIFIER": per_network, "LIMIT_RESET_PER_ACCOUNT": per_account}
    return reset_allowance(load({"MICROBLOG_DATA": str(folder), **limits, **more}))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Database]:
    """One database for all examples; each has an account of its own."""
    path = shutil.copy(sqlite_template, tmp_path_factory.mktemp("allowance") / "microblog.db")
    with closing(Database(f"sqlite:///{path}")) as database:
        yield database


@pytest.mark.parametrize("limits", [("5/hour", "12/hour"), ("1/day", "1/day"), ("off", "2/hour"), ("3/minute", "off")])
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked=requests)
def test_whenever_no_letter_goes_one_went_whose_link_lives_for_half_its_life_still(
    kept: Database, tmp_path: Path, limits: tuple[str, str], asked: list[tuple[int, str]]
) -> None:
    rules, account, now, last = allowance(tmp_path, *limits), next(ACCOUNTS), NOON, NOON
    with kept.writing() as session:
        for number, (wait, network) in enumerate(asked):
            now += timedelta(seconds=wait)
            went = rules.spend(session, account, Origin("", network), now)
            last = now if went else last
            assert went or number
            assert now - last < HALF


def test_each_network_has_a_share_and_all_together_have_another(database: Database, tmp_path: Path) -> None:
    rules = allowance(tmp_path, "2/hour", "3/hour")
    with database.writing() as session:
        went = [rules.spend(session, 1, Origin("", network), NOON) for network in ("a", "a", "a", "b", "c")]
        of_another = rules.spend(session, 2, Origin("", "a"), NOON)
    assert went == [True, True, False, True, False]
    assert of_another


def test_what_all_get_follows_the_life_of_a_link(database: Database, tmp_path: Path) -> None:
    rules = allowance(tmp_path, "1/day", "1/day", RESET_LINK_MINUTES="60")
    with database.writing() as session:
        went = [rules.spend(session, 1, Origin(), NOON + timedelta(minutes=minutes)) for minutes in (0, 29, 30, 59, 60)]
    assert went == [True, False, True, False, True]


@pytest.mark.parametrize(("networks", "letters"), [(1, [18, 15, 15]), (1000, [23, 12, 12])])
def test_whoever_asks_every_minute_brings_so_many_letters_an_hour(
    database: Database, tmp_path: Path, networks: int, letters: list[int]
) -> None:
    rules, went = allowance(tmp_path, "5/hour", "12/hour"), [0, 0, 0]
    with database.writing() as session:
        for second in range(0, 3 * 3600, 61):
            origin = Origin("", str(second % networks))
            went[second // 3600] += rules.spend(session, 1, origin, NOON + timedelta(seconds=second))
    assert went == letters
