"""What the use cases of signing up refuse themselves, whatever a form has let through."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from microblog.auth import PasswordRefused
from microblog.context import Context
from microblog.db import Database
from microblog.identity import Account, BadUsername, UsernameTaken
from microblog.limits import Allowance
from microblog.mail import parse_address
from microblog.registration import FINISH_SIGN_UP_LINK, PendingSignUp, confirm, open_sign_up, sign_up
from microblog.registration.links import OPEN_FOR
from microblog.registration.models import SignUp
from microblog.settings import load
from support.clock import NOON
from support.context import context_of
from support.running import PASSWORD

HOST = "blog.localhost"
ADDRESS = parse_address("rowing.ferryman@example.com")


@pytest.fixture
def context(database: Database, tmp_path: Path) -> Context:
    return context_of(database, settings=load({"MICROBLOG_DATA": str(tmp_path), "PUBLIC_URL": f"http://{HOST}:5000"}))


def open_link(context: Context, number: int) -> PendingSignUp:
    """Open the link of a sign-up."""
    with context.reading() as session:
        found = session.get_one(SignUp, number)
        token = context.links.sign(FINISH_SIGN_UP_LINK, number, found, expires=NOON + OPEN_FOR)
        return open_sign_up(session, context.links.read(FINISH_SIGN_UP_LINK, token), NOON)


@pytest.mark.parametrize(
    ("username", "password", "error"),
    [
        ("al", PASSWORD, BadUsername),
        ("alice.", PASSWORD, BadUsername),
        (HOST, PASSWORD, UsernameTaken),
        ("alice", "short words", PasswordRefused),
        ("alice", ADDRESS.spelled, PasswordRefused),
    ],
)
def test_a_username_or_password_that_breaks_the_rules_is_refused_before_anything_is_counted(
    context: Context, username: str, password: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sign_up(context, username, ADDRESS, password)
    with context.reading() as session:
        for table in (SignUp, Allowance):
            assert session.scalar(select(func.count()).select_from(table)) == 0


@pytest.mark.parametrize(("username", "error"), [("bob.", BadUsername), (HOST, UsernameTaken)])
def test_nor_is_a_sign_up_finished_with_another_username_that_does(
    context: Context, username: str, error: type[Exception]
) -> None:
    pending = open_link(context, sign_up(context, "alice", ADDRESS, PASSWORD))
    with pytest.raises(error):
        confirm(context, pending, username)
    assert confirm(context, pending, " bob ") == "bob"
    with context.reading() as session:
        assert session.scalars(select(Account.username)).all() == ["bob"]
