"""The one registry of keys: function -> keys, number, texts and the modes it works in.

Router, footer and help read this table and no other, so a function cannot exist without
its key, its number and its help. A key is named by the character it types ("+", "*")
or, if it types none, by Textual's name ("f3", "pageup"): numpad keys differ from
terminal to terminal, their characters do not. A function with a number can be called
by ``/`` + number + Enter as well, so that the numeric pad alone is enough.

A till may rebind any function (``[keys]`` in its configuration: function -> list of
keys). Refused are: a key that two functions of one mode would share, a key that
entries need (digits, the decimal comma), and a function left with keys only that
terminals swallow and no number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeGuard

import msgspec

from app.screens.functions import (
    REGISTRY,
    Function,
    KeyFunction,
    Mode,
)
from app.text import gettext as _
from app.text import mark

CHARACTER_NAMES = {
    "plus": "+", "minus": "-", "asterisk": "*", "slash": "/", "comma": ",", "full_stop": ".", "space": " ",
    "equals_sign": "=", "number_sign": "#", "kp_enter": "enter", "return": "enter", "esc": "escape", "pgup": "pageup",
    "pgdn": "pagedown", "page_up": "pageup", "page_down": "pagedown", "del": "delete", "ins": "insert",
}  # fmt: skip
ENTRY_CHARACTERS = frozenset("0123456789,.")
SWALLOWED = frozenset(
    {"ctrl+a", "ctrl+b", "ctrl+c", "ctrl+q", "ctrl+s", "ctrl+z", "ctrl+f3", "shift+f3"}
    | {f"shift+f{number}" for number in range(1, 9)}
)
"""Keys that tmux, screen, flow control or some terminals keep for themselves."""
MAX_KEYS = 8


class KeymapError(ValueError):
    """The configured keys cannot be used; the message says which and what to do."""


KEYPAD = {"decimal": ",", "divide": "/", "multiply": "*", "subtract": "-", "add": "+"}
"""Keypad keys that terminals with the Kitty protocol may name without a character."""


def key_name(key: str, character: str | None) -> str:
    """How the registry names a pressed key: by its character if it types one."""
    if character is not None and len(character) == 1 and character.isprintable():
        return character
    return KEYPAD.get(key, key)


class Keymap:
    """The registry with a till's own bindings; immutable once built."""

    def __init__(self, overrides: Mapping[str, object] | None = None) -> None:
        """``overrides``: function name -> list of keys, in place of the defaults; ``KeymapError`` if unusable."""
        bound = _rebound(overrides or {})
        self._rows = {row.function: msgspec.structs.replace(row, keys=bound[row.function]) for row in REGISTRY}
        self._by_key = _by_mode_and_key(self._rows)
        self._by_number = {
            (mode, row.number): row for row in self._rows.values() if row.number is not None for mode in row.modes
        }

    def find(self, mode: Mode, key: str, character: str | None) -> Function | None:
        """The function of a pressed key in this mode; None if it is for the entry or for nothing."""
        return self._by_key.get((mode, key_name(key, character)))

    def numbered(self, mode: Mode, number: int) -> KeyFunction | None:
        """The function called by ``/number`` in this mode."""
        return self._by_number.get((mode, number))

    def row(self, function: Function) -> KeyFunction:
        """The registry's row with the keys in force."""
        return self._rows[function]

    def rows(self) -> tuple[KeyFunction, ...]:
        """All rows in the registry's order."""
        return tuple(self._rows.values())

    def shown(self, function: Function) -> str:
        """The function's first key as people write it: ``F3``, ``+``, ``PgUp``; ``/13`` if it has only a number."""
        row = self._rows[function]
        if not row.keys:
            return f"/{row.number:02d}"
        return _written(row.keys[0])


def written_keys(row: KeyFunction) -> str:
    """All ways to call a function, for the help: ``-  F3  /03``."""
    keys = [_written(key) for key in row.keys]
    if row.number is not None:
        keys.append(f"/{row.number:02d}")
    return " ".join(keys)


_WRITTEN = {
    "enter": mark("Enter"), "escape": mark("Esc"), "backspace": mark("Backspace"), "delete": mark("Del"),
    "pageup": mark("PgUp"), "pagedown": mark("PgDn"), "up": mark("Up"), "down": mark("Down"), "ctrl+j": "Ctrl+J",
}  # fmt: skip


def _written(key: str) -> str:
    if key in _WRITTEN:
        return _(_WRITTEN[key])
    if len(key) == 1:
        return key
    return "+".join(part.capitalize() for part in key.split("+"))


def _normal(key: str) -> str:
    key = key if len(key) == 1 else key.lower().strip()
    return CHARACTER_NAMES.get(key, key)


def _rebound(overrides: Mapping[str, object]) -> dict[Function, tuple[str, ...]]:
    bound = {row.function: row.keys for row in REGISTRY}
    numbers = {row.function: row.number for row in REGISTRY}
    for name, keys in overrides.items():
        try:
            function = Function(name)
        except ValueError:
            known = ", ".join(Function)
            raise KeymapError(
                _("keys: there is no function {name!r}; there are {known}").format(name=name, known=known)
            ) from None
        if not _is_key_list(keys):
            raise KeymapError(
                _("keys: {name} needs a list of at most {most} key names").format(name=name, most=MAX_KEYS)
            )
        wanted = tuple(dict.fromkeys(_normal(key) for key in keys))
        if needed := sorted(ENTRY_CHARACTERS.intersection(wanted)):
            raise KeymapError(
                _("keys: {name}: entries need the key {key}; take another").format(name=name, key=needed[0])
            )
        if numbers[function] is None and not any(_reliable(key) for key in wanted):
            raise KeymapError(
                _("keys: {name} needs a key that every terminal passes on, such as F1 to F12").format(name=name)
            )
        bound[function] = wanted
    return bound


def _is_key_list(keys: object) -> TypeGuard[Sequence[str]]:
    return (
        isinstance(keys, list | tuple)
        and len(keys) <= MAX_KEYS
        and all(isinstance(key, str) and key.strip() for key in keys)
    )


def _reliable(key: str) -> bool:
    return key not in SWALLOWED and not key.startswith("alt+")


def _by_mode_and_key(rows: Mapping[Function, KeyFunction]) -> dict[tuple[Mode, str], Function]:
    found: dict[tuple[Mode, str], Function] = {}
    for row in rows.values():
        for mode in row.modes:
            for key in row.keys:
                other = found.setdefault((mode, key), row.function)
                if other is not row.function:
                    raise KeymapError(
                        _("keys: {key} is bound to both {one} and {other}; give one of them another key").format(
                            key=key, one=other.value, other=row.function.value
                        )
                    )
    return found
