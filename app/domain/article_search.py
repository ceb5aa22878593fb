"""What a typed search asks for: words that an article has, prices that it costs, and which article fits better.

``4,99`` or ``4.99`` is a price or a part of a text (``Cola 0,33``), ``3-5`` from a price to a price or a text;
``<5`` and ``>5`` are prices below and above. A number without decimals is a text: ident numbers are typed so.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from app.domain.money import MAX_AMOUNT_MINOR, MoneyError, minor_digits, parse_minor
from app.domain.price_span import PriceSpan
from app.domain.search_text import alike

MAX_TEXT = 100
MAX_WORDS = 8

_FROM_TO = re.compile(r"([0-9]+(?:[.,][0-9]+)?)[-–]([0-9]+(?:[.,][0-9]+)?)")
_NUMBER = re.compile(r"[0-9]+[.,]([0-9]+)")


class Word(NamedTuple):
    """An article has the ``text`` (as ``search_text.alike`` writes it) or a price in the span."""

    text: str | None
    span: PriceSpan | None = None


class Wanted(NamedTuple):
    """What an article must have, every word of it."""

    words: tuple[Word, ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """Words that are no prices."""
        return tuple(word.text for word in self.words if word.text is not None and word.span is None)

    @property
    def beginning(self) -> str:
        """What a name begins with that fits best."""
        return " ".join(self.texts)

    def rank(self, line: str) -> int:
        """How well an article's line (``search_text.text_of``) fits: 0 the name begins so, 1 words do, 2 anywhere."""
        if line.startswith(f" {self.beginning}"):
            return 0
        return 1 if all(f" {text}" in line for text in self.texts) else 2


def wanted(text: str, currency: str) -> Wanted:
    """What was typed, at most eight words of it.

    >>> wanted("Käse <5", "EUR").words
    (Word(text='kase', span=None), Word(text=None, span=PriceSpan(low=0, high=499)))
    >>> [word.span for word in wanted("4,99 3-5 17 0,5", "EUR").words]
    [PriceSpan(low=499, high=499), PriceSpan(low=300, high=500), None, None]
    """
    plain = "".join(letter if letter.isprintable() else " " for letter in text[:MAX_TEXT])
    words = [_word(word, currency) for word in plain.split()[:MAX_WORDS]]
    return Wanted(tuple(word for word in words if word.text or word.span))


def _word(typed: str, currency: str) -> Word:
    typed = typed.rstrip("€") or typed
    try:
        if typed[0] in "<>" and len(typed) > 1:
            limit = parse_minor(typed[1:], currency)
            return Word(None, PriceSpan(0, limit - 1) if typed[0] == "<" else PriceSpan(limit + 1, MAX_AMOUNT_MINOR))
        if ends := _FROM_TO.fullmatch(typed):
            return Word(alike(typed), PriceSpan(parse_minor(ends[1], currency), parse_minor(ends[2], currency)))
        if (number := _NUMBER.fullmatch(typed)) and len(number[1]) == minor_digits(currency):
            price = parse_minor(typed, currency)
            return Word(alike(typed), PriceSpan(price, price))
    except MoneyError:
        pass
    return Word(alike(typed))
