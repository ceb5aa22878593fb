"""What is wrong with a value of ``till.toml``, by its own key: the device that it belongs to, and what it may be. Pure.

msgspec says where in the types it was (``devices[...].protocol``) and that a value is none of its enumeration; people
need the name of the table and the words that they may write.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

import msgspec

from app.text import gettext as _

_MAPPED = "[...]"
_CHOICE = re.compile(r"Invalid (?:enum )?value '?(.*?)'?$")
_NO_KIND = "Object missing required field `kind`"


def explained(error: msgspec.ValidationError, tree: object, root: Any) -> tuple[str, str]:
    """Key and reason of why ``tree`` is no ``root``."""
    reason, _at, where = str(error).partition(" - at `$")
    key = where.strip("`.")
    before, mapped, behind = key.partition(_MAPPED)
    if not mapped or not isinstance(tree, Mapping):
        return _told("", key, reason, tree, root)
    entries = get_args(_typed(root, before))[1]
    name, entry = _faulty(tree.get(before), entries)
    return _told(f"{before}.{name}", behind.strip("."), reason, entry, entries)


def _told(table: str, key: str, reason: str, tree: object, kind: Any) -> tuple[str, str]:
    whole = ".".join(part for part in (table, key) if part) or _("top level")
    allowed = _allowed(_one_of(kind, tree), key)
    if reason == _NO_KIND and (kinds := _allowed(_one_of(kind, tree), "kind")):
        return whole, _("kind is missing; there are {allowed}").format(allowed=", ".join(kinds))
    if (given := _CHOICE.match(reason)) is not None and allowed:
        return whole, _("{given} is none of {allowed}").format(given=repr(given[1]), allowed=", ".join(allowed))
    return whole, reason


def _faulty(table: object, kind: Any) -> tuple[str, object]:
    """The entry that is wrong, by name."""
    for name, entry in table.items() if isinstance(table, Mapping) else ():
        try:
            msgspec.convert(entry, kind)
        except msgspec.ValidationError:
            return str(name), entry
    return _MAPPED, None


def _typed(kind: Any, key: str) -> Any:
    return get_type_hints(kind).get(key) if isinstance(kind, type) else None


def _one_of(kind: Any, tree: object) -> Any:
    """Of a tagged union the struct that is meant, if one is."""
    if not isinstance(kind, UnionType):
        return kind
    tag = tree.get("kind") if isinstance(tree, Mapping) else None
    return next((each for each in get_args(kind) if each.__struct_config__.tag == tag), kind)


def _allowed(kind: Any, key: str) -> tuple[str, ...]:
    """What may be written for the key; none: anything of its type."""
    if key == "kind" and isinstance(kind, UnionType):
        return tuple(each.__struct_config__.tag for each in get_args(kind))
    for part in key.split("."):
        kind = _typed(kind, part)
    choices = get_args(kind) if get_origin(kind) is Literal else ()
    return tuple(str(each) or repr(each) for each in choices)
