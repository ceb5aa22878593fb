"""Every operation of the office beside those of ``app/engine/operations.py``: the one list.

An operation is a coroutine of plain data in, plain data out, asked by commands (``app/cli``) and by the office's
screens alike. Each subject has a module with ``operations(parts)``, which is imported when the first of them is asked
for: every till has this table, few tills need it, and all must start quickly.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from app.books.postgres import BooksUnavailable
from app.books.questions.reference import AskReference
from app.domain.planned_change import PlannedChange
from app.engine.control import Operation, Refused
from app.engine.local import Changes
from app.office.bulk.standing import KEPT, KEPT_ORDERS
from app.office.parts import OfficeParts
from app.office.rights import ENGINE, Needs, deed, free, look, never
from app.till.ports import JournalRefused

SUBJECTS: Mapping[str, Mapping[str, Needs]] = {
    "app.office.people": {
        "office_enter": free("proves who somebody is", before=True),
        "office_leave": free("logs that somebody has gone", before=True),
        "office_did": free("logs a task or a deed of whoever has logged in, and of nobody else"),
        "office_log": look("office_audit"),
    },
    "app.office.live": {"live": look("office_live")},
    "app.office.tills.every": {
        "tills": look("office_tills"),
        "till": look("office_tills"),
        "till_set": deed("tills set {no}", "office_tills"),
        "till_release": deed("tills release {nos}", "office_tills"),
        "till_block": deed("tills block {no} {pool}", "office_tills"),
        "till_block_remove": deed("tills unblock {range_id}", "office_tills"),
        "till_values": look("office_tills"),
        "till_value_set": deed("tills {subject} set {key}", "office_tills"),
        "till_value_remove": deed("tills {subject} remove {key}", "office_tills"),
    },
    "app.office.catalogues.every": {
        "catalogues": look("office_tills"),
        "catalogue_shown": look("office_tills"),
        "catalogue_set": deed("catalogues set {catalogue}", "office_tills"),
        "catalogue_put": deed("catalogues put {catalogue}", "office_tills"),
        "catalogue_import": deed("catalogues put {catalogue} --file …", "office_tills"),
        "catalogue_take": deed("catalogues take {catalogue} {idents}", "office_tills"),
        "catalogue_assign": deed("catalogues assign {catalogue}[ --tills {tills}][ --group {groups}]", "office_tills"),
        "catalogue_remove": deed("catalogues remove {catalogue}", "office_tills"),
    },
    "app.office.master.every": {
        "master_kinds": look("office_master"),
        "master_list": look("office_master"),
        "master_form": look("office_master"),
        "master_show": look("office_master"),
        "master_history": look("office_master"),
        "master_changes": look("office_master"),
        "master_set": deed("master set {kind} {key}", "office_master"),
        "master_remove": deed("master remove {kind} {key}", "office_master"),
        "master_undo": deed("master undo {kind} {key}", "office_master"),
        "master_undo_change": deed("master undo --change {change}", "office_master"),
        "master_copies": look("office_master"),
        "master_restore": deed("master restore {copy}", "office_master"),
        "master_groups": look("office_master"),
        "master_regroup": deed("master regroup {old} {new}", "office_master"),
        "master_plan": deed("master plan {kind} {key} --at {at}", "office_master"),
        "master_plans": look("office_master"),
        "master_plan_cancel": deed("master plan --cancel {plan}", "office_master"),
        "master_due": never("the home asks it of itself when something is due"),
    },
    "app.office.exchange.every": {
        "take_over": deed("import {what} ({imported})", "office_master"),
        "taking_over": look("office_master"),
        "take_over_stop": deed("master unfinished --stop", "office_master", by=False),
        "take_over_complete": never("the home asks it of itself when something was cut off"),
        "export_packed": look("office_master"),
    },
    "app.office.order_sync": {
        "orders_import": deed(
            "orders import ({placed} placed; {changed} changed; {cancelled} cancelled)", "office_master", by=False
        ),
        "orders_complete": never("the home asks it of itself when something was cut off"),
    },
}
"""Each subject's module, the operations that its ``operations(parts)`` makes, and what each needs (``rights.py``)."""
NEEDS: Mapping[str, Needs] = {**ENGINE, **{name: needs for each in SUBJECTS.values() for name, needs in each.items()}}
"""What each operation of a home needs of somebody who has logged in at the office."""
DUE = ("master_due",)
"""Operations that an open home asks of itself: what is due is done at once, and looked for again and again."""
COMPLETE = "take_over_complete"
"""Likewise, if a change of many values was cut off: before what is due."""
COMPLETE_ORDERS = "orders_complete"
"""Likewise of a web shop's file."""
LOOK_AGAIN_S = 10.0

