"""Devices on the screen: how they are, test page and copies, and what somebody has to look at the paper for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from app import text
from app.facts.base import Fact
from app.facts.sales import ReceiptCompleted, ZReportClosed
from app.screens.tasks.devices import DRAWER_ENDS, TROUBLES, name_of, printer_state
from app.screens.till.app import TillApp
from app.till.commands import OpenDrawer
from app.till.ports import JournalRefused
from peripherals.cash_drawer import DrawerOutcome
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.walking import Walk, walk

READY = {"power": "ONLINE", "state": "IDLE", "trouble": "", "paper": "ok"}


class Spool:
    """Devices that remember what they were told."""

    def __init__(self, shop: Shop) -> None:
        self.done: list[tuple[str, object]] = []
        self.refuses = ""
        self.printer: dict[str, Any] = {
            "waiting": 0, "uncertain": ["3-000123"], "failed": [], "device": READY,
            "drawer": {"outcome": "opened", "reason": ""},
        }  # fmt: skip
        shop.status_now["printer"] = self.printer

    async def _note(self, what: str, about: object) -> None:
        if self.refuses:
            raise JournalRefused(self.refuses)
        self.done.append((what, about))

    async def accept(self, job_no: str) -> None:
        await self._note("accept", job_no)
        self.printer["uncertain"] = []

    async def reprint(self, job_no: str) -> None:
        await self._note("reprint", job_no)

    async def copy(self, document: Fact) -> None:
        await self._note("copy", document)

    async def simulated(self) -> tuple[()]:
        return ()

    async def print_log(self) -> None:
        await self._note("log", "")

    async def test_print(self) -> None:
        await self._note("test", "")


@asynccontextmanager
async def till(shop: Shop, spool: Spool | None) -> AsyncIterator[Walk]:
    given = services(shop)
    async with walk(TillApp(given if spool is None else _with(given, spool))) as walking:
        yield walking


def _with(given: Any, spool: Spool) -> Any:
    from dataclasses import replace

    return replace(given, devices=spool)


async def test_what_may_be_printed_or_not_is_answered_at_the_till(shop: Shop) -> None:
    spool = Spool(shop)
    async with till(shop, spool) as walking:
        await walking.press("/61\r3\r2\r")
        assert spool.done == [("reprint", "3-000123")]
        await walking.press("3\r\x1b3\r1\r")
        assert spool.done[1:] == [("accept", "3-000123")]
        assert not any("3-000123" in line for line in walking.lines[1:-3])


async def test_test_page_drawer_and_a_copy_of_any_receipt(shop: Shop) -> None:
    spool = Spool(shop)
    async with till(shop, spool) as walking:
        await walking.press(f"{BIRD_SEED}\r+\r/61\r<f2><f3>")
        assert shop.commands[-1] == OpenDrawer()
        await walking.press("/4\r\r")
        assert spool.done[0] == ("test", "")
        ((what, document),) = spool.done[1:]
        assert what == "copy"
        assert isinstance(document, ReceiptCompleted)
        assert document.receipt_no == "3-000123"
        await walking.press("<f4>9-999999\r")
        assert len(spool.done) == 2, "nobody knows that receipt"
        await walking.press("\x1b\x1b/18\r\r/42\r6\r\r<f2>")
        assert isinstance(spool.done[-1][1], ZReportClosed)


async def test_no_printer_is_said_and_not_a_crash(shop: Shop) -> None:
    async with till(shop, None) as walking:
        await walking.press("/61\r<f2>")
        assert "till.toml" in walking.lines[-3]
        shop.fails = OSError("gone")
        await walking.press("<f9>")
        assert walking.app.router.step is None
    spool = Spool(shop)
    shop.fails, spool.refuses = None, "unknown_print_job"
    async with till(shop, spool) as walking:
        await walking.press("/61\r3\r1\r")
        assert spool.done == []
        assert walking.app.router.step is not None


@pytest.mark.parametrize(
    ("device", "waiting"), [({}, 0), ({"trouble": "paper_out"}, 3), ({"state": "BUSY"}, 1), ({"paper": "near_end"}, 0)]
)
def test_every_state_of_a_printer_is_said_in_words(device: dict[str, str], waiting: int) -> None:
    said = printer_state({"waiting": waiting, "device": {**READY, **device}})
    assert said
    assert "_" not in said
    assert ("3" in said) == (waiting == 3)


def test_every_end_of_opening_the_drawer_has_words() -> None:
    assert {outcome.value for outcome in DrawerOutcome} <= set(DRAWER_ENDS)
    assert {"cover_open", "paper_out", "failure", "offline", "silent"} <= set(TROUBLES)


def test_print_jobs_have_names_for_people() -> None:
    text.use("en")
    assert "3-000042" in name_of("3-000042")
    assert "3-7" in name_of("z_report-3-7")
    assert name_of("sale-3F2A9C1B") == "Transaction 3F2A9C1B", "as its paper is headed while it is rung"
    assert name_of("3-000042-copy") != name_of("3-000042")
    assert "x_report" not in name_of("x_report-3-2026-11-21T09:32:11.000Z")
