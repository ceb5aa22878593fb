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
from app.office.bulk.standing import KEPT
from app.office.parts import OfficeParts
from app.till.ports import JournalRefused

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "app.office.people": (
        "office_enter",
        "office_leave",
        "office_did",
        "office_log",
    ),
    "app.office.live": ("live",),
    "app.office.tills.every": (
        "tills",
        "till",
        "till_set",
        "till_release",
        "till_block",
        "till_block_remove",
        "till_values",
        "till_value_set",
        "till_value_remove",
    ),
    "app.office.catalogues.every": (
        "catalogues",
        "catalogue_shown",
        "catalogue_set",
        "catalogue_put",
        "catalogue_import",
        "catalogue_take",
        "catalogue_assign",
        "catalogue_remove",
    ),
    "app.office.master.every": (
        "master_kinds",
        "master_list",
        "master_form",
        "master_show",
        "master_history",
        "master_changes",
        "master_set",
        "master_remove",
        "master_undo",
        "master_undo_change",
        "master_copies",
        "master_restore",
        "master_groups",
        "master_regroup",
        "master_plan",
        "master_plans",
        "master_plan_cancel",
        "master_due",
    ),
    "app.office.exchange.every": (
        "take_over",
        "taking_over",
        "take_over_stop",
        "take_over_complete",
        "export_packed",
    ),
    "app.office.order_sync": ("orders_import",),
}
"""Each subject's module, and the operations that its ``operations(parts)`` makes."""
DUE = ("master_due",)
"""Operations that an open home asks of itself: what is due is done at once, and looked for again and again."""
COMPLETE = "take_over_complete"
"""Likewise, if a change of many values was cut off: before what is due."""
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
    cut_off = parts.bulk.pending if parts.bulk.pending is not None else parts.store.kept(KEPT) is not None
    return (*((COMPLETE,) if cut_off else ()), *(DUE if _is_planned(parts) else ()))


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
