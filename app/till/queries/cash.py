"""What the drawer should hold now."""

from __future__ import annotations

from typing import Any

from app.books.questions.cash import AskDrawers
from app.books.questions.periods import AskLastZ
from app.till.figures import drawer_fields
from app.till.queries.base import Desk, Query


class AskDrawer(Query, frozen=True):
    """By currency, the till's own first."""


async def drawer(desk: Desk, _: AskDrawer) -> dict[str, Any]:
    """The drawer in the period that the next Z report closes."""
    beginning = (await desk.engine.readiness()).beginning
    z_no = 1 + max(await desk.look(AskLastZ(desk.till_no)), beginning.floor)
    drawers = await desk.look(AskDrawers(desk.till_no, z_no, desk.currency))
    return {"z_no": z_no, "drawers": [drawer_fields(each) for each in drawers]}
