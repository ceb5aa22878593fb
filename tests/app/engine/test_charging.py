"""Card orders and the disk: wherever the till dies or the disk refuses, a card is charged once and the sale gets it."""

from __future__ import annotations

import asyncio
import contextlib
import itertools

import pytest

from app.domain.card import CardAnswer, CardOrder, CardProof
from app.engine.charging import Charging
from app.till.ports import JournalRefused
from peripherals.card_terminal.payment import Verdict
from tests.app.till.scripted_terminal import DECLINED, LOST, UNTOLD, ScriptedTerminal

SALE = "5a1e" * 8


class Killed(BaseException):
    """The process is gone."""


class Disk:
    """Kept values; the process dies, or the disk refuses, at the write of this number (from 0)."""

    def __init__(self, dies_at: int | None = None, *, after: bool = False, refuses: bool = False) -> None:
        self.values: dict[str, str] = {}
        self._writes = itertools.count()
        self._dies_at = dies_at
        self._after = after
        self._refuses = refuses

    async def keep(self, values: dict[str, str | None]) -> None:
        now = next(self._writes) == self._dies_at
        if now and not self._after:
            raise JournalRefused("disk_full") if self._refuses else Killed
        for key, text in values.items():
            if text is None:
                self.values.pop(key, None)
            else:
                self.values[key] = text
        if now:
            raise Killed


def order(attempt: int, **more: object) -> CardOrder:
    return CardOrder(f"{attempt:032x}", f"{SALE}/payment", SALE, "payment", 499, "EUR", **more)  # type: ignore[arg-type]


def charging(terminal: ScriptedTerminal, disk: Disk) -> Charging:
    return Charging(terminal, disk.values, disk.keep, refusals=JournalRefused, resolve_s=5.0)


async def tried(terminal: ScriptedTerminal, disk: Disk, attempt: int) -> CardAnswer | None:
    """One run of the engine, with one press of the card key; None: it died or the disk refused."""
    engine = charging(terminal, disk)
    asking, paying = asyncio.create_task(engine.run()), asyncio.create_task(engine.charge(order(attempt)))
    try:
        # Whichever of the two dies takes the engine with it.
        await asyncio.wait({asking, paying}, return_when=asyncio.FIRST_COMPLETED)
        return await paying if paying.done() else None
    except (Killed, JournalRefused):
        return None
    finally:
        for task in (asking, paying):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Killed, JournalRefused):
                await task


@pytest.mark.parametrize("charged", [True, False], ids=["charged", "not charged"])
@pytest.mark.parametrize("first", [None, LOST, DECLINED], ids=["approved", "lost", "declined"])
@pytest.mark.parametrize("refuses", [False, True], ids=["dies", "refuses"])
@pytest.mark.parametrize("after", [False, True])
async def test_wherever_the_till_dies_the_card_is_charged_once_and_the_sale_gets_it(
    after: bool, refuses: bool, first: Verdict | None, charged: bool
) -> None:
    for dies_at in range(4):
        disk, terminal = Disk(dies_at, after=after, refuses=refuses), ScriptedTerminal()
        terminal.verdicts = [first] if first else []
        terminal.loses_before = not charged
        answers = []
        for attempt in range(5):
            answers.append(await tried(terminal, disk, attempt))
            if answers[-1] is not None and answers[-1].outcome == "approved":
                break
        last = answers[-1]
        assert last is not None
        assert last.outcome == "approved", answers
        assert last.proof is not None
        # What the terminal moved is what the sale gets: once.
        assert terminal.moved == [("payment", 499)], (dies_at, answers)


async def test_another_order_waits_until_the_uncertain_one_is_cleared_up() -> None:
    disk, terminal = Disk(), ScriptedTerminal()
    terminal.verdicts, terminal.resolutions = [LOST], [UNTOLD]
    engine = charging(terminal, disk)
    asking = asyncio.create_task(engine.run())
    assert (await engine.charge(order(1))).outcome == "uncertain"
    other = CardOrder("f" * 32, "other/payment", "other", "payment", 100, "EUR")
    assert (await engine.charge(other)).outcome == "pending"
    assert (await engine.say(f"{1:032x}", charged=False, by="anna")).reason == "not_charged"
    assert (await engine.charge(other)).outcome == "approved"
    asking.cancel()
    assert terminal.moved[1:] == [("payment", 100)]


async def test_a_cashier_need_not_wait_for_a_terminal_that_is_away() -> None:
    disk, terminal = Disk(), ScriptedTerminal()
    terminal.verdicts = [LOST]
    terminal.away.clear()
    engine = charging(terminal, disk)
    asking = asyncio.create_task(engine.run())
    paying = asyncio.create_task(engine.charge(order(1)))
    while not engine.view():
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    engine.give_up()
    assert (await paying).outcome == "uncertain"
    terminal.away.set()
    while engine.view()[0]["state"] != "approved":
        await asyncio.sleep(0)
    asking.cancel()
    assert (await engine.charge(order(2))).outcome == "approved"
    assert terminal.moved == [("payment", 499)]


async def test_a_reversal_for_another_terminals_payment_is_not_said_here() -> None:
    terminal = ScriptedTerminal()
    engine = charging(terminal, Disk())
    foreign = CardProof("e" * 32, "99999999", 42, 8)
    back = CardOrder("f" * 32, "back", SALE, "reversal", 499, "EUR", foreign)
    assert (await engine.charge(back)).reason == "not_possible"
    assert terminal.moved == []


async def test_whoever_waits_hears_what_somebody_has_read_off_the_terminal() -> None:
    terminal = ScriptedTerminal()
    terminal.verdicts = [LOST]
    terminal.away.clear()
    engine = charging(terminal, Disk())
    paying = asyncio.create_task(engine.charge(order(1)))
    while not engine.view():
        await asyncio.sleep(0)
    await asyncio.sleep(0)
    await engine.say(f"{1:032x}", charged=True, by="anna")
    answer = await paying
    assert answer.outcome == "approved"
    assert answer.proof == CardProof(f"{1:032x}", read_by="anna")


async def test_an_order_of_another_version_keeps_no_till_from_opening_and_stays_on_disk() -> None:
    disk, terminal = Disk(), ScriptedTerminal()
    disk.values["charge/old"] = '{"order": 7}'
    assert charging(terminal, disk).view() == []
    assert (await tried(terminal, disk, 1)) is not None
    assert disk.values["charge/old"] == '{"order": 7}'
