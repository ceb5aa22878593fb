"""The drawer counted: every currency in it, denomination by denomination; then booked, or closed with the day."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from app.domain.money import parse_minor
from app.screens import wording
from app.screens.tasks.card_payments import offer_day_end
from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.pieces import CountPieces
from app.text import gettext as _
from app.till.commands import CountCash, ZReport
from app.till.queries.cash import AskDrawer

Pieces = dict[str, dict[str, int]]
"""By currency and denomination, as ``CountCash`` and ``ZReport`` take them."""


class Counted(msgspec.Struct, frozen=True):
    """A count that somebody has taken over, and how it compares, in words."""

    pieces: Pieces
    said: str


async def count(desk: Desk, _given: Given) -> None:
    """Count, book the count, and close the day with it if that is wanted."""

    async def booked(counted: Counted) -> bool:
        wanted = await desk.confirm(_("Count the cash"), _("Book this count?"), counted.said)
        return wanted and await desk.do(CountCash(counted.pieces)) is not None

    counted = await counted_drawer(desk, booked)
    if counted is None:
        return
    desk.tell(_("The count is booked."))
    wanted = await desk.confirm(_("Count the cash"), _("Day end with this count?"), counted.said)
    if wanted and await close_day(desk, counted) is not None:
        await offer_day_end(desk)


async def close_day(desk: Desk, counted: Counted) -> dict[str, Any] | None:
    """The day end with this count; its figures, or None if it was refused."""
    reply = await desk.do(ZReport(dict(counted.pieces)))
    if reply is None:
        return None
    desk.tell(wording.day_end(reply.fields))
    return reply.fields


async def counted_drawer(desk: Desk, taken: Callable[[Counted], Awaitable[bool]]) -> Counted | None:
    """Have every currency of the drawer counted, one after the other; None: given up, which is asked about.

    ``taken``: what is done with the count; False (refused, or Esc): it is there again as it was, nobody counts twice.
    """
    held = await desk.ask(AskDrawer())
    if held is None:
        return None
    steps = [_step(drawer) for drawer in held["drawers"]]
    pieces: list[dict[str, int]] = []
    while True:
        if len(pieces) == len(steps):
            counted = _counted(held["drawers"], pieces, steps)
            if await taken(counted):
                return counted
            pieces.pop()
        step = steps[len(pieces)]
        found = await desk.show(step)
        if found is not None:
            pieces.append(found)
        elif pieces:
            pieces.pop()  # back to the currency before
        elif not step.begun or await desk.confirm(step.title, _("Give up what has been counted?")):
            return None


def _counted(
    drawers: Sequence[Mapping[str, Any]], pieces: Sequence[dict[str, int]], steps: Sequence[CountPieces]
) -> Counted:
    counted = {drawer["currency"]: found for drawer, found in zip(drawers, pieces, strict=True)}
    said = [_compared(drawer, step) for drawer, step in zip(drawers, steps, strict=True)]
    return Counted(counted, "\n".join(said))


def _step(drawer: Mapping[str, Any]) -> CountPieces:
    currency = drawer["currency"]
    expected = parse_minor(drawer["expected"], currency, negative=True)
    return CountPieces(_("Count the cash: {currency}").format(currency=currency), currency, expected)


def _compared(drawer: Mapping[str, Any], step: CountPieces) -> str:
    currency = drawer["currency"]
    expected = parse_minor(drawer["expected"], currency, negative=True)
    return _("{currency}: counted {counted}, should be {expected}, difference {difference}").format(
        currency=currency,
        counted=wording.money(step.counted_minor, currency),
        expected=wording.money(expected, currency),
        difference=wording.money(step.counted_minor - expected, currency),
    )
