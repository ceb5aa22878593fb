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
from enum import StrEnum
from typing import TypeGuard

import msgspec

from app.text import gettext as _
from app.text import mark


class Mode(StrEnum):
    """What the entry line is for. The prompt names it; the router alone changes it."""

    SALE = "sale"
    TENDER = "tender"
    VOUCHER = "voucher"
    """A voucher's code to look up."""
    REDEEM = "redeem"
    """A voucher's code to pay with."""
    CONFIRM = "confirm"
    HELP = "help"
    NETWORK = "network"
    """How the network stands, and the sync protocol."""


class Function(StrEnum):
    """What a key can be for; the names are those of the configuration."""

    HELP = "help"
    SEARCH = "search"
    VOID = "void"
    PRICE = "price"
    PARK = "park"
    VOUCHER = "voucher"
    CUSTOMER = "customer"
    CASH = "cash"
    CARD = "card"
    MORE = "more"
    RETURN = "return"
    LOCK = "lock"
    VOID_SALE = "void_sale"
    DISCOUNT = "discount"
    RECEIPT_DISCOUNT = "receipt_discount"
    DRAWER = "drawer"
    X_REPORT = "x_report"
    Z_REPORT = "z_report"
    TRAINING = "training"
    COUPON = "coupon"
    EAT_IN = "eat_in"
    TAKE_AWAY = "take_away"
    NETWORK = "network"
    QUIT = "quit"
    SUBTOTAL = "subtotal"
    MULTIPLY = "multiply"
    BY_NUMBER = "by_number"
    ENTER = "enter"
    ERASE = "erase"
    CLEAR = "clear"
    PAGE_UP = "page_up"
    PAGE_DOWN = "page_down"


ALL_MODES = frozenset(Mode)
SELLING = frozenset({Mode.SALE})
AT_WORK = frozenset({Mode.SALE, Mode.TENDER})
CODES = frozenset({Mode.VOUCHER, Mode.REDEEM})


class KeyFunction(msgspec.Struct, frozen=True):
    """One row of the registry. ``label`` fits the footer (8 characters), ``help`` one line of the help."""

    function: Function
    keys: tuple[str, ...]
    label: str
    help: str
    modes: frozenset[Mode]
    number: int | None = None
    built: bool = True
    """False: planned, keeps its key and place, and says so when pressed."""


