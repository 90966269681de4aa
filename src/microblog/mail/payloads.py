"""Encode the payload of an email, a frozen dataclass, as JSON and read it back by the types of its fields.

Fields may be text, numbers, booleans, datetimes, enums, tuples of one type (`tuple[X, ...]`), further such dataclasses,
and any of these or None. A field with a default may be missing in a row that an older version queued.
"""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from types import NoneType, UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

PayloadT = TypeVar("PayloadT")
Decoder = Callable[[Any], Any]
SAME_IN_JSON = (str, int, bool, float)


def encode_payload(payload: object) -> dict[str, Any]:
    """Return the fields of a payload as JSON has them."""
    return {each.name: encode(getattr(payload, each.name)) for each in fields(payload)}  # type: ignore[arg-type]


def encode(value: Any) -> Any:  # noqa: ANN401 - JSON holds many types
    """Return one value as JSON has it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    return encode_payload(value) if is_dataclass(value) else value


class UnreadablePayload(Exception):  # noqa: N818 - said of the row, by name
    """A row's payload doesn't fit the type of its email."""


def payload_decoder(payload_type: type[PayloadT]) -> Callable[[Mapping[str, Any]], PayloadT]:
    """Return what reads payloads of a type. It raises UnreadablePayload where a field is missing that has no default.

    Raises:
        TypeError: for what is no frozen dataclass, and for a field of a type that can't be read back.
    """
    if not is_dataclass(payload_type) or not payload_type.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        raise TypeError(f"{payload_type.__name__} is no frozen dataclass")
    hints = get_type_hints(payload_type)
    decoders = {each.name: decoder_of(hints[each.name]) for each in fields(payload_type)}

    def decode(encoded: Mapping[str, Any]) -> PayloadT:
        known = {name: decoders[name](value) for name, value in encoded.items() if name in decoders}
        try:
            return payload_type(**known)
        except TypeError as error:
            raise UnreadablePayload(payload_type.__name__) from error

    return decode


def decoder_of(hint: Any) -> Decoder:  # noqa: ANN401 - type hints have no common type
    """Return what reads values of a type."""
    if hint in SAME_IN_JSON:
        return decode_plain
    if hint is datetime:
        return datetime.fromisoformat
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if isinstance(hint, type) and is_dataclass(hint):
        return payload_decoder(hint)
    return decoder_of_generic(hint)


def decoder_of_generic(hint: Any) -> Decoder:  # noqa: ANN401
    """Return what reads values of a type made of others."""
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - the type and the dots
        item = decoder_of(args[0])
        return lambda values: tuple(item(value) for value in values)
    if origin in (Union, UnionType) and NoneType in args:
        (some,) = (arg for arg in args if arg is not NoneType)
        present = decoder_of(some)
        return lambda value: None if value is None else present(value)
    raise TypeError(f"a payload can't hold {hint}")


def decode_plain(value: Any) -> Any:  # noqa: ANN401 - JSON holds many types
    """Return a value that JSON has as Python has it."""
    return value
