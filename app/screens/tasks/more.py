"""Every function that works now, by name: whoever does not know its key finds it here, and calls it with Enter.

What stood in the entry line belongs to the function that is chosen, as if its key had been pressed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.screens.functions import Function, KeyFunction, Mode
from app.screens.keys import Keymap
from app.screens.tasks.choosing import Choice, Choose, Column, Found, Picked
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.steps import Finished, Outcome
from app.screens.tasks.tenders import pay
from app.text import gettext as _
from app.text import mark

GROUPS: Mapping[str, tuple[Function, ...]] = {
    mark("Sale"): (
        Function.PRICE, Function.DISCOUNT, Function.RECEIPT_DISCOUNT, Function.CORRECT, Function.TARE, Function.COUPON,
        Function.COUPONS, Function.VOID, Function.VOID_SALE, Function.RETURN, Function.RETURNS, Function.PARK,
        Function.PARKED, Function.SPLIT, Function.EAT_IN, Function.TAKE_AWAY, Function.COST_CENTRE,
    ),
    mark("Payment"): (
        Function.CASH, Function.CARD, Function.TENDERS, Function.VOUCHER, Function.VOUCHERS, Function.INVOICE,
        Function.DELIVERY_NOTE, Function.DIGITAL,
    ),
    mark("Goods"): (Function.SEARCH, Function.PAGES, Function.ORDERS),
    mark("People"): (
        Function.CUSTOMER, Function.CUSTOMERS, Function.APPROVE, Function.LOGIN, Function.LOCK, Function.USERS,
    ),
    mark("Cash"): (
        Function.DRAWER, Function.CASH_MOVEMENTS, Function.COUNT, Function.X_REPORT, Function.Z_REPORT,
        Function.REPORTS,
    ),
    mark("Till"): (
        Function.HELP, Function.TRAINING, Function.NETWORK, Function.RELEASE, Function.DEVICES, Function.KEYBOARD,
        Function.SETTINGS, Function.LANGUAGE, Function.THEME, Function.GATE, Function.QUIT,
    ),
}  # fmt: skip
"""In the order of the list. A test sees to it that every function with a number has its place."""


async def more(desk: Desk, given: Given) -> None:
    """Search by number, name, or a word of what it does; in payment the other ways to pay come first."""
    if given.mode is Mode.TENDER and not await pay(desk, given, more=True):
        return
    keymap = Keymap(desk.services.keys)
    rows = _rows(keymap, given.mode)

    async def find(text: str) -> Found:
        return Found([_choice(group, row, keys) for group, row, keys in _fitting(rows, text)])

    columns = (Column(_("No."), 3, numeric=True), Column(_("Key"), 8), Column("", 9), Column(_("Function"), 9))
    picked = await desk.choose(
        _Functions(
            keymap,
            given.mode,
            _("All functions"),
            (*columns, Column(_("What it does"), 0)),
            find=find,
            prompt=_("Number or a word, then Enter"),
            empty=_("No function is called so."),
        )
    )
    if picked is not None:
        desk.then = picked.value


class _Functions(Choose):
    """A list in which a function key means what it means without the list."""

    def __init__(self, keymap: Keymap, mode: Mode, *about: Any, **more: Any) -> None:
        super().__init__(*about, **more)
        self._keymap = keymap
        self._mode = mode

    def act(self, slot: int, text: str) -> Outcome:
        """F5: park."""
        function = self._keymap.find(self._mode, f"f{slot}", None)
        if function is None:
            return super().act(slot, text)
        return Finished(Picked(function))


def _rows(keymap: Keymap, mode: Mode) -> list[tuple[str, KeyFunction, str]]:
    """Group, row and key of each function that works in this mode."""
    found = []
    for group, functions in GROUPS.items():
        for function in functions:
            row = keymap.row(function)
            if mode in row.modes:
                found.append((_(group), row, keymap.shown(function) if row.keys else ""))
    return found


def _fitting(rows: list[tuple[str, KeyFunction, str]], text: str) -> list[tuple[str, KeyFunction, str]]:
    wanted = text.strip().removeprefix("/").casefold()
    if wanted.isascii() and wanted.isdigit():
        number = wanted.lstrip("0")
        found = [each for each in rows if str(each[1].number).startswith(number)]
        return sorted(found, key=lambda each: str(each[1].number) != number)
    words = wanted.split()
    searched = [(each, f"{each[0]} {_(each[1].label)} {_(each[1].help)} {each[2]}".casefold()) for each in rows]
    return [each for each, said in searched if all(word in said for word in words)]


def _choice(group: str, row: KeyFunction, keys: str) -> Choice:
    cells = (f"{row.number:02d}" if row.number is not None else "", keys, group, _(row.label), _(row.help))
    return Choice(cells, row.function, _(row.help))
