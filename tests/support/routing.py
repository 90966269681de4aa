"""Building a site's addresses, remembered: compiling them for each site anew takes longer than most tests."""

from collections.abc import Callable

import pytest
from werkzeug.routing import Rule

Builder = Callable[..., tuple[str, str]]
Key = tuple[str, str | None, str | None, str, bool]


def remember_builders(patch: pytest.MonkeyPatch) -> None:
    """Let a rule that is spelled like an earlier one use what was compiled for that one."""
    kept: dict[Key, Builder] = {}
    compile_builder: Callable[[Rule, bool], Builder] = Rule._compile_builder

    def remembered(rule: Rule, append_unknown: bool = True) -> Builder:
        key = (rule.rule, rule.subdomain, rule.host, repr(rule.defaults), append_unknown)
        if key not in kept:
            kept[key] = compile_builder(rule, append_unknown)
        return kept[key]

    patch.setattr(Rule, "_compile_builder", remembered)
