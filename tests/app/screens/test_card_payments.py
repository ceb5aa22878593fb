"""Card payments at the keyboard: what the terminal shows, what Esc gives up, whose word settles what it cannot say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from app import text
from app.screens.card_words import SHOWS, shown
from app.screens.functions import Mode
from app.screens.till.app import TillApp
from app.till.commands import CloseTerminalDay, Pay
from app.till.effects import Refuse
from peripherals.card_terminal.exchange import PROGRESS
from peripherals.supervision import DeviceView
from tests.app.screens.standin import BIRD_SEED, Shop, services
from tests.app.screens.test_coverage import key_of
from tests.app.screens.walking import Walk, walk
from tests.app.till.scripted_terminal import DECLINED, LOST, UNTOLD, ScriptedTerminal


@pytest.fixture
def terminal() -> ScriptedTerminal:
    return ScriptedTerminal()


@pytest.fixture
def shop(tmp_path: Path, terminal: ScriptedTerminal) -> Iterator[Shop]:
    text.use("en")
    shop = Shop(tmp_path, terminal=terminal)
    shop.till.engine.on_change(lambda what: [listener(what) for listener in shop.changed] and None)
    yield shop
    shop.close()


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[Walk]:
    async with walk(TillApp(services(shop))) as walking:
        yield walking


async def pay_by_card(till: Walk) -> None:
    """The key of payment by card."""
    await till.press("<f9>")


async def until(till: Walk, said: str) -> None:
    async with asyncio.timeout(60):
        while said not in till.text:
            await asyncio.sleep(0.02)


async def test_what_the_terminal_shows_is_seen_and_escape_gives_it_up(
    shop: Shop, till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.holds.clear()
    await till.press(f"{BIRD_SEED}\r+")
    typing = asyncio.create_task(pay_by_card(till))
    await until(till, "Card terminal: the card, please. Esc gives up.")
    till.app.post_message(key_of("escape"))
    await typing
    await until(till, "Given up at the terminal. Nothing was charged.")
    assert terminal.aborts == 1
    assert till.app.router.mode is Mode.TENDER
    assert shop.receipts == []


async def test_a_declined_card_leaves_the_payment_open_with_the_reason(
    shop: Shop, till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.verdicts = [DECLINED]
    await till.press(f"{BIRD_SEED}\r+")
    await pay_by_card(till)
    assert "Declined (05). Take another card, or another way to pay." in till.text
    await pay_by_card(till)
    assert shop.receipts[-1].tenders[0].card is not None
    assert terminal.moved == [("payment", 499)]


@pytest.mark.parametrize(("answer", "charged"), [("1", True), ("2", False)])
async def test_an_uncertain_payment_waits_among_the_devices_for_whoever_reads_the_terminal(
    shop: Shop, till: Walk, terminal: ScriptedTerminal, answer: str, charged: bool
) -> None:
    terminal.verdicts, terminal.resolutions = [LOST], [UNTOLD]
    asking = asyncio.create_task(shop.till.engine.charging.run())
    await till.press(f"{BIRD_SEED}\r+")
    await pay_by_card(till)
    assert "Nobody knows if 4.99 was charged" in till.text
    shop.status_now["charges"] = shop.till.engine.charging.view()
    await till.press("<escape>/61\r")
    assert "Card payment 4.99" in till.text
    assert "Read the terminal" in till.text
    await till.press(f"1\r{answer}\r")
    await till.press("\r")
    asking.cancel()
    assert shop.till.engine.charging.view() == [] or charged
    states = [each["state"] for each in shop.till.engine.charging.view()]
    assert states == (["approved"] if charged else [])
    assert len(terminal.moved) == 1


async def test_the_terminals_end_of_day_is_offered_after_the_tills(shop: Shop, till: Walk) -> None:
    view = DeviceView("terminal", "card_terminal", "IDLE", "ONLINE")
    shop.status_now["devices"] = [msgspec.to_builtins(view)]
    await till.press("/42\r5\r\r")  # without a count
    await till.press("\x1b")  # the report is read
    assert "Day end of the card terminal as well?" in till.text
    await till.press("\r")
    assert shop.commands[-1] == CloseTerminalDay()
    assert "The card terminal has ended its day." in till.text


def test_everything_that_the_terminal_shows_has_words(english: None) -> None:
    assert {*PROGRESS.values(), "line_lost"} - {"watch_terminal"} <= SHOWS.keys()
    assert "look what it says" in shown("watch_terminal")


async def test_a_sale_paid_in_cash_stays_open_while_a_card_payment_is_uncertain(
    shop: Shop, till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.verdicts, terminal.resolutions = [LOST], [UNTOLD]
    asking = asyncio.create_task(shop.till.engine.charging.run())
    await till.press(f"{BIRD_SEED}\r+")
    await pay_by_card(till)
    answer = await shop.run(Pay())
    asking.cancel()
    assert isinstance(answer, Refuse)
    assert answer.code == "card_pending"


async def test_the_terminals_day_is_ended_among_the_devices_too(shop: Shop, till: Walk) -> None:
    view = DeviceView("terminal", "card_terminal", "IDLE", "ONLINE")
    shop.status_now["devices"] = [msgspec.to_builtins(view)]
    await till.press("/61\r2\r<f2>\r")
    assert shop.commands[-1] == CloseTerminalDay()


async def test_the_terminals_end_of_day_is_offered_after_the_day_end_by_its_number(shop: Shop, till: Walk) -> None:
    view = DeviceView("terminal", "card_terminal", "IDLE", "ONLINE")
    shop.status_now["devices"] = [msgspec.to_builtins(view)]
    await till.app._ask_status()  # type: ignore[attr-defined]
    await till.press("/18\r\r")
    assert "Day end of the card terminal as well?" in till.text
    await till.press("\x1b")
    assert not any(isinstance(command, CloseTerminalDay) for command in shop.commands)
    assert till.app.router.mode is Mode.SALE


async def test_what_was_typed_while_a_customer_paid_is_forgotten_when_that_is_given_up(
    shop: Shop, till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.holds.clear()
    await till.press(f"{BIRD_SEED}\r+")
    typing = asyncio.create_task(pay_by_card(till))
    await until(till, "Card terminal: the card, please. Esc gives up.")
    for key in ("f9", "1", "escape", "5", "0", "0", "f8"):
        till.app.post_message(key_of(key))
    await typing
    await till.rest()
    assert terminal.moved == [], "an impatient second press charged after all"
    # What came after Esc counts: the rest of a number of which the beginning is gone is no money.
    assert shop.receipts == []
    assert till.app.router.mode is Mode.TENDER


async def test_a_second_press_does_not_charge_again_what_was_declined(
    shop: Shop, till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.verdicts = [DECLINED]
    terminal.holds.clear()
    await till.press(f"{BIRD_SEED}\r+")
    typing = asyncio.create_task(pay_by_card(till))
    await until(till, "Card terminal: the card, please. Esc gives up.")
    till.app.post_message(key_of("f9"))
    terminal.holds.set()
    await typing
    await until(till, "Declined (05)")
    await till.rest()
    assert terminal.moved == []
    assert shop.receipts == []


async def test_the_devices_can_be_looked_at_in_the_middle_of_a_payment(till: Walk) -> None:
    await till.press(f"{BIRD_SEED}\r+/61\r")
    assert "Devices" in till.text
    await till.press("<escape>")
    assert till.app.router.mode is Mode.TENDER


async def test_what_the_terminal_asks_for_takes_the_place_of_what_was_refused(
    till: Walk, terminal: ScriptedTerminal
) -> None:
    terminal.verdicts = [DECLINED]
    await till.press(f"{BIRD_SEED}\r+")
    await pay_by_card(till)
    assert "Declined (05)" in till.text
    terminal.holds.clear()
    typing = asyncio.create_task(pay_by_card(till))
    await until(till, "Card terminal: the card, please. Esc gives up.")
    terminal.holds.set()
    await typing
