"""Reading the settings from the environment. Invalid values stop startup, by name."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from microblog.settings.check import find_conflicts
from microblog.settings.data_folder import prepare_data_folder
from microblog.settings.errors import InvalidValue, SettingProblem, SettingsError
from microblog.settings.providers import PRESET_NAMES, apply_preset
from microblog.settings.readers import PublicUrl
from microblog.settings.setting import Setting, build, settings_in
from microblog.settings.site import DEFAULT_PORT, Settings

SHOWN = 60  # characters of a refused value that are repeated back
QUOTES = frozenset({'""', "''", "``", "“”", "„“", "‘’", "«»"})

Kind = TypeVar("Kind", bound=Settings)


def load(environ: Mapping[str, str] | None = None, port: int | None = None) -> Settings:
    """Read and check every setting.

    `port` is the one given on the command line; an unset PUBLIC_URL follows it.

    Raises:
        SettingsError: with every problem found, none of them showing a secret.
    """
    return load_as(Settings, environ, port)


def load_as(kind: type[Kind], environ: Mapping[str, str] | None = None, port: int | None = None) -> Kind:
    """Read and check every setting that `kind` declares, which may be more than `Settings` does. See `load`."""
    environ = os.environ if environ is None else environ
    values, problems = read_all(settings_in(kind), environ)
    values["PUBLIC_URL"] = values["PUBLIC_URL"] or PublicUrl("http", "localhost", port or DEFAULT_PORT)
    values, conflicts = apply_rules(values, problem_names(problems), environ)
    problems = problems + conflicts or prepare_data_folder(values)
    if problems:
        raise SettingsError(problems)
    return build(kind, values)


def read_all(declared: Iterable[Setting], environ: Mapping[str, str]) -> tuple[dict[str, Any], list[SettingProblem]]:
    """Read each setting by itself; an invalid one gets its default, and a problem."""
    values: dict[str, Any] = {}
    problems: list[SettingProblem] = []
    for setting in declared:
        try:
            values[setting.name] = read_setting(setting, environ)
        except SettingProblem as problem:
            problems.append(problem)
            values[setting.name] = setting.read(setting.default) if setting.default else None
    return values, problems


def apply_rules(
    values: Mapping[str, Any], invalid: frozenset[str], environ: Mapping[str, str]
) -> tuple[dict[str, Any], list[SettingProblem]]:
    """Apply the provider's preset, and check the settings against each other. An `invalid` one has its problem."""
    named = {name for name in values if environ.get(name, "").strip()} - invalid
    whole, contradictions = apply_preset(values, named)
    problems = [problem for problem in contradictions if problem.name not in invalid]
    reported = invalid | problem_names(problems) | (PRESET_NAMES if "MAIL_PROVIDER" in invalid else frozenset())
    given = reported | {name for name, value in whole.items() if value is not None}
    return whole, problems + [problem for problem in find_conflicts(whole, given) if problem.name not in reported]


def problem_names(problems: list[SettingProblem]) -> frozenset[str]:
    """Return the settings with a problem, whether they came from a file or not."""
    return frozenset(problem.name.removesuffix("_FILE") for problem in problems)


def read_setting(setting: Setting, environ: Mapping[str, str]) -> Any:  # noqa: ANN401 - each setting has its own type
    """Read one setting from NAME, from the file NAME_FILE points to if it is a secret, or from its default.

    Raises:
        SettingProblem: if the value is invalid.
    """
    name, raw = setting.name, environ.get(setting.name, "").strip()
    path = environ.get(f"{name}_FILE", "").strip() if setting.secret else ""
    if raw and path:
        raise SettingProblem(name, f"it is set twice, also by {name}_FILE", "set once")
    if path:
        raw, name = read_file(name, path), f"{name}_FILE"
    else:
        check_text(setting, raw)
    raw = raw or setting.default
    try:
        return setting.read(raw) if raw else None
    except InvalidValue as invalid:
        shown = "it holds a value that cannot be used" if setting.secret else f"it is {raw[:SHOWN]!r}"
        raise SettingProblem(name, invalid.wrong or shown, invalid.should) from invalid


def check_text(setting: Setting, raw: str) -> None:
    """Refuse bytes that are not text, and quotes that were meant for a shell.

    A shell and systemd take quotes off. `docker --env-file` leaves them on, and a password is wrong by two characters.

    Raises:
        SettingProblem: whatever the reader would make of it.
    """
    if not setting.any_bytes and not is_utf8(raw):
        raise SettingProblem(setting.name, "it is not UTF-8", "text in UTF-8")
    if len(raw) > 1 and raw[0] + raw[-1] in QUOTES:
        file = f", or in a file that {setting.name}_FILE names if they belong to it" if setting.secret else ""
        raise SettingProblem(setting.name, "it is in quotes, which count as part of it", f"without the quotes{file}")


def is_utf8(text: str) -> bool:
    """Tell whether a text from the environment or the command line was UTF-8: other bytes come as lone surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def read_file(name: str, path: str) -> str:
    """Return the content of a NAME_FILE, without the line break editors put at the end."""
    should = "the path of a readable text file that holds the secret and nothing else"
    try:
        raw = Path(path).read_text("utf-8-sig").strip()  # some editors mark UTF-8 by a first character
    except (OSError, UnicodeDecodeError) as error:
        raise SettingProblem(f"{name}_FILE", f"{path!r} cannot be read", should) from error
    if not raw:
        raise SettingProblem(f"{name}_FILE", f"{path!r} is empty", should)
    return raw
