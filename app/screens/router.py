"""Keys in, intents out: what every key means, decided in one pure place.

``feed(key, character)`` takes each key the moment it arrives, in order, and gives back
what is wanted; nothing waits in a widget, so nothing overtakes anything. The rules:

1. *Number first, then function*: what was typed belongs to the function that follows.
2. *Modes are explicit* (``Mode``); only this module changes them.
3. *A scan is never money*: an amount has at most seven digits (``amounts.py``).
4. *Barriers*: whether a payment ends the sale is known only when it has been carried out.
   An intent that ``waits`` holds back all later keys (up to ``HELD_KEYS``) until
   ``resolve(mode)`` tells how it ended; then they are taken as if just pressed.
5. *One Enter per scan*: the LF of a scanner's CR LF is no second Enter, else it would pay.
6. *A stroke after a letter belongs to a number*: ``P3-000012`` can be typed, ``4-`` voids line 4.
7. *Nothing is dropped silently*: what cannot be used is answered with ``Refused``, and an
   entry with an unreadable character is refused as a whole rather than shortened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import ClassVar

import msgspec

from app.screens import amounts
from app.screens.keys import Function, KeyFunction, Keymap, Mode, key_name
from app.till.commands import (
    ChooseCustomer,
    ChooseSupply,
    Command,
    GiveDiscount,
    OpenDrawer,
    Pay,
    Redeem,
    ReturnArticle,
    Scan,
    SellVoucher,
    TakeCoupon,
    VoidLine,
    VoidSale,
    XReport,
    ZReport,
)

HELD_KEYS = 4096
"""Keys that may wait behind a barrier; a second of the fastest scanner types 1,000."""
MAX_ENTRY = 256
MAX_LINE_DIGITS = 3
NOBODY = "0"
"""Typed as a customer's number: the sale is nobody's any more."""

_FNC1_KEY, _FNC1 = "ctrl+right_square_bracket", "\x1d"
"""GS1's separator as a terminal delivers it; part of the code."""


class Intent(msgspec.Struct, frozen=True):
    """Base of what comes out. ``waits``: later keys are held until ``Router.resolve``."""

    waits: ClassVar[bool] = False


class Act(Intent, frozen=True):
    """Have the session do something."""

    command: Command


class Settle(Act, frozen=True):
    """A command whose outcome decides the mode: a payment, or voiding the sale."""

    waits: ClassVar[bool] = True


class Repeat(Intent, frozen=True):
    """The article sold last, once more in this quantity."""

    quantity: str


class VoidLast(Intent, frozen=True):
    """Void the line sold last."""


class DiscountLast(Intent, frozen=True):
    """Take a percentage off the line sold last; "0" takes it back."""

    percent: str


class PutAside(Intent, frozen=True):
    """Park the open sale; with none, say which ones wait."""

    waits: ClassVar[bool] = True


class TakeUp(Intent, frozen=True):
    """Take a parked sale up, by its number or the digits at its end."""

    number: str


class TurnTraining(Intent, frozen=True):
    """Training on, or off again."""


class AskPayment(Intent, frozen=True):
    """Go to payment if there is something to pay."""

    waits: ClassVar[bool] = True


class TakeBack(Intent, frozen=True):
    """Take the last payment back; with none, leave payment."""

    waits: ClassVar[bool] = True


class LookUp(Intent, frozen=True):
    """Show what a voucher is worth."""

    code: str


class Turn(Intent, frozen=True):
    """Turn the page: -1 earlier, 1 later."""

    pages: int


class ShowHelp(Intent, frozen=True):
    """Open the help."""


class HideHelp(Intent, frozen=True):
    """Close the help."""


class ShowNetwork(Intent, frozen=True):
    """Show how the network stands."""


class HideNetwork(Intent, frozen=True):
    """Show the sale again."""


class Quit(Intent, frozen=True):
    """Close the screens."""


class Refused(Intent, frozen=True):
    """The key or entry could not be used. ``code`` names a sentence of ``wording.py``; the bell rings."""

    code: str
    value: str = ""


