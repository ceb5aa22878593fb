"""Reports on the screen: read, printed, given up, and the day closed with a count or without."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from app.facts.sales import ZReportClosed
from app.screens.functions import Mode
from app.screens.tasks.figures import WIDTH, report
from app.screens.tasks.steps import Working
from app.till.commands import Command, CountCash, OpeningFloat, Pay, Scan, SellVoucher, XReport, ZReport
from app.till.effects import UNASKED, Consent, Refuse, Reply
from tests.app.screens.standin import BIRD_SEED, PEN, Shop
from tests.app.screens.walking import NAMED, Walk, till


def has_row(walking: Walk, *words: str) -> bool:
    return any(line.replace(",", ".").split()[-len(words) :] == list(words) for line in walking.lines)


async def test_the_x_report_is_read_and_printed_and_a_number_shows_that_day_end(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"{PEN}\r+\r{BIRD_SEED}\r<f9><f9>/17\r")
        assert has_row(walking, "5.88", "EUR")
        assert has_row(walking, "19", "%", "0.89", "0.75", "0.14")
        await walking.press("<f2>")
        assert shop.commands[-2:] == [XReport(print_=True), XReport()]
        assert isinstance(shop.till.engine.documents[-1], ZReportClosed)
        await walking.press("\x1b/18\r\r1/17\r")
        assert shop.commands[-1] == XReport(z_no="1")
        assert has_row(walking, "5.88", "EUR")
        await walking.press("\x1b7/17\r")
        assert walking.app.router.step is None, "there is no such day end, and it was told"


async def test_the_day_is_closed_with_a_count_and_found_again(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press(f"{BIRD_SEED}\r+\r/42\r4\r\r\r\r\r\r\r1<f8>")
        assert "0,01" in walking.text.replace(".", ",")
        assert not any(isinstance(command, ZReport) for command in shop.commands)
        await walking.press("\r")
        assert shop.commands[-1] == ZReport({"EUR": {"5.00": 1}})
        assert not any(isinstance(command, CountCash) for command in shop.commands)
        await walking.press("\x1b/42\r5\r\x1b5\r\r")
        assert shop.commands[-1] == ZReport()
        await walking.press("\r/42\r6\r")
        assert [row.split()[1] for line in walking.lines if (row := line.lstrip(" >"))[:1].isdigit()] == ["2", "1"]
        await walking.press("2\r")
        assert has_row(walking, "0.01")
        await walking.press("\x1b\x1b\x1b")
        assert walking.app.router.step is None


async def test_a_report_that_takes_long_is_given_up_and_selling_goes_on(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    reckoned, run = asyncio.Event(), shop.run

    async def slow(command: Command, consent: Consent = UNASKED) -> Reply | Refuse:
        if isinstance(command, XReport):
            await reckoned.wait()
        return await run(command, consent)

    monkeypatch.setattr(shop, "run", slow)
    async with till(shop) as walking:
        for key in "/42\r2\r":
            walking.app.post_message(events.Key(NAMED.get(key, key), key))
        while not isinstance(walking.app.router.step, Working):
            await asyncio.sleep(0)
        for key in f"\x1b\x1b{BIRD_SEED}\r":
            walking.app.post_message(events.Key(NAMED.get(key, key), key))
        while walking.app.router.mode is not Mode.SALE or not walking.app.router.entry.empty:
            await asyncio.sleep(0)
        reckoned.set()
        await walking.rest()
        assert [line.ident_no for line in shop.session.view().lines] == ["0815"]
        await walking.press("/17\r")
        assert any("4.99" in line.replace(",", ".") or "0.00" in line.replace(",", ".") for line in walking.lines)


async def test_whatever_there_is_to_report_fits(shop: Shop) -> None:
    for command in (
        Scan(PEN),
        SellVoucher("50.00"),
        Pay("cash"),
        OpeningFloat("20", "CHF"),
        Scan(BIRD_SEED),
        Pay("card"),
    ):
        assert isinstance(await shop.run(command), Reply)
    for scope in ("till", "network"):
        reply = await shop.run(XReport(scope=scope))
        assert isinstance(reply, Reply)
        lines = report(reply.fields, overdraws=2).splitlines()
        assert all(len(line) <= WIDTH for line in lines)
        assert any(line.endswith(("50.00", "50,00")) for line in lines)
        assert lines[-1].split()[-1] in ("2", "EUR")
