"""The network screen, and what the status line says of the network."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import text
from app.screens.functions import Mode
from app.screens.tasks.showing import LOOK_AGAIN_S
from app.screens.till.app import TillApp
from app.till.commands import Scan
from app.till.ports import JournalRefused
from tests.app.screens import shopful
from tests.app.screens.standin import PEN, Shop, services
from tests.app.screens.walking import Walk, walk

AT_MS = 1_763_750_220_000


def member(no: int, **said: Any) -> dict[str, Any]:
    usual = {
        "member": f"{no:032x}", "till_no": no, "name": f"Kasse {no}", "role": "till", "site": "Halle", "revoked": False,
        "me": no == 3, "online": no == 3, "known": {"sales": 10 * no}, "pending": 0, "pending_since": None,
        "since": AT_MS, "last_heard": AT_MS, "clock_off_ms": None,
    }  # fmt: skip
    return {**usual, **said}


MEMBERS = [
    member(1, online=True, clock_off_ms=185_000),
    member(2, pending=7, pending_since=AT_MS),
    member(3),
    member(4, signed_off=True),
    member(5, revoked=True),
    member(6, last_heard=None, since=None),
    member(7, role="centre"),
    member(8),
]
LOG = [
    {"at_ms": AT_MS + n * 1_000, "what": "received", "name": "1 Kasse 1", "detail": f"sale.made/1 ×{n}; 99 bytes"}
    for n in range(60)
]


class Spool(shopful.Spool):
    """A print spool that counts what it is to print of the protocol."""

    def __init__(self) -> None:
        self.printed = 0
        self.refuses = ""

    async def print_log(self) -> None:
        if self.refuses:
            raise JournalRefused(self.refuses)
        self.printed += 1


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    text.use("en")
    made = Shop(tmp_path)
    made.status_now = {
        "online": True, "peers": [{}], "pending": 0, "pending_anywhere": 7, "pending_since": AT_MS, "members": MEMBERS,
        "clocks_off": [{"till_no": 1, "name": "Kasse 1", "off_ms": 185_000}], "own_clock_off_ms": None,
    }  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def app(shop: Shop) -> TillApp:
    async def log() -> list[dict[str, Any]]:
        if shop.fails is not None:
            raise shop.fails
        return LOG

    return TillApp(replace(services(shop), network_log=log))


async def shown(till: Walk, word: str) -> None:
    """Wait until the sheet, which looks again by itself, shows this."""
    for _ in range(500):
        if word in till.text:
            return
        await asyncio.sleep(0.02)
        await till.rest()
    raise AssertionError(till.text)


@pytest.mark.parametrize("opening", ["<ctrl+n>", "/90\r"])
async def test_the_network_is_shown_by_key_and_by_number_and_closed_by_escape(app: TillApp, opening: str) -> None:
    async with walk(app) as till:
        await till.press(opening)
        for word in (
            "Kasse 1, Halle",
            "online",
            "offline",
            "signed off",
            "shut out",
            "never met",
            "this till",
            "+3 min",
        ):
            assert word in till.text, word
        assert "7 entries are not yet with everyone" in till.text
        assert "The clock of till 1 (Kasse 1) differs" in till.text
        assert "sale.made/1 ×59" in till.text, "the newest of the protocol"
        assert "sale.made/1 ×0;" not in till.text
        await till.press("<escape>")
        assert till.app.router.mode is Mode.SALE
        assert "Kasse 1, Halle" not in till.text


async def test_the_protocol_is_read_to_its_end_by_keyboard_and_stands_still_meanwhile(app: TillApp, shop: Shop) -> None:
    async with walk(app) as till:
        await till.press("<ctrl+n><f5>")
        assert "sale.made/1 ×59" in till.text
        assert "sale.made/1 ×0;" not in till.text
        for _ in range(12):
            await till.press("<pagedown>")
        assert "sale.made/1 ×0;" in till.text
        before = till.text
        LOG.append({**LOG[0], "detail": "the very newest"})
        try:
            await asyncio.sleep(LOOK_AGAIN_S + 0.2)
            await till.rest()
            assert till.text == before
            for _ in range(12):
                await till.press("<pageup>")
            await shown(till, "the very newest")
        finally:
            LOG.pop()


async def test_the_protocol_is_printed_and_stays_in_view(shop: Shop) -> None:
    spool = Spool()

    async def log() -> list[dict[str, Any]]:
        return LOG

    async with walk(TillApp(replace(services(shop), network_log=log, devices=spool))) as till:
        await till.press("<ctrl+n>")
        assert "Print" not in till.text
        await till.press("<f5><f8>")
        assert spool.printed == 1
        assert "sale.made/1 ×59" in till.text
        assert "on its way" in till.text
        spool.refuses = "no_printer"
        await till.press("<f8>")
        assert spool.printed == 1
        assert "sale.made/1 ×59" in till.text


async def test_each_question_has_a_sheet_of_its_own(app: TillApp, shop: Shop) -> None:
    shop.status_now = {
        **shop.status_now,
        "pending": 2,
        "peers": [{"till_no": 1, "name": "Kasse 1", "since_ms": 300_000, "clock_off_ms": 185_000}],
    }
    async with walk(app) as till:
        await till.press("/90\r<f3>")
        assert "Kasse 1                        for 5 min" in till.text
        assert "Kasse 2" not in till.text
        await till.press("/4\r")
        assert "7 entries are not yet with everyone" in till.text
        assert "On their way to those who are connected: 2" in till.text
        assert "Kasse 2, Halle" in till.text
        assert "Kasse 1, Halle" not in till.text, "it has everything"
        await till.press("<f6>")
        assert "Nothing is overdrawn." in till.text
        await till.press("<f2>")
        assert "Kasse 8, Halle" in till.text
        await till.press("\r")
        assert till.app.router.mode is Mode.SALE


async def test_a_till_alone_is_told_so_and_that_nothing_waits(shop: Shop) -> None:
    shop.status_now = {"online": False, "peers": [], "pending": 0, "members": [member(3)]}
    async with walk(TillApp(services(shop))) as till:
        await till.press("<ctrl+n><f3>")
        assert "No other till is connected." in till.text
        await till.press("<f4>")
        assert "Everybody has all that this till has written." in till.text
        await till.press("<f5>")
        assert "Nothing has happened yet." in till.text


async def test_scans_while_it_is_open_are_refused_aloud_and_none_is_sold(app: TillApp, shop: Shop) -> None:
    async with walk(app) as till:
        await till.press("<ctrl+n>")
        await till.press(f"{PEN}\r")
        assert f"Nothing is sold here, Esc goes back. Not taken: {PEN}" in till.text
        await till.press("<f1>")
        assert till.app.router.mode is Mode.HELP
        await till.press("<f1>")
        assert "Kasse 1, Halle" in till.text, "help leads back"
        await till.press("<escape>")
        await till.press(f"{PEN}\r")
    assert shop.commands == [Scan(PEN)]


async def test_it_lies_over_payment_too_and_the_payment_goes_on(app: TillApp, shop: Shop) -> None:
    async with walk(app) as till:
        await till.press(f"{PEN}\r+")
        await till.press("<ctrl+n>")
        await till.press("<escape>")
        assert till.app.router.mode is Mode.TENDER
        await till.press("+")
    assert len(shop.receipts) == 1


async def test_an_engine_that_does_not_answer_is_told_and_asked_again(app: TillApp, shop: Shop) -> None:
    async with walk(app) as till:
        shop.fails = OSError("gone")
        await till.press("<ctrl+n>")
        assert "The engine does not answer" in till.text
        shop.fails = None
        await shown(till, "Kasse 1, Halle")
        shop.fails = OSError("gone")
        await shown(till, "The engine does not answer")


async def test_an_engine_that_hangs_holds_nobody_up(app: TillApp, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    async with walk(app) as till:
        monkeypatch.setattr(shop, "status", asyncio.Event().wait)
        await till.press("<ctrl+n>")
        await shown(till, "The engine does not answer")
        await till.press("<escape>")
        assert till.app.router.mode is Mode.SALE


async def test_eighty_columns_hold_every_line(app: TillApp) -> None:
    async with walk(app) as till:
        for sheet in ("<f2>", "<f3>", "<f4>", "<f5>", "<f6>"):
            await till.press("<ctrl+n>" + sheet)
            assert len(till.lines) == 24
            step = till.app.router.step
            assert step is not None
            assert all(sum(len(part) for part, _style in line) <= 78 for line in step.lines(80, 500))
            await till.press("<escape>")


@pytest.mark.parametrize("language", ["de", "en"])
async def test_the_status_line_keeps_till_network_and_clock_beside_an_alarm(shop: Shop, language: str) -> None:
    text.use(language)
    shop.status_now["own_clock_off_ms"] = -400 * 86_400_000
    shop.status_now["stopped"] = {"code": "cloned", "reason": "a copy runs"}
    async with walk(TillApp(services(shop))) as till:
        await till.app._tick()
        await till.rest()
        (line, *_rest) = till.lines
        assert ("Kasse 3" if language == "de" else "Till 3") in line
        assert "ONLINE" in line
        assert "18:37" in line
        assert " +1 " in line
        text.use("en")


async def test_a_wrong_clock_is_on_the_status_line(shop: Shop, app: TillApp) -> None:
    async with walk(app) as till:
        await till.app._tick()
        await till.rest()
        assert "Clock till 1: +3 min" in till.lines[0]
        shop.status_now = {**shop.status_now, "clocks_off": []}
        shop.changed[0]("status")
        await till.app._tick()
        await till.rest()
        assert "Clock" not in till.lines[0]
