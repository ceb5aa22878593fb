"""A supervisor lets a till write that does not know by itself whether it may (``replication/core/recovery.py``)."""

from __future__ import annotations

import asyncio
import uuid
from datetime import datetime
from typing import Any, NamedTuple

from app.engine.control import Refused
from app.engine.local import LocalEngine
from app.engine.vouching import Vouching
from app.facts.codec import write
from app.facts.sales import AuditLogged
from app.text import gettext as _
from replication.core.model import Entry

ACTION = "recovery_confirmed"
WAIT_S = 2.0
POLL_S = 0.05


class Word(NamedTuple):
    """What a supervisor says: who it is, with a PIN or a badge's number, and why. ``other_is_off``: no copy runs."""

    by: str
    reason: str
    secret: str
    other_is_off: bool


async def confirm(engine: LocalEngine, vouching: Vouching, till_no: int, now: datetime, word: Word) -> dict[str, Any]:
    """Let the till write again; its numbers begin anew above all that are known. ``Refused`` with what to do."""
    status = await _listened(engine)
    state, stopped = status["recovery"], status["stopped"]
    if state != "suspect" and stopped is None:
        raise Refused("nothing_to_confirm", _("this till may write; there is nothing to confirm"))
    if stopped is not None and stopped["code"] == "forked":
        raise Refused(
            "forked",
            _(
                "this till's records go two ways, so no other till takes any more of it; replace it:"
                " `tillmesh network replace --no {no}` at the network's authority (`network members`)"
            ).format(no=till_no),
        )
    if stopped is not None and not word.other_is_off:
        raise Refused(
            "other_must_be_off",
            _(
                "this till exists twice. Switch the other copy off for good and delete its home; then say so here:"
                " `tillmesh network confirm --other-is-off --by NAME --reason TEXT`"
            ),
        )
    if not word.by.strip() or not word.reason.strip():
        raise Refused("reason_missing", _("say who decides, and why: --by NAME --reason TEXT"))
    now_ms = int(now.timestamp() * 1_000)
    by = await vouching.supervisor(word.by, word.secret, today=now.astimezone().date(), now_ms=now_ms)
    why = status["recovery_reason"]
    floor = await engine.raise_number_floor()
    await engine.node.confirm()
    # The session must not go on counting where this disk ended.
    engine.changes.announce("recovered")
    fact = AuditLogged(
        audit_id=uuid.uuid4().hex,
        till_no=till_no,
        action=ACTION,
        user=by,
        at=now.isoformat(timespec="milliseconds"),
        business_day=now.astimezone().date().isoformat(),
        detail=f"{word.reason} ({state}: {why}; {floor})",
        approved_by=by,
    )
    await engine.journal([Entry(*write(fact))])
    return {"state": "clear", "was": state, "why": why, "number_floor": floor}


async def confirm_alone(engine: LocalEngine) -> None:
    """The only member of a network has nobody to ask: after a restore it goes on, above all numbers that are known."""
    status = await engine.status()
    others = [member for member in status["members"] if not member["revoked"] and not member.get("me")]
    if status["recovery"] == "suspect" and not others:
        await engine.raise_number_floor()
        await engine.node.confirm()


async def _listened(engine: LocalEngine) -> dict[str, Any]:
    """The status, once the till knows whether it has to be confirmed."""
    give_up = asyncio.get_running_loop().time() + WAIT_S
    while (status := await engine.status())["recovery"] == "listening":
        if asyncio.get_running_loop().time() > give_up:
            break
        await asyncio.sleep(POLL_S)
    return status