REGISTRY: tuple[KeyFunction, ...] = (
    KeyFunction(Function.HELP, ("f1",), mark("Help"), mark("This help"), ALL_MODES, 1),
    KeyFunction(Function.SEARCH, ("f2",), mark("Search"), mark("Search articles"), AT_WORK, 2, built=False),
    KeyFunction(
        Function.VOID,
        ("f3", "-"),
        mark("Void"),
        mark("Void the last line; 4- voids line 4; in payment: take the last payment back"),
        AT_WORK,
        3,
    ),
    KeyFunction(Function.PRICE, ("f4",), mark("Price"), mark("199 F4: the next article costs 1.99"), SELLING, 4),
    KeyFunction(
        Function.PARK,
        ("f5",),
        mark("Park"),
        mark("Park the sale; without a sale: which ones wait; 12 F5: take number 12 up"),
        AT_WORK,
        5,
    ),
    KeyFunction(
        Function.VOUCHER,
        ("f6",),
        mark("Voucher"),
        mark("5000 F6: sell a voucher of 50.00; F6: look one up; in payment: pay with one"),
        AT_WORK | CODES,
        6,
    ),
    KeyFunction(
        Function.CUSTOMER,
        ("f7",),
        mark("Customer"),
        mark("1000 F7: the sale is customer 1000's; 0 F7: nobody's any more"),
        AT_WORK,
        7,
    ),
    KeyFunction(
        Function.CASH, ("f8",), mark("CASH"), mark("To payment; in payment: exact, or 2000 F8: 20.00"), AT_WORK, 8
    ),
    KeyFunction(
        Function.CARD, ("f9",), mark("Card"), mark("To payment; in payment: all by card, or 2000 F9: 20.00"), AT_WORK, 9
    ),
    KeyFunction(Function.MORE, ("f10",), mark("More"), mark("More functions"), AT_WORK, 10, built=False),
    KeyFunction(
        Function.RETURN,
        ("f11",),
        mark("Return"),
        mark("Article, then F11: it comes back without receipt; 3* and a price before it"),
        SELLING,
        11,
    ),
    KeyFunction(Function.LOCK, ("f12",), mark("Lock"), mark("Lock the till"), AT_WORK, 12, built=False),
    KeyFunction(Function.VOID_SALE, (), mark("Void all"), mark("Void the whole sale (asks first)"), AT_WORK, 13),
    KeyFunction(
        Function.DISCOUNT,
        ("%",),
        mark("Discount"),
        mark("5% or 5/ Enter: 5 % off the last line; 0% takes it back"),
        SELLING,
        14,
    ),
    KeyFunction(
        Function.RECEIPT_DISCOUNT,
        (),
        mark("Disc.all"),
        mark("5/15 Enter: 5 % off the whole receipt; 0/15 takes it back"),
        SELLING,
        15,
    ),
    KeyFunction(Function.DRAWER, (), mark("Drawer"), mark("Open the drawer without a sale"), SELLING, 16),
    KeyFunction(Function.X_REPORT, (), mark("X report"), mark("The day's figures so far"), SELLING, 17),
    KeyFunction(Function.Z_REPORT, (), mark("Day end"), mark("Day end without a count (asks first)"), SELLING, 18),
    KeyFunction(Function.TRAINING, (), mark("Training"), mark("Training on or off, between two sales"), SELLING, 19),
    KeyFunction(Function.COUPON, (), mark("Coupon"), mark("The coupon's code, then /20 Enter"), SELLING, 20),
    KeyFunction(Function.EAT_IN, (), mark("Eat in"), mark("The sale is eaten in the house"), SELLING, 21),
    KeyFunction(Function.TAKE_AWAY, (), mark("Away"), mark("The sale is taken away"), SELLING, 22),
    KeyFunction(
        Function.NETWORK,
        ("ctrl+n",),
        mark("Network"),
        mark("Who is connected, what is still to be sent, the sync protocol"),
        AT_WORK | {Mode.NETWORK},
        90,
    ),
    KeyFunction(
        Function.QUIT, ("ctrl+x",), mark("Quit"), mark("Close the till (asks first; an open sale is kept)"), AT_WORK, 99
    ),
    KeyFunction(
        Function.SUBTOTAL,
        ("+",),
        mark("Total"),
        mark("Subtotal, then payment; in payment: exact, or 2000+: 20.00"),
        AT_WORK,
    ),
    KeyFunction(
        Function.MULTIPLY,
        ("*", "x"),
        mark("Qty"),
        mark("3* before an article: three of it; 3* Enter: the last again, 3 times"),
        SELLING,
    ),
    KeyFunction(
        Function.BY_NUMBER, ("/",), mark("Func."), mark("/13 Enter: function 13; 5000/6 Enter: 5000 F6"), ALL_MODES
    ),
    KeyFunction(
        Function.ENTER,
        ("enter", "ctrl+j"),
        mark("Enter"),
        mark("Take the entry; empty in payment: exact cash"),
        ALL_MODES,
    ),
    KeyFunction(
        Function.ERASE,
        ("backspace", "ctrl+h"),
        mark("Erase"),
        mark("Erase the last character; empty: one step back"),
        ALL_MODES,
    ),
    KeyFunction(
        Function.CLEAR, ("escape", "delete"), mark("Clear"), mark("Clear the entry; empty: one step back"), ALL_MODES
    ),
    KeyFunction(Function.PAGE_UP, ("pageup", "up"), mark("Earlier"), mark("Earlier lines"), ALL_MODES),
    KeyFunction(Function.PAGE_DOWN, ("pagedown", "down"), mark("Later"), mark("Later lines"), ALL_MODES),
)

FOOTER = (
    Function.HELP,
    Function.SEARCH,
    Function.VOID,
    Function.PRICE,
    Function.PARK,
    Function.VOUCHER,
    Function.CUSTOMER,
    Function.CASH,
    Function.CARD,
    Function.MORE,
    Function.SUBTOTAL,
    Function.BY_NUMBER,
)
"""What the footer shows, in the same order everywhere."""

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
        self._by_number = {row.number: row for row in self._rows.values() if row.number is not None}

    def find(self, mode: Mode, key: str, character: str | None) -> Function | None:
        """The function of a pressed key in this mode; None if it is for the entry or for nothing."""
        return self._by_key.get((mode, key_name(key, character)))

    def numbered(self, number: int) -> KeyFunction | None:
        """The function called by ``/number``."""
        return self._by_number.get(number)

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
