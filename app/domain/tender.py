"""Tenders (Zahlarten), exchange rates and cash rounding; values of reference data.

A till knows the tenders of ``DEFAULT_TENDERS`` from the start; reference data changes, adds and switches off
(``tenders_of``). Rates are decimal text and reckoned with as fractions of integers, never as floats: the
amount in the till's currency is rounded half up to its minor unit (``home_of``).

Cash rounding: what is due in cash is rounded to what coins can pay (``rounded``); change is given in coins too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from app.domain.instant import parse_day
from app.domain.money import MINOR_DIGITS, divide_half_up, minor_digits

TenderKind = Literal[
    "cash", "foreign_cash", "cheque", "card", "voucher", "token", "customer_credit", "delivery_note", "purse",
    "bonus_purse", "cost_centre", "other",
]  # fmt: skip


class Tender(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A way to pay. ``excess`` says what becomes of more than is due: it is refused, given back as cash, or a tip."""

    tender: str
    name: str
    kind: TenderKind
    currency: str = ""
    """Of foreign cash: its ISO code."""
    excess: Literal["refuse", "change", "tip"] = "refuse"
    change_limit_minor: int = 0
    """Most that is given back; 0: no limit."""
    refundable: bool = True
    """Whether money for returned goods may be given back this way."""
    needs_reference: bool = False
    opens_drawer: bool = False
    active: bool = True
    order: int = 0

    @property
    def key(self) -> str:
        return self.tender

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not _ID.fullmatch(self.tender):
            raise ValueError("tender: 1 to 30 small letters, digits and underscores")
        if not self.name.strip() or len(self.name) > MAX_NAME:
            raise ValueError(f"name: 1 to {MAX_NAME} characters")
        if self.currency and self.currency not in MINOR_DIGITS:
            raise ValueError(f"currency: unknown {self.currency!r}")
        if bool(self.currency) != (self.kind == "foreign_cash"):
            raise ValueError("currency: foreign cash has one, and nothing else has")
        if self.change_limit_minor < 0:
            raise ValueError("change_limit_minor: at least 0")


class ExchangeRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on one unit of the currency is worth ``rate`` of the till's currency (decimal text: "1.0432")."""

    currency: str
    valid_from: str
    rate: str
    source: str = ""

    @property
    def key(self) -> str:
        return f"{self.currency}/{self.valid_from}"

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        _check_dated(self.currency, self.valid_from)
        fraction_of(self.rate)
        if len(self.source) > MAX_NAME:
            raise ValueError(f"source: at most {MAX_NAME} characters")


