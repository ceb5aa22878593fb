"""A card terminal as a program of its own: a till that is killed while it charges has charged once when it is back."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from app.domain.card import CardOrder
from app.engine import detached
from app.engine.remote import RemoteEngine
from app.home import Home
from app.till.ports import JournalRefused, charging_of
from tests.driving import DriveTill
from tests.e2e.test_readers import machine, stand

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]

DEVICES = """
[devices.terminal]
kind = "card_terminal"
address = "{folder}/terminal"
"""


@pytest.fixture
def till(tmp_path: Path, founded: Callable[[Path], DriveTill]) -> DriveTill:
    made = founded(tmp_path / "one")
    settings = made.home / "till.toml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    settings.write_text(before + DEVICES.format(folder=tmp_path), encoding="utf-8")
    return made


def event(till: DriveTill) -> dict[str, object]:
    """The next event of the card terminal."""
    while (line := till._line()).get("event") != "card":
        pass
    return line


def test_a_till_killed_while_it_charges_gives_the_same_sale_the_same_money(till: DriveTill, tmp_path: Path) -> None:
    with machine("card-terminal", "--pty", str(tmp_path / "terminal")) as terminal:
        till.start()
        stand(till)
        till.ask("scan", code="1001")
        first = till.ask("pay", tender="card")
        assert first["card"] == {"terminal": "52500041", "trace": "42", "receipt_no": "8", "name": "girocard"}
        assert "Zahlung erfolgt" in first["text"]
        till.ask("scan", code="1001", quantity="2")
        terminal("slow 1")
        till.send("pay", tender="card")
        assert event(till) == {"event": "card", "shows": "insert_card"}
        till.kill()

        till.start()
        give_up = time.monotonic() + 90
        while (charges := till.ask("status").get("charges", [])) and charges[0]["state"] != "approved":
            assert time.monotonic() < give_up, charges
            time.sleep(0.1)
        assert [charge["amount_minor"] for charge in charges] == [998]
        booked = till.ask("pay", tender="card")
        assert (booked["due"], booked["card"]["trace"]) == ("0.00", "43")
        assert "charges" not in till.ask("status")
        till.ask("scan", code="1001")
        assert till.ask("pay", tender="card")["card"]["trace"] == "44", "nothing was charged in between"
        assert till.ask("void_receipt")["receipt_no"]
        assert till.ask("close_terminal")["lines"] == ["Kassenschnitt"]
        till.close()


async def test_screens_give_up_at_the_terminal_and_what_outlives_them_is_charged_once(
    till: DriveTill, tmp_path: Path
) -> None:
    with machine("card-terminal", "--pty", str(tmp_path / "terminal")) as terminal:
        options = ["--no-discovery", "--listen", "127.0.0.1:0"]
        client, process = await detached.joined(Home(till.home), options)
        engine, shown = RemoteEngine(client), asyncio.Event()
        engine.on_change(lambda what: shown.set() if charging_of(what) == "insert_card" else None)
        await engine.attach()
        async with asyncio.timeout(90):
            while not (devices := (await engine.status())["devices"]) or devices[0]["state"] != "IDLE":
                await asyncio.sleep(0.05)
            terminal("slow 600")
            paying = asyncio.create_task(engine.charge(order("a" * 32)))
            await shown.wait()
            await engine.cancel_charge()
            assert (await paying).reason == "aborted"

            shown.clear()
            terminal("slow 1")
            lost = asyncio.create_task(engine.charge(order("b" * 32)))
            await shown.wait()
            await client.close()  # the screens are gone
            with contextlib.suppress(JournalRefused):
                await lost
            client, _ = await detached.joined(Home(till.home), options)
            engine = RemoteEngine(client)
            await engine.attach()
            while (charges := (await engine.status()).get("charges", [])) == [] or charges[0]["state"] != "approved":
                await asyncio.sleep(0.05)
            answer = await engine.charge(order("c" * 32))
            assert answer.proof is not None
            assert (answer.outcome, answer.proof.charge_id) == ("approved", "b" * 32)
            assert (await engine.settle_charge("b" * 32, charged=False, by="anna")).reason == "not_charged"
            assert (await engine.close_terminal()).lines == ("Kassenschnitt",)
        await client.close()
        assert process is not None
        process.terminate()
        await asyncio.to_thread(process.wait, 60)


def order(charge_id: str) -> CardOrder:
    return CardOrder(charge_id, "sale/payment", "sale", "payment", 499, "EUR")
