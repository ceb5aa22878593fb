"""Goods by the kilogram at a till that has a scale: weighed, or typed and marked so; the tare of the next weighing.

A weight that is typed is gross like one that the scale shows: a tare that was set is taken off both. What is sold is
net and above zero. The tare holds for one weighing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.views import ForSale
from app.domain.quantity import MAX_QUANTITY_MILLI, format_milli, gross_of
from app.domain.sale import OpenSale, SaleLine
from app.domain.weighing import BY_HAND, BY_SCALE, MAX_TARE_G, Tare, TareClass, by_weight, tare_of
from app.till import typed
from app.till.commands import Scan, SetTare
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import Steps, reference, weigh

if TYPE_CHECKING:
    from app.till.counter import Counter


def is_weighed(found: ForSale) -> bool:
    """Whether the goods are weighed here: sold by the kilogram, and not from a label that a scale has printed."""
    return by_weight(found.article.unit) and found.quantity_milli is None and found.embedded_price_minor is None


def weighed(
    counter: Counter, line: SaleLine, tare: Tare, typed_milli: int | None
) -> Generator[Effect, Event, SaleLine]:
    """The line with its weight: what was typed, or what the scale says; refused if it is not above zero."""
    if typed_milli is not None:
        return _with(line, BY_HAND, typed_milli - tare.grams, tare)
    said = yield from weigh(line.unit_price_minor, tare.grams)
    if said.reason:
        raise Refusal(REFUSALS.get(said.reason, "scale_failure"), {"name": line.name})
    if said.tare_g != tare.grams:
        raise Refusal("scale_tare_refused", {"name": line.name})
    return _with(line, BY_SCALE, said.net_g, tare)


def fields_of(line: SaleLine) -> dict[str, Any]:
    """What a program hears of a weighed line beside its quantity."""
    fields = {"weighed": line.weighed, "gross_g": str(line.gross_g), "tare_g": str(line.tare_g)}
    return {**fields, "tare_class": line.tare_class} if line.tare_class else fields


def plate(command: Scan, code: str) -> Generator[Effect, Event, Tare | None]:
    """The tare that the scanned code stands for; None if it is no plate's."""
    known = yield from reference()
    tare = tare_of(code, known.all(TareClass).values())
    if tare is not None and (command.quantity is not None or command.price is not None):
        raise Refusal("tare_alone", {"name": tare.name})
    return tare


def with_tare(counter: Counter, tare: Tare) -> dict[str, Any]:
    """The next weighing has this tare."""
    sale: OpenSale | None = counter.sale
    if tare.grams or sale is not None:
        counter.keep(msgspec.structs.replace(counter.begun(), tare_g=tare.grams, tare_class=tare.name))
    said = {"tare_g": str(tare.grams), **({"tare_class": tare.name} if tare.name else {})}
    return {**said, **counter.sums()}


def set_tare(counter: Counter, command: SetTare) -> Steps:
    """A tare class by its name, or grams; neither takes the tare back."""
    if not counter.till.weighs:
        raise Refusal("no_scale")
    if command.name is not None and command.grams is not None:
        raise Refusal("tare_name_or_grams")
    if command.grams is not None:
        return with_tare(counter, Tare(_grams(command.grams)))
    if command.name is None:
        return with_tare(counter, Tare(0))
    known = yield from reference()
    found = known.get(TareClass, command.name.strip())
    if found is None or found.masked:
        raise Refusal("unknown_tare_class", {"name": typed.shown(command.name)})
    return with_tare(counter, Tare(found.grams, found.name))


def _grams(text: str) -> int:
    grams = text.strip()
    if not (grams.isascii() and grams.isdigit() and len(grams) <= 9 and int(grams) <= MAX_TARE_G):
        raise Refusal("tare_grams", {"text": typed.shown(text), "limit": str(MAX_TARE_G)})
    return int(grams)


def _with(line: SaleLine, how: str, net_g: int, tare: Tare) -> SaleLine:
    if net_g <= 0:
        raise Refusal("tare_too_heavy", {"name": line.name, "tare": str(tare.grams)})
    if net_g > MAX_QUANTITY_MILLI:
        raise Refusal("quantity_too_large", {"text": format_milli(net_g), "limit": format_milli(MAX_QUANTITY_MILLI)})
    return msgspec.structs.replace(
        line,
        quantity_milli=net_g,
        gross_minor=gross_of(line.unit_price_minor, net_g),
        weighed=how,
        gross_g=net_g + tare.grams,
        tare_g=tare.grams,
        tare_class=tare.name,
    )


REFUSALS = {
    "motion": "scale_motion",
    "empty": "scale_empty",
    "below_tare": "scale_below_tare",
    "below_minimum": "scale_below_minimum",
    "same_reading": "scale_same_reading",
    "under_zero": "scale_under_zero",
    "not_zeroed": "scale_not_zeroed",
    "overload": "scale_overload",
    "tare_refused": "scale_tare_refused",
    "price_refused": "scale_price_refused",
    "checksum_missing": "scale_checksum",
    "checksum_refused": "scale_checksum",
    "silent": "scale_silent",
    "busy": "scale_busy",
    "cancelled": "scale_cancelled",
    "no_scale": "weight_needed",
}
"""The refusal of each reason; of the others something is wrong with the scale or its line."""
