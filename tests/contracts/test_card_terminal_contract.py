"""What every card terminal must hold, over TCP and over a pseudo-terminal in frames: the matrix's rows of ZVT."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from peripherals.card_terminal import apdu
from peripherals.card_terminal.device import CardTerminal, Timings
from peripherals.card_terminal.payment import Intent, Outcome, Verdict
from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.simulators.card_terminal_machine import CardTerminalMachine
from peripherals.simulators.serving import Simulator

WAIT_S = 60.0
QUICK = Timings(busy_again_s=0.02, half_s=1.0)


class Rig(NamedTuple):
    terminal: CardTerminal
    machine: CardTerminalMachine
    simulator: Simulator
    claims: Path

    async def ready(self) -> None:
        async with asyncio.timeout(WAIT_S):
            await self.terminal.ready()

    def intent(self, amount_minor: int = 1234) -> Intent:
        return Intent("payment", amount_minor, "EUR", before=self.terminal.before)

    async def resolved(self, intent: Intent, found: Verdict) -> Verdict:
        assert found.outcome is Outcome.UNCERTAIN
        await self.ready()
        return await self.terminal.resolve(intent, found.transaction)

    async def until(self, state: str, power: str) -> None:
        async with asyncio.timeout(WAIT_S):
            while (self.terminal.view().state, self.terminal.view().power) != (state, power):
                await asyncio.sleep(0.01)


@contextlib.asynccontextmanager
async def running(terminal: CardTerminal) -> AsyncIterator[None]:
    task = asyncio.create_task(terminal.run())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture(params=["tcp", "pty"])
async def rig(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Rig]:
    serial = request.param == "pty"
    machine = CardTerminalMachine(serial=serial)
    simulator = Simulator(machine)
    if serial:
        address = str(tmp_path / "terminal")
        await simulator.start_pty(tmp_path / "terminal")
    else:
        address = f"127.0.0.1:{await simulator.start_tcp()}"
    claims = Claims(tmp_path / "claims")
    terminal = made(address, claims, serial=serial)
    async with running(terminal):
        found = Rig(terminal, machine, simulator, tmp_path / "claims")
        await found.ready()
        # Whatever a terminal did before, it names it: a first payment makes that true of a new one.
        assert (await terminal.move(found.intent(1))).outcome is Outcome.APPROVED
        machine.moved.clear()
        machine.requests.clear()
        yield found
    await simulator.stop()


def made(address: str, claims: Claims, *, serial: bool) -> CardTerminal:
    return CardTerminal(
        "terminal", address, Line(), password="000000", currency="EUR", serial=serial, claims=claims,
        rng=random.Random(1), timings=QUICK,
    )  # fmt: skip


async def test_a_payment_is_charged_once_and_says_by_which_card(rig: Rig) -> None:
    heard: list[str] = []
    found = await rig.terminal.move(rig.intent(), heard.append)
    assert found.outcome is Outcome.APPROVED
    assert found.transaction is not None
    assert found.transaction.card_name == "girocard"
    assert found.slip
    assert heard == ["insert_card"]
    assert rig.machine.moved == [("payment", 1234)]
    assert rig.terminal.view().state == "IDLE"


async def test_a_refund_and_a_reversal_move_money_back(rig: Rig) -> None:
    paid = await rig.terminal.move(rig.intent())
    assert paid.transaction is not None
    back = Intent("reversal", 1234, "EUR", rig.terminal.before, receipt_no=paid.transaction.receipt_no or 0)
    assert (await rig.terminal.move(back)).outcome is Outcome.APPROVED
    refund = Intent("refund", 500, "EUR", rig.terminal.before)
    assert (await rig.terminal.move(refund)).outcome is Outcome.APPROVED
    assert rig.machine.moved == [("payment", 1234), ("reversal", 1234), ("refund", 500)]


@pytest.mark.parametrize(("fault", "reason"), [("decline 78", "card_expired"), ("abort", "aborted")])
async def test_zvt_declined_or_aborted_gives_the_reason_and_the_next_card_may_pay(
    rig: Rig, fault: str, reason: str
) -> None:
    assert await rig.simulator.command(fault)
    found = await rig.terminal.move(rig.intent())
    assert (found.outcome, found.reason) == (Outcome.DECLINED, reason)
    assert rig.machine.moved == []
    assert (await rig.terminal.move(rig.intent())).outcome is Outcome.APPROVED


async def test_the_till_may_abort_while_no_card_is_in(rig: Rig) -> None:
    assert await rig.simulator.command("slow 600")
    found = await rig.terminal.move(rig.intent(), lambda _: rig.terminal.abort())
    assert (found.outcome, found.reason) == (Outcome.DECLINED, "aborted")
    assert rig.machine.moved == []


@pytest.mark.parametrize("said", [1, 2, 4, 6])
async def test_zvt_lost_after_06_01_is_uncertain_and_06_20_says_that_it_was_charged(rig: Rig, said: int) -> None:
    assert await rig.simulator.command(f"lose {said}")
    intent = rig.intent()
    found = await rig.resolved(intent, await rig.terminal.move(intent))
    assert found.outcome is Outcome.APPROVED
    assert rig.machine.moved == [("payment", 1234)]
    assert rig.machine.requests.count(apdu.PAY) == 1
    assert apdu.STATUS_ENQUIRY in rig.machine.requests


async def test_zvt_lost_after_06_01_and_taken_back_by_the_terminal_was_not_charged(rig: Rig) -> None:
    assert await rig.simulator.command("reverse")
    assert await rig.simulator.command("lose 2")
    intent = rig.intent()
    found = await rig.resolved(intent, await rig.terminal.move(intent))
    assert (found.outcome, found.reason) == (Outcome.DECLINED, "taken_back")
    assert rig.machine.moved == [("payment", 1234), ("reversal", 1234)]


async def test_a_terminal_that_is_still_busy_with_the_customer_is_asked_again(rig: Rig) -> None:
    assert await rig.simulator.command("slow 0.3")
    assert await rig.simulator.command("lose 1")
    intent = rig.intent()
    found = await rig.resolved(intent, await rig.terminal.move(intent))
    assert found.outcome is Outcome.APPROVED
    assert rig.machine.moved == [("payment", 1234)]


async def test_half_a_message_is_no_approval(rig: Rig) -> None:
    assert await rig.simulator.command("half_frame")
    intent = rig.intent()
    found = await rig.resolved(intent, await rig.terminal.move(intent))
    assert found.outcome is Outcome.APPROVED, "the terminal itself says so afterwards"
    assert rig.machine.moved == [("payment", 1234)]


async def test_a_terminal_that_forgot_what_it_did_is_for_a_person_to_read(rig: Rig) -> None:
    assert await rig.simulator.command("lose 1")
    intent = rig.intent()
    lost = await rig.terminal.move(intent)
    await rig.ready()
    assert await rig.simulator.command("forget")
    found = await rig.terminal.resolve(intent, lost.transaction)
    assert (found.outcome, found.reason) == (Outcome.UNCERTAIN, "not_told")


async def test_not_a_byte_is_sent_while_the_terminal_is_away_or_busy(rig: Rig) -> None:
    assert await rig.simulator.command("busy")
    assert (await rig.terminal.move(rig.intent())).reason == "busy"
    assert await rig.simulator.command("idle")
    assert await rig.simulator.command("unplug")
    await rig.until("CLOSED", "OFF")
    assert (await rig.terminal.move(rig.intent())).reason == "offline"
    assert apdu.PAY not in rig.machine.requests


async def test_any_unplug_and_replug_under_a_new_name_recovers_by_the_stable_name(rig: Rig) -> None:
    assert await rig.simulator.command("unplug")
    await rig.until("CLOSED", "OFF")
    assert await rig.simulator.command("plug")
    await rig.ready()
    assert (await rig.terminal.move(rig.intent())).outcome is Outcome.APPROVED


async def test_any_two_processes_the_second_gets_claimed(rig: Rig) -> None:
    second = made(rig.terminal.address, Claims(rig.claims), serial=False)
    async with running(second), asyncio.timeout(WAIT_S):
        while second.view().error != "CLAIMED":
            await asyncio.sleep(0.01)


async def test_garbage_on_the_line_costs_no_payment_and_books_none(rig: Rig) -> None:
    assert await rig.simulator.command("garbage")
    await asyncio.sleep(0)
    await rig.ready()
    intent = rig.intent()
    found = await rig.terminal.move(intent)
    if found.outcome is Outcome.UNCERTAIN:
        found = await rig.resolved(intent, found)
    charged = len(rig.machine.moved)
    assert charged == (1 if found.outcome is Outcome.APPROVED else 0)


async def test_the_end_of_day_is_settled_and_the_next_payment_has_its_before(rig: Rig) -> None:
    ended = await rig.terminal.end_of_day()
    assert ended.how == "done"
    assert ended.slip == ("Kassenschnitt",)
    assert rig.terminal.before is not None
    assert await rig.terminal.test() == ""


async def test_broken_frames_are_said_again_on_a_serial_line(rig: Rig) -> None:
    assert await rig.simulator.command("corrupt")
    assert (await rig.terminal.move(rig.intent())).outcome is Outcome.APPROVED
    assert await rig.simulator.command("refuse_frame")
    assert await rig.terminal.test() == ""
    assert rig.machine.moved == [("payment", 1234)]
