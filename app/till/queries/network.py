"""How the network stands; the release of a slot and the signing off, which programs may ask for."""

from __future__ import annotations

from typing import Any

from app.text import mark
from app.till.ports import JournalRefused
from app.till.queries.base import Desk, Query
from app.till.refusals import BadCommand, Refusal


class AskStatus(Query, frozen=True):
    pass


class ReleaseSlot(Query, frozen=True):
    no: int
    name: str
    role: str = "till"
    site: str = ""


class SignOff(Query, frozen=True):
    pass


async def status(desk: Desk, _: AskStatus) -> dict[str, Any]:
    return await desk.engine.status()


async def release(desk: Desk, query: ReleaseSlot) -> dict[str, Any]:
    if query.no < 1 or not query.name.strip():
        raise BadCommand(mark("a slot has a number from 1 on and a name"))
    try:
        code = await desk.engine.release_slot(query.no, query.name.strip(), query.role, query.site)
    except JournalRefused as error:
        raise Refusal(error.code, {"reason": error.reason or error.code, "no": str(query.no)}) from None
    return {"code": code, "no": query.no, "name": query.name.strip()}


async def sign_off(desk: Desk, _: SignOff) -> dict[str, Any]:
    try:
        await desk.engine.sign_off()
    except JournalRefused as error:
        raise Refusal(error.code, {"reason": error.reason or error.code}) from None
    return {}
