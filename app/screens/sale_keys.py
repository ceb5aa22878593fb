"""What a key means while goods are rung up and paid: number first, then function. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from app.domain import statement
from app.domain.voucher import TOKEN
from app.screens import amounts
from app.screens.functions import Function, Mode
from app.screens.intents import (
    Act,
    AskPayment,
    DiscountLast,
    Intent,
    LookUp,
    PayQuick,
    PutAside,
    Refused,
    Repeat,
    Settle,
    TakeBack,
    TakeUp,
    TurnTraining,
    VoidLast,
)
from app.screens.typing_keys import Typing
from app.till.commands import (
    ChooseCustomer,
    ChooseSupply,
    GiveDiscount,
    OpenDrawer,
    Pay,
    Redeem,
    ReturnArticle,
    Scan,
    SellVoucher,
    TakeCoupon,
    VoidLine,
)

MAX_LINE_DIGITS = 3
NOBODY = "0"
"""Typed as a customer's number: the sale is nobody's any more."""
_ALONE: Mapping[Function, Intent] = {
    Function.SUBTOTAL: AskPayment(),
    Function.DRAWER: Act(OpenDrawer()),
    Function.TRAINING: TurnTraining(),
    Function.EAT_IN: Act(ChooseSupply("eat_in")),
    Function.TAKE_AWAY: Act(ChooseSupply("take_away")),
}
"""Functions of the sale that nothing is typed for."""


class SaleKeys(Typing):
    """Sale, payment, and the code of a voucher to pay with."""

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
            return self._start(Function.VOUCHERS)
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
        if statement.looks_like_one(entry.text):
            if entry.quantity or entry.price:
                return self._refuse("entry_open")
            self._clear()
            return [_slip(entry.text) or LookUp(entry.text)]
        if entry.text:
            self._clear()
            return [Act(Scan(code=entry.text, quantity=entry.quantity or None, price=entry.price or None))]
        if entry.price:
            return [Refused("entry_open")]
        if entry.quantity:
            self._clear()
            return [Repeat(entry.quantity)]
        return []

    def _return(self) -> list[Intent]:
        entry = self._entry
        if entry.empty:
            return self._start(Function.RETURNS)
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
        if self._entry.empty:
            return self._start(Function.CORRECT)
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
            return self._start(Function.COUPONS)
        self._clear()
        return [Settle(TakeCoupon(code=text))]

    def _customer(self) -> list[Intent]:
        text = self._entry.text
        if not any(character.isdigit() for character in text):
            return self._start(Function.CUSTOMERS)  # nothing, or the beginning of a name
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
        if function is not Function.CARD and (number := amounts.quick_number(text)):
            self._clear()
            return [PayQuick(number)]
        if function is Function.ENTER and self._pace.by_scanner and amounts.may_be_minor(text):
            self._clear()
            return [_no_money(text)]
        if function is Function.ENTER and not _only_amount(text):
            self._clear()
            return [_slip(text) or Settle(Redeem(code=text))]
        return self._with_amount(Settle, Function.CARD if function is Function.CARD else Function.CASH)

    def _read_in_sale(self, code: str) -> list[Intent]:
        """A device has read this in sale or payment."""
        entry = self._entry
        if self._mode is not Mode.SALE and not entry.empty:
            return [Refused("amount_open" if self._mode is Mode.TENDER else "entry_open")]
        if entry.text or entry.spoiled:
            return [Refused("entry_open")]
        if self._mode is Mode.TENDER:
            return [_slip(code) or Settle(Redeem(code=code))] if not _only_amount(code) else [_no_money(code)]
        self._entry = msgspec.structs.replace(entry, text=code)
        return self._sell() if self._mode is Mode.SALE else self._in_redeem()

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

    def _in_redeem(self) -> list[Intent]:
        """Enter or the voucher key; no other functions exist in this mode."""
        text = self._entry.text
        if not text:
            return [Refused("code_first")]
        self._clear()
        self._mode = Mode.TENDER
        return [Settle(Redeem(code=text, amount=self._redeem_amount))]


def _slip(text: str) -> Intent | None:
    """What scanning a slip's symbol means in every mode; None for a voucher's, and for what is no statement."""
    try:
        kind = statement.read(text).statement.kind
    except statement.Unreadable:
        return None
    if kind == statement.COUPON:
        return Settle(TakeCoupon(code=text))
    return Settle(Redeem(code=text)) if kind == TOKEN else None


def _no_money(code: str) -> Refused:
    """A code where an amount belongs."""
    return Refused("scan_is_no_money", code[:20])


def _only_amount(text: str) -> bool:
    """Whether the entry can only be meant as an amount: no letter in it."""
    return not any(character.isalpha() for character in text)
