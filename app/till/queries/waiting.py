"""Waiting until something is so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from app.text import mark
from app.till import typed
from app.till.queries.base import Desk, Query
from app.till.refusals import BadCommand, Refusal

POLL_S = 0.02
"""How long a wait sleeps at most between two looks; changes wake it earlier."""
MAX_TIMEOUT_S = 3_600.0


class Wait(Query, frozen=True, rename={"for_": "for"}):
    """Wait until it is so: ``peers`` (at least ``count``), ``voucher``, ``receipt``, ``synced``."""

    for_: str
    count: int = 1
    code: str | None = None
    receipt_no: str | None = None
    timeout_s: float = 10.0


async def wait(desk: Desk, wait: Wait) -> dict[str, Any]:
    so = _condition(desk, wait)
    if not 0 <= wait.timeout_s <= MAX_TIMEOUT_S:
        raise BadCommand(mark("timeout_s is 0 to {limit}"), limit=f"{MAX_TIMEOUT_S:.0f}")
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while True:
        # Cleared before looking, so that a change while we look wakes the sleep after it.
        desk.changed.clear()
        if await so():
            return {"waited_ms": round((loop.time() - begun) * 1000)}
        left = wait.timeout_s - (loop.time() - begun)
        if left <= 0:
            raise Refusal("timeout", {"seconds": f"{wait.timeout_s:g}"})
        try:
            async with asyncio.timeout(min(left, POLL_S)):
                await desk.changed.wait()
        except TimeoutError:
            continue


def _condition(desk: Desk, wait: Wait) -> Callable[[], Awaitable[bool]]:
    if wait.for_ == "peers":
        return lambda: _has_peers(desk, wait.count)
    if wait.for_ == "synced":
        return lambda: _is_synced(desk)
    if wait.for_ == "voucher" and wait.code is not None:
        code = typed.voucher_code(wait.code)
        if desk.books.voucher(code) is None and (refusal := typed.voucher_unknown(code)).code == "mistyped_voucher":
            raise refusal
        return lambda: _knows(lambda: desk.books.voucher(code) is not None)
    if wait.for_ == "receipt" and wait.receipt_no is not None:
        receipt_no = wait.receipt_no.strip()
        return lambda: _knows(lambda: desk.books.receipt(receipt_no) is not None)
    raise BadCommand(mark("for is peers (count), voucher (code), receipt (receipt_no) or synced"))


async def _has_peers(desk: Desk, count: int) -> bool:
    return len((await desk.engine.status()).get("peers", ())) >= count


async def _is_synced(desk: Desk) -> bool:
    """Connected peers and this till have the same facts, and all of them are in the books.

    A till that reaches nobody is in step only if it is the whole network: one that has
    just joined knows no member yet, and so is not.
    """
    await desk.engine.settled()
    status = await desk.engine.status()
    me = desk.runner.session.till.member_id
    active = {member["member"] for member in status["members"] if not member.get("revoked")}
    return bool(status["synced"]) and (bool(status["online"]) or active == {me})


async def _knows(question: Callable[[], bool]) -> bool:
    return question()
