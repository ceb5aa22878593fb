"""What was used beyond its value, and how that was settled: every till lists the same."""

from __future__ import annotations

from typing import Any

from app.books.questions.overdraws import ListOverdraws
from app.till import overdraws as showing
from app.till.queries.base import Desk, Query


class AskOverdraws(Query, frozen=True):
    pass


async def overdraws(desk: Desk, _: AskOverdraws) -> dict[str, Any]:
    found = await desk.look(ListOverdraws())
    members = (await desk.engine.status()).get("members", ())
    numbers = {member["member"]: member["till_no"] for member in members}
    return {"overdraws": [showing.fields(each, desk.currency, numbers) for each in found]}
