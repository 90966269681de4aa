"""What emails share is rendered once; what comes out is what the template alone would have made, to the email."""

from collections.abc import Mapping
from typing import Any

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, Template, UndefinedError, select_autoescape

from microblog.mail import form_letters
from microblog.mail.form_letters import rendered, shows_only
from support.clock import NOON

HTML, TEXT = "body.html", "body.txt"
SHOWN = (
    "Dear {{ name }},",
    "<a href='{{ name }}'>{{ name }}</a> {{ minutes }} {{ 'minute' if minutes == 1 else 'minutes' }}",
    "{{ at.strftime('%H:%M') }} {{ name ~ '!' }}",
    "{% macro p() %}<p>{{ caller() }}</p>{% endmacro %}{% call p() %}{{ name }}{% endcall %}",
)
LOOKED_INTO = (
    "{% if name %}{{ name }}{% endif %}",
    "{% if name == 'bob' %}B{% else %}not B{% endif %}",
    "{% for char in name %}{{ char }}.{% endfor %}",
    "{{ name.upper() }}",
    "{{ name[0] }}",
    "{{ name + '!' }}",
    "{{ name * 2 }}",
    "{{ 'o' in name }}",
    "{{ name | upper }}",
    "{{ name | trim }}",
    "{{ 'yes' if name is string }}",
    "{{ 'yes' if name < 'c' }}",
)
NAMES = ("bob", "alice & <i>Bob</i>", "", " carol ")


def template(source: str, name: str = HTML, **others: str) -> Template:
    loader = DictLoader({name: source, **others})
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=select_autoescape(["html"]))
    return environment.get_template(name)


def facts(name: str, minutes: int = 10) -> Mapping[str, Any]:
    return {"name": name, "minutes": minutes, "at": NOON}


@pytest.mark.parametrize("file", [HTML, TEXT])
@pytest.mark.parametrize("source", [*SHOWN, *LOOKED_INTO])
def test_each_email_reads_as_if_it_were_rendered_alone(source: str, file: str) -> None:
    made = template(source, file)
    for name in (name for name in NAMES if name or "[0]" not in source):
        assert rendered(made, facts(name)) == made.render(facts(name))


def test_what_only_differs_in_words_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made, given = template(SHOWN[0]), []
    alone = made.render

    def count(facts: Mapping[str, Any]) -> str:
        given.append(facts)
        return alone(facts)

    monkeypatch.setattr(made, "render", count)
    assert [rendered(made, facts(name)) for name in ("bob", "eve")] == ["Dear bob,", "Dear eve,"]
    assert len(given) == 1


def test_what_differs_in_more_than_words_is_not_mixed_up() -> None:
    made = template(SHOWN[1])
    assert [rendered(made, facts("bob", minutes)) for minutes in (1, 10, 1)] == [
        made.render(facts("bob", minutes)) for minutes in (1, 10, 1)
    ]


def test_an_email_with_lists_is_rendered_alone() -> None:
    made, names = template("{{ names[0] }} {{ name }}"), ["bob"]
    assert rendered(made, {"name": "eve", "names": names}) == "bob eve"
    names[0] = "carol"
    assert rendered(made, {"name": "eve", "names": names}) == "carol eve"


def test_a_filter_in_a_part_counts_as_one_in_the_email() -> None:
    parts = "{% macro loud(words) %}{{ words | upper }}{% endmacro %}"
    made = template("{% from 'parts.html' import loud %}{{ loud(name) }}", **{"parts.html": parts})
    assert not shows_only(made)
    assert rendered(made, facts("bob")) == "BOB"


def test_a_name_that_nobody_gave_fails_as_ever() -> None:
    with pytest.raises(UndefinedError):
        rendered(template("{{ nobody }} {{ name }}"), facts("bob"))


def test_no_word_of_an_email_is_kept() -> None:
    rendered(template("{{ name }}"), facts("a secret link"))
    assert "a secret link" not in repr(form_letters.kept)


def test_not_more_than_so_many_forms_are_kept() -> None:
    made = template(SHOWN[1])
    for minutes in range(form_letters.MOST + 10):
        rendered(made, facts("bob", minutes))
    assert len(form_letters.kept) <= form_letters.MOST