class Entry(msgspec.Struct, frozen=True):
    """What stands in the entry line: ``3*`` (quantity), a price for the next article, and the typed text."""

    text: str = ""
    quantity: str = ""
    price: str = ""
    spoiled: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing at all has been entered."""
        return self == _NOTHING


_NOTHING = Entry()


_ALONE: Mapping[Function, Intent] = {
    Function.SUBTOTAL: AskPayment(),
    Function.DRAWER: Act(OpenDrawer()),
    Function.X_REPORT: Act(XReport()),
    Function.TRAINING: TurnTraining(),
    Function.EAT_IN: Act(ChooseSupply("eat_in")),
    Function.TAKE_AWAY: Act(ChooseSupply("take_away")),
}
"""Functions of the sale that nothing is typed for."""


class Router:
    """The state between two keys: mode, entry and held keys. No I/O, no clock."""

    def __init__(self, keymap: Keymap, minor_digits: int = 2) -> None:
        """``minor_digits``: decimals of the till's currency."""
        self._keymap = keymap
        self._minor_digits = minor_digits
        self._mode = Mode.SALE
        self._below = Mode.SALE
        """The mode that help or a question lies over."""
        self._asked = Function.VOID_SALE
        self._entry = _NOTHING
        self._redeem_amount: str | None = None
        self._waiting = False
        self._held: deque[tuple[str, str | None]] = deque()
        self._after_return = False

    @property
    def mode(self) -> Mode:
        """What the entry line is for now."""
        return self._mode

    @property
    def entry(self) -> Entry:
        """What has been entered so far."""
        return self._entry

    @property
    def asked(self) -> Function:
        """In mode ``CONFIRM``: what Enter would do."""
        return self._asked

    @property
    def redeem_amount(self) -> str | None:
        """In mode ``REDEEM``: how much of the voucher to take; None: as much as is due."""
        return self._redeem_amount

    @property
    def waiting(self) -> bool:
        """Whether keys are being held until ``resolve``."""
        return self._waiting

    def feed(self, key: str, character: str | None) -> list[Intent]:
        """Take one key (Textual's name and the character it types) and say what is wanted."""
        if self._waiting:
            if len(self._held) >= HELD_KEYS:
                return [Refused("too_fast")]
            self._held.append((key, character))
            return []
        return self._out(self._take(key, character))

    def resolve(self, mode: Mode | None = None) -> list[Intent]:
        """The intent that waited is done: go on in ``mode`` (None: as it was) with the keys held meanwhile."""
        self._waiting = False
        if mode is not None:
            self._mode = mode
        wanted: list[Intent] = []
        while self._held and not self._waiting:
            wanted += self._out(self._take(*self._held.popleft()))
        return wanted

    def _out(self, intents: list[Intent]) -> list[Intent]:
        self._waiting = self._waiting or any(intent.waits for intent in intents)
        return intents

    def _take(self, key: str, character: str | None) -> list[Intent]:
        after_return, self._after_return = self._after_return, key == "enter"
        if after_return and key == "ctrl+j":
            return []
        function = self._keymap.find(self._mode, key, character)
        if function is None or (character == "-" and any(typed.isalpha() for typed in self._entry.text)):
            return self._type(key, character)
        return self._press(function)

    # -- typing

    def _type(self, key: str, character: str | None) -> list[Intent]:
        name = key_name(key, character)
        if key == _FNC1_KEY:
            name = _FNC1
        elif len(name) > 1 or name == "\ufffd":
            if character is not None:
                self._entry = msgspec.structs.replace(self._entry, spoiled=True)
                return []
            return [Refused("key_unknown", key)]
        if len(self._entry.text) >= MAX_ENTRY:
            self._entry = msgspec.structs.replace(self._entry, spoiled=True)
            return []
        self._entry = msgspec.structs.replace(self._entry, text=self._entry.text + name)
        return []

    def _clear(self) -> None:
        self._entry = _NOTHING

    def _refuse(self, code: str, value: str = "") -> list[Intent]:
        """Refuse the entry: it goes away, so that the next scan starts clean."""
        self._clear()
        return [Refused(code, value)]

    # -- functions

    def _press(self, function: Function) -> list[Intent]:
        anywhere = self._anywhere(function)
        if anywhere is not None:
            return anywhere
        match self._mode:
            case Mode.SALE:
                return self._in_sale(function)
            case Mode.TENDER:
                return self._in_tender(function)
            case Mode.VOUCHER | Mode.REDEEM:
                return self._in_codes()
            case Mode.CONFIRM:
                return self._confirmed()
            case Mode.HELP:
                return self._step_back() if self._entry.empty else self._refuse("help_open")
            case Mode.NETWORK:
                return self._step_back() if self._entry.empty else self._refuse("network_open")

    def _anywhere(self, function: Function) -> list[Intent] | None:
        """What means the same in every mode; None: the mode decides."""
        row = self._keymap.row(function)
        match function:
            case Function.BY_NUMBER:
                return self._type("/", "/")
            case Function.ERASE:
                return self._erase()
            case Function.CLEAR:
                return self._step_back() if self._entry.empty else self._cleared()
            case Function.PAGE_UP | Function.PAGE_DOWN:
                return [Turn(-1 if function is Function.PAGE_UP else 1)]
            case _ if not row.built:
                return [Refused("not_built", row.label)]
            case _ if self._entry.spoiled:
                return self._refuse("unreadable")
            case Function.ENTER if "/" in self._entry.text:
                return self._numbered()
            case Function.HELP:
                return self._help()
            case Function.NETWORK:
                return self._network()
            case Function.VOID_SALE | Function.QUIT | Function.Z_REPORT:
                return self._ask(function)
        return None

    def _numbered(self) -> list[Intent]:
        """``5000/06`` Enter: the function by its number, with what stood before the stroke."""
        before, _stroke, digits = self._entry.text.partition("/")
        row: KeyFunction | None = None
        if not digits and before:
            row = self._keymap.row(Function.DISCOUNT)
        elif digits.isascii() and digits.isdigit() and len(digits) <= 2:
            row = self._keymap.numbered(int(digits))
        if row is None or self._mode not in row.modes:
            return self._refuse("function_unknown", self._entry.text[:20])
        self._entry = msgspec.structs.replace(self._entry, text=before)
        if not row.built:
            return self._refuse("not_built", row.label)
        return self._press(row.function)

    def _erase(self) -> list[Intent]:
        entry = self._entry
        if entry.text:
            self._entry = msgspec.structs.replace(entry, text=entry.text[:-1])
        elif entry.spoiled:
            self._clear()
        elif entry.price:
            self._entry = msgspec.structs.replace(entry, price="")
        elif entry.quantity:
            self._entry = Entry(text=entry.quantity)
        else:
            return self._step_back()
        return []

    def _cleared(self) -> list[Intent]:
        self._clear()
        return []

    def _step_back(self) -> list[Intent]:
        """From a question to what it lies over, from payment to the sale; in the sale nothing."""
        left, self._mode = (
            self._mode,
            {
                Mode.SALE: Mode.SALE,
                Mode.TENDER: Mode.SALE,
                Mode.VOUCHER: Mode.SALE,
                Mode.REDEEM: Mode.TENDER,
                Mode.CONFIRM: self._below,
                Mode.HELP: self._below,
                Mode.NETWORK: self._below,
            }[self._mode],
        )
        hiding: dict[Mode, Intent] = {Mode.HELP: HideHelp(), Mode.NETWORK: HideNetwork()}
        return [hiding[left]] if left in hiding else []

    def _help(self) -> list[Intent]:
        if self._mode is Mode.HELP:
            self._clear()
            return self._step_back()
        if self._mode is Mode.CONFIRM:
            return self._refuse("answer_first")
        if self._mode is Mode.NETWORK:
            return self._refuse("network_open")
        self._below, self._mode = self._mode, Mode.HELP
        self._clear()
        return [ShowHelp()]

    def _network(self) -> list[Intent]:
        self._clear()
        if self._mode is Mode.NETWORK:
            return self._step_back()
        self._below, self._mode = self._mode, Mode.NETWORK
        return [ShowNetwork()]

    def _ask(self, function: Function) -> list[Intent]:
        self._below, self._mode, self._asked = self._mode, Mode.CONFIRM, function
        self._clear()
        return []

    def _confirmed(self) -> list[Intent]:
        if not self._entry.empty:
            return self._refuse("answer_first")
        self._mode = self._below
        if self._asked is Function.QUIT:
            return [Quit()]
        return [Settle(ZReport() if self._asked is Function.Z_REPORT else VoidSale())]

    # -- the sale

    def _in_sale(self, function: Function) -> list[Intent]:
        entry = self._entry
        match function:
            case Function.ENTER:
                return self._sell()
            case Function.MULTIPLY:
                return self._multiply()
            case Function.PRICE:
                return self._price()
            case Function.RETURN:
                return self._return()
        if entry.quantity or entry.price:
            return [Refused("entry_open")]
        wanted = self._on_sale(function)
        if wanted is not None:
            return wanted
        if not entry.text:
            if function in (Function.CASH, Function.CARD):
                return [AskPayment()]
            self._mode = Mode.VOUCHER
            return []
        if function is Function.VOUCHER and not _only_amount(entry.text):
            self._clear()
            return [LookUp(entry.text)]
        return self._with_amount(Act if function is Function.VOUCHER else Settle, function)

    def _on_sale(self, function: Function) -> list[Intent] | None:
        """Functions of the sale that take no money; None for those that do."""
        entry = self._entry
        match function:
            case Function.VOID:
                return self._void_line()
            case Function.PARK:
                return self._park()
            case Function.CUSTOMER:
                return self._customer()
            case Function.DISCOUNT | Function.RECEIPT_DISCOUNT:
                return self._discount(function)
            case Function.COUPON:
                return self._coupon()
            case _ if function in _ALONE:
                return [Refused("entry_open")] if entry.text else [_ALONE[function]]
        return None

    def _sell(self) -> list[Intent]:
        entry = self._entry
        if entry.text:
            self._clear()
            return [Act(Scan(code=entry.text, quantity=entry.quantity or "1", price=entry.price or None))]
        if entry.price:
            return [Refused("entry_open")]
        if entry.quantity:
            self._clear()
            return [Repeat(entry.quantity)]
        return []

    def _return(self) -> list[Intent]:
        entry = self._entry
        if not entry.text:
            return [Refused("return_first")]
        self._clear()
        quantity, price = entry.quantity or "1", entry.price or None
        return [Act(ReturnArticle(code=entry.text, quantity=quantity, price=price))]

    def _multiply(self) -> list[Intent]:
        quantity = amounts.quantity(self._entry.text)
        if quantity is None or self._entry.quantity:
            return self._refuse("no_quantity", self._entry.text[:20])
        self._entry = msgspec.structs.replace(self._entry, text="", quantity=quantity)
        return []

    def _price(self) -> list[Intent]:
        if not self._entry.text:
            return [Refused("price_first")]
        try:
            price = amounts.amount(self._entry.text, self._minor_digits)
        except amounts.NotAnAmount as fault:
            return self._refuse(fault.code, self._entry.text[:20])
        self._entry = msgspec.structs.replace(self._entry, text="", price=price)
        return []

    def _void_line(self) -> list[Intent]:
        text = self._entry.text
        if not text:
            return [VoidLast()]
        if not (text.isascii() and text.isdigit() and len(text) <= MAX_LINE_DIGITS):
            return self._refuse("no_line", text[:20])
        self._clear()
        return [Act(VoidLine(line=str(int(text))))]

    def _park(self) -> list[Intent]:
        text = self._entry.text
        if not text:
            return [PutAside()]
        self._clear()
        return [TakeUp(text)]

    def _coupon(self) -> list[Intent]:
        text = self._entry.text
        if not text:
            return [Refused("coupon_first")]
        self._clear()
        return [Act(TakeCoupon(code=text))]

    def _customer(self) -> list[Intent]:
        text = self._entry.text
        if not text:
            return [Refused("customer_first")]
        self._clear()
        return [Act(ChooseCustomer(no=None if text == NOBODY else text))]

    def _discount(self, function: Function) -> list[Intent]:
        percent = amounts.percent(self._entry.text)
        if percent is None:
            return self._refuse("no_percent", self._entry.text[:20])
        self._clear()
        return [DiscountLast(percent)] if function is Function.DISCOUNT else [Act(GiveDiscount(percent=percent))]

    def _with_amount(self, kind: type[Act], function: Function) -> list[Intent]:
        text = self._entry.text
        try:
            value = amounts.amount(text, self._minor_digits)
        except amounts.NotAnAmount as fault:
            return self._refuse(fault.code, text[:20])
        self._clear()
        if function is Function.VOUCHER:
            return [kind(SellVoucher(value=value))]
        return [kind(Pay(tender="card" if function is Function.CARD else "cash", amount=value))]

    # -- payment

    def _in_tender(self, function: Function) -> list[Intent]:
        text = self._entry.text
        match function:
            case Function.VOID:
                return self._refuse("amount_open", text[:20]) if text else [TakeBack()]
            case Function.VOUCHER:
                return self._to_redeem()
            case Function.PARK:
                return self._refuse("amount_open", text[:20]) if text else [PutAside()]
            case Function.CUSTOMER:
                return self._customer()
        if not text:
            return [Settle(Pay(tender="card" if function is Function.CARD else "cash"))]
        if function is Function.ENTER and not _only_amount(text):
            self._clear()
            return [Settle(Redeem(code=text))]
        return self._with_amount(Settle, Function.CARD if function is Function.CARD else Function.CASH)

    def _to_redeem(self) -> list[Intent]:
        text = self._entry.text
        self._redeem_amount = None
        if text and not _only_amount(text):
            self._clear()
            return [Settle(Redeem(code=text))]
        if text:
            try:
                self._redeem_amount = amounts.amount(text, self._minor_digits)
            except amounts.NotAnAmount as fault:
                return self._refuse(fault.code, text[:20])
        self._clear()
        self._mode = Mode.REDEEM
        return []

    # -- voucher codes

    def _in_codes(self) -> list[Intent]:
        """Enter or the voucher key; no other functions exist in these modes."""
        text, redeeming = self._entry.text, self._mode is Mode.REDEEM
        if not text:
            return [Refused("code_first")]
        self._clear()
        self._mode = Mode.TENDER if redeeming else Mode.SALE
        if redeeming:
            return [Settle(Redeem(code=text, amount=self._redeem_amount))]
        return [LookUp(text)]


def _only_amount(text: str) -> bool:
    """Whether the entry can only be meant as an amount: no letter in it."""
    return not any(character.isalpha() for character in text)
