"""A link that only this test declares is opened, shown and performed as all others are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Response
from jinja2 import ChoiceLoader, DictLoader
from sqlalchemy.orm import Session
from wtforms import BooleanField
from wtforms.validators import InputRequired

from microblog.identity import Account
from microblog.links import EmailedAction, GenuineLink, LinkProblem, Links, Needs
from microblog.web.emailed_actions import LinkPage, register_link
from microblog.web.forms import BaseForm, FormPage
from support.community import add_member
from support.running import RunningSite
from support.visitor import Answer, Visitor

TEMPLATE = """
{% extends 'base.html' %}
{% from 'account/parts.html' import sure %}
{% from 'parts.html' import csrf, errors_of %}
{% block title %}Poke{% endblock %}
{% block main %}
<h1>Poke</h1>{{ errors_of(form) }}
<form method="post">{{ csrf() }}<input type="hidden" name="number" value="{{ account.id }}">
{{ sure(form.sure) }}<button>Poke {{ account.username }}</button></form>
{% endblock %}
"""


def poke_state(account: Account) -> tuple[str]:
    return (account.email_key,)


POKE = EmailedAction("poke", "/poke", timedelta(hours=1), poke_state, needs=Needs.TICK)


@dataclass(frozen=True)
class OpenedPoke:
    """A poke whose link was opened."""

    link: GenuineLink
    account: Account


def open_poke(session: Session, link: GenuineLink, now: datetime) -> OpenedPoke:
    account = session.get(Account, link.subject)
    if account is None or not link.matches(account):
        raise link.refused(LinkProblem.USED)
    if link.has_expired(now):
        raise link.refused(LinkProblem.EXPIRED)
    return OpenedPoke(link, account)


class PokeForm(BaseForm):
    """The button, and a box to tick."""

    sure = BooleanField("Yes", [InputRequired("Please tick the box.")])


def press_poke(form: PokeForm, opened: OpenedPoke) -> Response:
    return Response(f"{opened.account.username} was poked: {form.sure.data}")


PAGE = LinkPage(
    POKE,
    "poke",
    FormPage("poke.html", PokeForm),
    open_poke,
    lambda opened: {"account": opened.account},
    press_poke,
    "account/link_over.html",
)


@pytest.fixture
def poking(tmp_path: Path, database_url: str) -> Iterator[RunningSite]:
    """A site that has the page of this link."""
    running = RunningSite(tmp_path / "data", database_url)
    loader = running.app.jinja_loader
    assert loader
    running.app.jinja_loader = ChoiceLoader([DictLoader({"poke.html": TEMPLATE}), loader])
    register_link(running.app, PAGE)
    yield running.start(deliver=False)
    running.stop()


def poke_link(site: RunningSite, username: str) -> str:
    account_id = add_member(site.database, username)
    links = Links(site.settings)
    with site.database.reading() as session:
        account = session.get_one(Account, account_id)
    token = links.sign(POKE, account_id, account, expires=site.clock() + timedelta(hours=1))
    return links.url(POKE, token).removeprefix(site.base)


def press(visitor: Visitor, page: Answer, **fields: str) -> Answer:
    shown = {"csrf_token": visitor.token_in(page), "number": page.value_of("number") or ""}
    return visitor.post("/poke", {**shown, **fields})


def test_it_is_opened_shown_and_performed(poking: RunningSite) -> None:
    link, visitor = poke_link(poking, "alice"), poking.visitor()
    opened = visitor.get(link, follow=False)
    assert (opened.status, opened.headers["Location"]) == (303, "/poke")
    page = visitor.get("/poke")
    assert (page.status, page.title) == (200, "Poke")
    assert link.rpartition("/")[2] not in page.text
    assert press(visitor, page, sure="y").text == "alice was poked: True"
    assert visitor.get("/poke").status == 400  # the press took the link out of the session


def test_nothing_is_performed_without_the_tick_the_token_of_the_form_or_the_link(poking: RunningSite) -> None:
    link, visitor = poke_link(poking, "alice"), poking.visitor()
    page = visitor.get(link)
    assert press(visitor, page).status == 422
    assert press(visitor, page, sure="y", csrf_token="altered").status == 400
    assert poking.visitor().get("/poke").title == "Please open the link in the email"
    assert press(visitor, page, sure="y").text == "alice was poked: True"


def test_a_page_of_another_tab_performs_nothing_for_the_link_opened_since(poking: RunningSite) -> None:
    first, second, visitor = poke_link(poking, "alice"), poke_link(poking, "bob"), poking.visitor()
    page = visitor.get(first)
    visitor.get(second)
    answer = press(visitor, page, sure="y")
    assert answer.status == 409
    assert "You opened another link" in answer.words
    assert press(visitor, answer, sure="y").text == "bob was poked: True"


def test_a_form_that_does_not_say_which_link_it_was_shown_for_is_for_the_one_that_is_open(poking: RunningSite) -> None:
    link, visitor = poke_link(poking, "alice"), poking.visitor()
    page = visitor.get(link)
    assert press(visitor, page, sure="y", number="").text == "alice was poked: True"


def test_a_link_that_is_not_genuine_used_or_expired_says_so(poking: RunningSite) -> None:
    link, visitor = poke_link(poking, "alice"), poking.visitor()
    assert visitor.get(f"{link[:-3]}abc").status == 400
    with poking.database.writing() as session:
        session.query(Account).update({"email_key": "new@example.com"})
    assert (visitor.get(link).status, visitor.get(link).title) == (410, "This link has been used or replaced")
    late = poke_link(poking, "bob")
    poking.clock.move(hours=1)
    assert (visitor.get(late).status, visitor.get(late).title) == (410, "This link has expired")
