"""Form letters: of letters that differ in a few words, all else is rendered once, with gaps, and the words are put in.

A template that does more with a word than show it, so that the rest could depend on it, is rendered anew for each.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NoReturn

from jinja2 import Environment, Template, meta, nodes
from markupsafe import escape

MOST = 64  # forms kept at once; a new one begins with each second, in which links end
SAME_FOR_ALL = (bool, int, datetime)
GAP = secrets.token_hex(16)  # nobody can write it into an email
MARK = re.compile(rf"{GAP}-(\w+)-")
Form = tuple[str, ...]
"""Pieces of text, and between each two the name of what is to be put in."""

kept: dict[tuple[Template, str], Form | None] = {}


class NotOnlyShown(Exception):  # noqa: N818 - says what happened
    """A template wanted to know more of a word than how to show it."""


class Gap:
    """Stands where a word is put in later. It can be shown, and refuses whatever else a template may want of it."""

    def __init__(self, name: str) -> None:
        self._mark = f"{GAP}-{name}-"

    def __str__(self) -> str:
        return self._mark

    def __html__(self) -> str:
        """Show it as it is: the word is escaped when it is put in."""
        return self._mark

    def _refuse(self, *_: object) -> NoReturn:
        raise NotOnlyShown

    # What has a length is asked for it to know whether it is true.
    __eq__ = __ne__ = __hash__ = __len__ = __iter__ = __contains__ = __getitem__ = _refuse
    __lt__ = __le__ = __gt__ = __ge__ = __add__ = __radd__ = __mul__ = __mod__ = __call__ = __getattr__ = _refuse


def rendered(template: Template, facts: Mapping[str, Any]) -> str:
    """Render a template; what it shares with the email before is taken from there."""
    words = {name: fact for name, fact in facts.items() if isinstance(fact, str)}
    others = {name: fact for name, fact in facts.items() if name not in words}
    if not all(type(fact) in SAME_FOR_ALL for fact in others.values()) or not shows_only(template):
        return template.render(facts)
    key = template, f"{others!r} {[*words]}"
    if key not in kept:
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = form_of(template, others, words)
    form = kept.get(key)
    return filled(form, words, html=str(template.name).endswith(".html")) if form else template.render(facts)


def form_of(template: Template, others: Mapping[str, Any], words: Mapping[str, str]) -> Form | None:
    """Render a template with gaps for these words; None where it wants to know them."""
    try:
        return tuple(MARK.split(template.render({**others, **{name: Gap(name) for name in words}})))
    except (NotOnlyShown, TypeError):
        return None


def filled(form: Form, words: Mapping[str, str], *, html: bool) -> str:
    """Put words into the gaps."""
    pieces = list(form)
    pieces[1::2] = [escape(words[name]) if html else words[name] for name in form[1::2]]
    return "".join(pieces)


@cache
def shows_only(template: Template) -> bool:
    """Tell whether a template, with all it is made of, has no filter and no test: those see a gap as any other text."""
    return not any(
        changes_words(template.environment, name) for name in parts(template.environment, str(template.name))
    )


def changes_words(environment: Environment, name: str) -> bool:
    return next(environment.parse(source(environment, name)).find_all((nodes.Filter, nodes.Test)), None) is not None


def parts(environment: Environment, name: str) -> Sequence[str]:
    """Return the names of a template and of all that it extends and imports."""
    referred = meta.find_referenced_templates(environment.parse(source(environment, name)))
    return [name, *(part for other in referred if other for part in parts(environment, other))]


def source(environment: Environment, name: str) -> str:
    return environment.loader.get_source(environment, name)[0] if environment.loader else ""