class CashRounding(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """From this day on cash totals in the currency are rounded to multiples of ``step_minor`` (0 or 1: none)."""

    currency: str
    valid_from: str
    step_minor: int
    country: str = ""

    @property
    def key(self) -> str:
        return f"{self.currency}/{self.valid_from}"

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        _check_dated(self.currency, self.valid_from)
        if not 0 <= self.step_minor <= MAX_STEP_MINOR:
            raise ValueError(f"step_minor: 0 to {MAX_STEP_MINOR}")


CASH_KINDS = ("cash", "foreign_cash")
MONEY_KINDS = (*CASH_KINDS, "cheque", "card", "other")
"""Tenders that need nobody to be asked; only these may hold a tip."""

MAX_NAME = 40
MAX_STEP_MINOR = 1000
_ID = re.compile(r"[a-z0-9_]{1,30}")
_RATE = re.compile(r"([0-9]{1,7})(?:\.([0-9]{1,10}))?")


def _default(tenders: Iterable[Tender]) -> Mapping[str, Tender]:
    numbered = (msgspec.structs.replace(tender, order=10 * place) for place, tender in enumerate(tenders, 1))
    return {tender.tender: tender for tender in numbered}


DEFAULT_TENDERS = _default((
    Tender("cash", "Cash", "cash", excess="change", opens_drawer=True),
    Tender("card", "Card", "card"),
    Tender("girocard", "girocard", "card"),
    Tender("visa", "Visa", "card"),
    Tender("mastercard", "Mastercard", "card"),
    Tender("amex", "American Express", "card"),
    Tender("chf", "Swiss francs", "foreign_cash", "CHF", excess="change", refundable=False, opens_drawer=True),
    Tender("usd", "US dollars", "foreign_cash", "USD", excess="change", refundable=False, opens_drawer=True),
    Tender("gbp", "Pounds sterling", "foreign_cash", "GBP", excess="change", refundable=False, opens_drawer=True),
    Tender("eur", "Euro", "foreign_cash", "EUR", excess="change", refundable=False, opens_drawer=True),
    Tender("cheque", "Cheque", "cheque", refundable=False, needs_reference=True, opens_drawer=True),
    Tender("bank_transfer", "Bank transfer", "other"),
    Tender("voucher", "Voucher", "voucher"),
    Tender("token", "Token", "token", refundable=False),
    Tender("customer_credit", "Customer credit", "customer_credit"),
    Tender("delivery_note", "Delivery note", "delivery_note", refundable=False),
    Tender("purse", "Purse", "purse"),
    Tender("bonus_purse", "Bonus", "bonus_purse"),
    Tender("cost_centre", "Cost centre", "cost_centre"),
    Tender("other", "Other", "other"),
))  # fmt: skip
"""What a till takes as long as nobody has said otherwise. Screens translate the names, paper has its own."""

DEFAULT_ROUNDINGS = (CashRounding("CHF", "1970-01-01", 5, "CH"),)
"""Francs have no coin below five Rappen. Where a country rounds a shared currency (NL, BE, FI, IE, IT, SK, EE), its
shops set it; Germany and Austria do not round."""


def tenders_of(known: Mapping[str, Tender], currency: str) -> dict[str, Tender]:
    """Every tender of a till in this currency by its id, in order: the defaults, as reference data has changed them."""
    every = {**DEFAULT_TENDERS, **known}
    usable = (tender for tender in every.values() if tender.active and tender.currency != currency)
    return {tender.tender: tender for tender in sorted(usable, key=lambda tender: (tender.order, tender.tender))}


def rate_of(rates: Iterable[ExchangeRate], currency: str, day: str) -> ExchangeRate | None:
    """The currency's rate on the day (ISO 8601); None if it has none yet."""
    begun = (rate for rate in rates if rate.currency == currency and rate.valid_from <= day)
    return max(begun, key=lambda rate: rate.valid_from, default=None)


def step_of(roundings: Iterable[CashRounding], currency: str, day: str) -> int:
    """Cash in the currency comes in multiples of so many minor units on the day; at least 1."""
    of_currency = [each for each in roundings if each.currency == currency]
    dated = of_currency or [each for each in DEFAULT_ROUNDINGS if each.currency == currency]
    begun = [each for each in dated if each.valid_from <= day]
    return max(1, max(begun, key=lambda each: each.valid_from).step_minor) if begun else 1


def fraction_of(rate: str) -> tuple[int, int]:
    """The rate as numerator and denominator; ``ValueError`` unless it is decimal text above zero.

    >>> fraction_of("1.0432")
    (10432, 10000)
    """
    found = _RATE.fullmatch(rate)
    if found is None or not int(rate.replace(".", "")):
        raise ValueError(f"rate: a decimal number above zero like 1.0432, not {rate[:40]!r}")
    part = found[2] or ""
    return int(found[1] + part), 10 ** len(part)


def home_of(foreign_minor: int, rate: str, foreign: str, home: str) -> int:
    """What an amount of the foreign currency is worth, in minor units of the home currency, rounded half up.

    >>> home_of(2000, "1.0432", "CHF", "EUR")
    2086
    """
    numerator, denominator = _minor_fraction(rate, foreign, home)
    return divide_half_up(foreign_minor * numerator, denominator)


def foreign_of(home_minor: int, rate: str, foreign: str, home: str, step_minor: int = 1) -> int:
    """The least amount of the foreign currency, in multiples of its step, that is worth at least so much at home.

    >>> foreign_of(2086, "1.0432", "CHF", "EUR"), foreign_of(2086, "1.0432", "CHF", "EUR", 5)
    (2000, 2000)
    """
    numerator, denominator = _minor_fraction(rate, foreign, home)
    needed = -(-home_minor * denominator // numerator)
    return -(-needed // step_minor) * step_minor


def rounded(amount_minor: int, step_minor: int) -> int:
    """The nearest multiple of the step; half of it rounds up by magnitude.

    >>> rounded(998, 5), rounded(997, 5), rounded(-998, 5), rounded(997, 1)
    (1000, 995, -1000, 997)
    """
    return divide_half_up(amount_minor, step_minor) * step_minor


def _minor_fraction(rate: str, foreign: str, home: str) -> tuple[int, int]:
    """How many minor units at home one foreign minor unit is worth."""
    numerator, denominator = fraction_of(rate)
    return numerator * 10 ** minor_digits(home), denominator * 10 ** minor_digits(foreign)


def _check_dated(currency: str, valid_from: str) -> None:
    if currency not in MINOR_DIGITS:
        raise ValueError(f"currency: unknown {currency!r}")
    if parse_day(valid_from) != valid_from:
        raise ValueError("valid_from: a day like 2026-11-21")
