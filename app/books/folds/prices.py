"""Entered prices: the newest fact of an article, price list and period counts; periods may overlap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from app.books.folds.stamped import Folding, Stamped, Upserts, word_of
from app.books.tables.prices import prices
from app.domain.codes import is_ident_no
from app.domain.instant import parse_day
from app.domain.money import MAX_AMOUNT_MINOR
from app.domain.price_list import PRICE_LISTS
from app.facts.base import Fact
from app.facts.codec import FactUnreadable
from app.facts.master import PriceSet


class PricesFold:
    """Folds ``price.set``."""

    def __init__(self, upserts: Upserts) -> None:
        self._set = upserts.newest(prices)

    def handlers(self) -> Mapping[type[Fact], Folding]:
        return {PriceSet: self._prices}

    def _prices(self, connection: Connection, facts: Sequence[Stamped]) -> None:
        rows = [
            {
                "ident_no": fact.ident_no,
                "price_list": fact.price_list,
                "valid_from": fact.valid_from,
                "valid_until": fact.valid_until,
                "price_minor": fact.price_minor,
                "stamp": word_of(fact, stamp),
            }
            for fact, _, stamp in facts
        ]
        self._set.write(connection, rows)


def check_price(fact: PriceSet) -> None:
    """``FactUnreadable`` for a price list that cannot be, a price below zero, or days that are none."""
    if fact.price_list not in PRICE_LISTS or not is_ident_no(fact.ident_no):
        raise FactUnreadable(f"no price list {fact.price_list} or no ident number")
    if fact.price_minor is not None and not 0 <= fact.price_minor <= MAX_AMOUNT_MINOR:
        raise FactUnreadable(f"{fact.price_minor} is no price")
    for day in (fact.valid_from, fact.valid_until):
        try:
            plain = not day or parse_day(day) == day
        except ValueError:
            plain = False
        if not plain:
            raise FactUnreadable(f"{day[:20]!r} is no day")
