"""One code for several numbers, as commands ask for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app import wiring
from app.config import NetworkSettings, Settings
from app.engine.control import Refused
from app.home import Home
from app.till.ports import JournalRefused
from replication import enrolment_slots

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[wiring.Parts]:
    home = Home(tmp_path / "till")
    await wiring.found(home, SETTINGS, "Messe", 1, "till")
    settings = msgspec.structs.replace(SETTINGS, printer=msgspec.structs.replace(SETTINGS.printer, simulated=True))
    async with wiring.opened(home, settings, network=True) as parts:
        yield parts


async def released(one: wiring.Parts, **said: object) -> str:
    return str((await one.operations["release"](said))["code"])


async def waiting(parts: wiring.Parts) -> list[int]:
    return [slot["no"] for slot in await parts.operations["slots"]({}) if not slot["expired"]]


async def test_one_code_is_for_all_numbers_and_each_till_gets_its_own_name(one: wiring.Parts, tmp_path: Path) -> None:
    await one.engine.settled()
    before = one.node.status()["positions"]
    answer = await one.operations["release"]({"nos": [3, 2, 5], "name": "Kasse {no}", "site": "Halle 4"})
    assert answer["slots"] == [{"no": no, "name": f"Kasse {no}"} for no in (3, 2, 5)]
    assert one.node.status()["positions"] != before
    assert await waiting(one) == [2, 3, 5]
    home = Home(tmp_path / "new").make()
    offered = await wiring.offers(home, SETTINGS, answer["code"])
    assert offered == wiring.Offers("Messe", tuple(wiring.Offer(no, f"Kasse {no}", "Halle 4") for no in (2, 3, 5)))
    who = await wiring.join(home, SETTINGS, answer["code"], (), 3)
    assert (who.till_no, who.name, who.site) == (3, "Kasse 3", "Halle 4")
    assert await waiting(one) == [2, 5]
    async with wiring.opened(home, SETTINGS, network=False) as other:
        with pytest.raises(Refused) as refused:
            await other.operations["release"]({"nos": [7, 8], "name": "Kasse {no}"})
        assert refused.value.code == "not_authority"


async def test_nothing_is_released_if_one_of_the_numbers_or_the_name_will_not_do(one: wiring.Parts) -> None:
    for said, code in (
        ({"nos": [2, 3], "name": "Kasse"}, "bad_slot"),
        ({"nos": [2, 2], "name": "Kasse {no}"}, "bad_slot"),
        ({"nos": [2, 1], "name": "Kasse {no}"}, "number_taken"),
        ({"nos": [2, 0], "name": "Kasse {no}"}, "bad_slot"),
        ({"name": "Kasse"}, "bad_slot"),
    ):
        with pytest.raises((Refused, JournalRefused)) as refused:
            await released(one, **said)  # type: ignore[arg-type]
        assert refused.value.code == code
    assert await waiting(one) == []


async def test_a_number_whose_code_has_expired_is_listed_as_such(
    one: wiring.Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(enrolment_slots, "CODE_VALID_MS", -1)
        await released(one, no=2, name="Kasse {no}")
    await released(one, no=3, name="Kasse {no}")
    expired, waits = await one.operations["slots"]({})
    assert (expired["no"], expired["name"], expired["expired"]) == (2, "Kasse 2", True)
    assert (waits["no"], waits["role"], waits["expired"]) == (3, "till", False)
    assert datetime.fromisoformat(waits["expires_at"]) > datetime.now(UTC)


async def test_the_slip_names_the_numbers_that_its_code_is_for(one: wiring.Parts) -> None:
    code = await released(one, nos=[2, 3, 4], name="Kasse {no}", on_paper=True)
    async with asyncio.timeout(20):
        while not one.home.paper.exists() or "[QR" not in (paper := one.home.paper.read_text("utf-8")):
            await asyncio.sleep(0.01)
    assert "Kassen 2-4" in paper
    assert "[ ] 3  Kasse 3" in paper
    assert f"[QR {code.replace('-', '')}]" in paper
