"""Every refusal: its code for programs and the sentence a cashier understands; one file per subject.

``sale.py``, ``articles.py``, ``discounts.py``, ``coupons.py``, ``paying.py``, ``vouchers.py``, ``returns.py``,
``parking.py``, ``customers.py``, ``documents.py`` (orders, delivery notes, invoices), ``cost_centres.py``, ``cash.py``,
``users.py``, ``settings.py``, ``numbers.py``, ``coverage.py`` (claims that not everybody confirmed), ``overdraws.py``,
``weighing.py`` scales and tare, ``gates.py`` gates, ``charging.py`` the card terminal;
``typing.py`` slips in amounts and quantities, ``questions.py`` what was asked, ``programs.py`` what programs write,
``engine.py`` disk and engine.

A refusal leaves the sale as it was. Sentences are English here and marked for the
catalogues; a shell translates them with :func:`sentence`. They say what is wrong and, where
there is something to do, what.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.text import mark
from app.till.refusals import (
    articles,
    cash,
    charging,
    cost_centres,
    coupons,
    coverage,
    customers,
    discounts,
    documents,
    engine,
    gates,
    numbers,
    overdraws,
    parking,
    paying,
    programs,
    questions,
    returns,
    sale,
    settings,
    typing,
    users,
    vouchers,
    weighing,
)


class Refusal(Exception):
    """Raised inside session and queries, and answered as ``Refuse``; values are ready to show."""

    def __init__(self, code: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.values = dict(values or {})


class BadCommand(Exception):
    """What a program wrote is no command; ``reason`` is marked for the catalogues, ``values`` fill it."""

    def __init__(self, reason: str, **values: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def sentence(self, gettext: Callable[[str], str]) -> str:
        """The reason, translated."""
        return gettext(self.reason).format_map(self.values)


SENTENCES: dict[str, str] = {
    code: sentence
    for subject in (
        articles,
        cash,
        charging,
        cost_centres,
        coupons,
        coverage,
        customers,
        discounts,
        documents,
        engine,
        gates,
        numbers,
        overdraws,
        parking,
        paying,
        programs,
        questions,
        returns,
        sale,
        settings,
        typing,
        users,
        vouchers,
        weighing,
    )
    for code, sentence in subject.SENTENCES.items()
}


AMOUNT_SAMPLE = mark("0.00")
"""Its translation shows the language's decimal point."""

_AMOUNTS = ("balance", "amount", "due", "left")
"""Values that are amounts of ours, as programs read them; people read them in their own way."""


COLUMNS = 78
"""What the message line of a screen of 80 columns holds."""
MIN_SHOWN = 5
_FOR_PROGRAMS = ("bad_command", "internal_error")
"""Sentences that no cashier reads: they may be as long as what they explain."""


def sentence(code: str, values: Mapping[str, Any], gettext: Callable[[str], str]) -> str:
    """The refusal's sentence, translated; for a code without a sentence its reason, or the code itself.

    It is one line of ``COLUMNS``: what was typed or named is cut short where it would not fit.
    """
    template = SENTENCES.get(code)
    if template is None:
        return str(values.get("reason") or code)
    point = gettext(AMOUNT_SAMPLE)[1]
    shown = {name: str(value).replace(".", point) if name in _AMOUNTS else value for name, value in values.items()}
    if "tender" in shown:
        # The tenders that every till knows have marked names; those of the shop are its own words.
        shown["tender"] = gettext(str(shown["tender"]))
    if "right" in shown:
        shown["right"] = gettext(users.RIGHTS.get(shown["right"], shown["right"]))
    if code in _FOR_PROGRAMS:
        return gettext(template).format_map(_Shown(shown))
    return _fitted(gettext(template), {name: _printable(str(value)) for name, value in shown.items()})


def _fitted(template: str, shown: dict[str, str]) -> str:
    """The sentence in one line, its longest values shortened as far as need be."""
    while True:
        said = template.format_map(_Shown(shown))
        excess = len(said) - COLUMNS
        # What one may choose from is worth more than what was typed wrong.
        long = [name for name in shown if "{" + name + "}" in template and len(shown[name]) > MIN_SHOWN]
        if excess <= 0 or not long:
            return said
        longest = max(long, key=lambda name: (name != "known", len(shown[name])))
        keep = max(MIN_SHOWN, len(shown[longest]) - excess) - 1
        shown[longest] = shown[longest][:keep] + "…"


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in text)


class _Shown(dict[str, Any]):
    """A value that a sentence names but nobody gave must not break the answer."""

    def __missing__(self, key: str) -> str:
        return "?"