_log = logging.getLogger(__name__)


@contextlib.asynccontextmanager
async def at_work(parts: OfficeParts, operations: Mapping[str, Operation]) -> AsyncIterator[None]:
    """Do what is due as long as this is open."""
    working = asyncio.create_task(_work(parts, operations), name="office at work")
    try:
        yield
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def _work(parts: OfficeParts, operations: Mapping[str, Operation]) -> None:
    while True:
        for name in await asyncio.to_thread(_due, parts):
            try:
                await operations[name]({})
            except (Refused, JournalRefused, BooksUnavailable, OSError, SQLAlchemyError) as fault:
                _log.warning("%s: %s; tried again", name, fault)
            except Exception:  # noqa: BLE001 - whatever is wrong with one, the others are due as well
                _log.exception("%s: tried again", name)
        await asyncio.sleep(LOOK_AGAIN_S)


def _due(parts: OfficeParts) -> Sequence[str]:
    """Which of the operations may have anything to do; most tills never have."""
    standing, kept = parts.bulk, parts.store.kept
    cut_off = standing.pending if standing.pending is not None else kept(KEPT) is not None
    orders = standing.orders if standing.orders is not None else kept(KEPT_ORDERS) is not None
    return (
        *((COMPLETE,) if cut_off else ()),
        *((COMPLETE_ORDERS,) if orders else ()),
        *(DUE if _is_planned(parts) else ()),
    )


def _is_planned(parts: OfficeParts) -> bool:
    """Whether anything may be due; most tills never know of any."""
    try:
        return bool(parts.desk.books.ask(AskReference()).all(PlannedChange))
    except (BooksUnavailable, OSError, SQLAlchemyError):  # looked for again in a moment
        return False


def operations(parts: OfficeParts) -> dict[str, Operation]:
    """All of them by name."""
    subjects = {module: _Subject(module, parts) for module in SUBJECTS}
    return {name: subjects[module].operation(name) for module, names in SUBJECTS.items() for name in names}


class _Subject:
    """The operations of one module, made when one is asked for."""

    def __init__(self, module: str, parts: OfficeParts) -> None:
        self._module = module
        self._parts = parts
        self._made: dict[str, Operation] | None = None

    def operation(self, name: str) -> Operation:
        async def asked(args: dict[str, Any]) -> Any:
            if self._made is None:
                module = await asyncio.to_thread(import_module, self._module)
                if self._made is None:  # somebody else may have asked meanwhile
                    self._made = module.operations(self._parts)
            return await self._made[name](args)

        return asked


@contextlib.asynccontextmanager
async def in_line(parts: OfficeParts, changes: Changes) -> AsyncIterator[None]:
    """Keep what has an audience in line with master data as long as this is open (``catalogues/keeping.py``)."""
    async with contextlib.AsyncExitStack() as stack:

        async def begin() -> None:
            try:
                keeping = await asyncio.to_thread(import_module, "app.office.catalogues.keeping")
                await stack.enter_async_context(keeping.kept(parts, changes))
            except Exception:  # noqa: BLE001 - the till goes on; with its next start this is tried again
                _log.exception("catalogues are not kept in line")

        beginning = asyncio.create_task(begin(), name="catalogues begin")
        try:
            yield
        finally:
            await asyncio.gather(beginning, return_exceptions=True)
