"""Orders and their deposits (Anzahlungen).

A deposit is taxed when it is paid, at the rates of the goods that were ordered: it is spread over the keys in
proportion to what is still uncovered there, largest remainder in minor units. So deposits of the whole total cover
every key exactly, in however many parts they are paid, and no key is ever covered beyond its goods.

    ordered     deposit 5.00    deposit of the rest (9.50)
    3.80 @ 19   1.31            2.49
    10.70 @ 7   3.69            7.01

A final receipt shows the full price, and a line below zero per deposit and rate that dissolves it at exactly the rate
it was taxed at, whatever the rate of the day of supply is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.domain.money import spread

OPEN, PICKED_UP, CANCELLED = "open", "picked_up", "cancelled"
STATES = (OPEN, PICKED_UP, CANCELLED)

MAX_NOTE_LENGTH = 200


def by_key(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The sums of ``(vat_key, minor units)`` per key, in the order of the keys."""
    sums: dict[str, int] = {}
    for vat_key, amount in amounts:
        sums[vat_key] = sums.get(vat_key, 0) + amount
    return dict(sorted(sums.items()))


def shares(amount_minor: int, goods: Mapping[str, int], covered: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The parts of a deposit per VAT key, without empty ones; ``ValueError`` if it is more than is left.

    ``goods`` is what was ordered per key, ``covered`` what earlier deposits cover of it.

    >>> shares(500, {"1": 380, "2": 1070}, {})
    (('1', 131), ('2', 369))
    >>> shares(950, {"1": 380, "2": 1070}, {"1": 131, "2": 369})
    (('1', 249), ('2', 701))
    """
    left = {vat_key: max(0, gross - covered.get(vat_key, 0)) for vat_key, gross in goods.items()}
    if amount_minor > sum(left.values()):
        raise ValueError("a deposit must not be more than the order has left")
    parts = zip(left, spread(amount_minor, tuple(left.values())), strict=True)
    return tuple((vat_key, part) for vat_key, part in parts if part)
