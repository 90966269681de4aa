"""Settings as dataclass fields: declare one, and build a dataclass of them."""

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T")
Group = TypeVar("Group", bound="DataclassInstance")
Values = Mapping[str, Any]
"""What was read of each setting, by the setting's name; None for one that is unset and has no default."""

SETTING, GROUP = "setting", "group"  # keys of a field's metadata


@dataclass(frozen=True)
class Derived(Generic[T]):
    """The default of an unset setting: a function of all values, called once they are checked."""

    compute: Callable[[Values], T]


@dataclass(frozen=True)
class Setting:
    """One environment variable. A secret may also come from the file that NAME_FILE points to."""

    name: str
    read: Callable[[str], Any]
    default: str
    """As it would be written in the environment; empty if there is none."""
    meaning: str
    """Its row in the README, in Markdown."""
    secret: bool
    any_bytes: bool
    """True if it need not be UTF-8."""
    unset: Any


def setting(
    name: str,
    read: Callable[[str], T],
    default: str = "",
    *,
    meaning: str,
    unset: T | Derived[T] = cast("Any", MISSING),  # noqa: B008 - a constant
    secret: bool = False,
    hidden: bool = False,
    any_bytes: bool = False,
) -> T:
    """Declare a dataclass field that is read from the environment variable `name`.

    `default` is text that `read` understands. A setting without one says by `unset` what its value is when nobody set
    it. `hidden` keeps a value that is no secret by itself out of the repr. The README shows `meaning`.
    """
    if not default and unset is MISSING:
        raise TypeError(f"{name} needs a default, or `unset`")
    options: dict[str, Any] = {} if isinstance(unset, Derived) else {"default": unset}
    if default:
        options = {"default_factory": lambda: read(default)}
    declared = Setting(name, read, default, meaning, secret, any_bytes, unset)
    return cast("T", field(repr=not (secret or hidden), metadata={SETTING: declared}, **options))


def group(kind: type[Group]) -> Group:
    """Declare a dataclass field that holds a dataclass of settings."""
    return cast("Group", field(metadata={GROUP: kind}))


def settings_in(kind: "type[DataclassInstance]") -> Iterator[Setting]:
    """Yield the settings that a dataclass and its groups declare, in the order of their fields."""
    for one in fields(kind):
        if SETTING in one.metadata:
            yield one.metadata[SETTING]
        elif GROUP in one.metadata:
            yield from settings_in(one.metadata[GROUP])


def build(kind: type[Group], values: Values) -> Group:
    """Build a dataclass of settings from checked values. A field that declares no setting keeps its own default."""
    arguments: dict[str, Any] = {}
    for one in fields(kind):
        if SETTING in one.metadata:
            arguments[one.name] = value_of(one.metadata[SETTING], values)
        elif GROUP in one.metadata:
            arguments[one.name] = build(one.metadata[GROUP], values)
    return kind(**arguments)


def value_of(declared: Setting, values: Values) -> Any:  # noqa: ANN401 - each setting has its own type
    """Return the value of a setting: as read, or what it is when unset."""
    value = values[declared.name]
    if value is not None:
        return value
    return declared.unset.compute(values) if isinstance(declared.unset, Derived) else declared.unset


def secret_texts(settings: "DataclassInstance") -> Iterator[str]:
    """Yield what a dataclass of settings and its groups hold in fields that were declared secret."""
    for one in fields(settings):
        value = getattr(settings, one.name)
        if GROUP in one.metadata:
            yield from secret_texts(value)
        elif SETTING in one.metadata and one.metadata[SETTING].secret:
            yield from map(os.fsdecode, value if isinstance(value, tuple) else (value,))
