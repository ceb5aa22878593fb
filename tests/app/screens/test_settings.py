"""Settings on the screen: read, the simple ones set by a form, the file's own kept, and the store checked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.config import Settings
from app.domain.reference import SUBJECTS, value_of
from app.domain.resource import KINDS
from app.home import Home
from app.receipt_settings import HeadLine, ReceiptSettings
from app.screens.services import NotPossible, SettingValue
from app.screens.tasks import reference
from app.screens.tasks.choosing import Choose
from app.screens.tasks.fields import Kind
from app.screens.tasks.form import Form
from app.screens.tasks.settings import checked, in_force
from app.screens.till.app import TillApp
from app.till.commands import ChangeSetting, Login, SetReference, SetUser
from app.wiring_house import TillHouse
from tests.app.screens.standin import Shop, services
from tests.app.screens.walking import Walk, walk


class House:
    """A till's file that remembers."""

    path = Path("/home/till/till.toml")
    settings: Mapping[str, Mapping[str, Any]] = msgspec.to_builtins(Settings())

    def __init__(self) -> None:
        self.changes: list[tuple[str, str, object]] = []
        self.faults: list[str] = []
        self.refuses = ""
        self.gate = asyncio.Event()

    async def change(self, section: str, key: str, value: SettingValue) -> None:
        if self.refuses:
            raise NotPossible(self.refuses)
        self.changes.append((section, key, value))

    async def verify(self) -> Mapping[str, Any]:
        await self.gate.wait()
        return {"records": 12, "feeds": 3, "faults": self.faults}


@asynccontextmanager
async def till(shop: Shop, house: House) -> AsyncIterator[Walk]:
    async with walk(TillApp(replace(services(shop), house=house))) as walking:
        yield walking


async def test_a_claim_policy_is_set_changed_and_removed_at_the_till(shop: Shop) -> None:
    async with till(shop, House()) as walking:
        await walking.press("/60\r6\r<f2>1\r3\r50,00\r\r\r")
        value = {"kind": "voucher", "policy": "limit", "limit": "50.00"}
        assert shop.commands[-1] == SetReference("claim_policy", value)
        assert "50.00" in walking.text
        await walking.press("<f4>\r2\r\r\r\r")
        refused = {"kind": "voucher", "policy": "refuse"}
        assert shop.commands[-1] == SetReference("claim_policy", refused), "a limit does not go with refusing"
        await walking.press("<f4>\r3\rmuch\r\r\r")
        assert isinstance(walking.app.router.step, Form), "that is no limit, and it was told"
        await walking.press("\x1b<f3>\r")
        assert shop.commands[-1] == SetReference("claim_policy", key="voucher", removed=True)
        await walking.press("\x1b\x1b\x1b")
        assert walking.app.router.step is None


async def test_a_rate_is_set_from_today_with_a_comma(shop: Shop) -> None:
    async with till(shop, House()) as walking:
        await walking.press("/60\r7\r<f2>CHF\r\r1,0432\rEZB\r")
        rate = {"currency": "CHF", "valid_from": "2026-11-21", "rate": "1.0432", "source": "EZB"}
        assert shop.commands[-1] == SetReference("exchange_rate", rate)
        await walking.press("1\r")
        assert "1.0432" in walking.text


async def test_the_head_of_the_receipts_is_kept_in_the_file_by_right(shop: Shop) -> None:
    house = House()
    async with till(shop, house) as walking:
        await walking.press("/60\r1\r")
        assert "[receipt]" in walking.text or "till.toml" in walking.text
        await walking.press("\x1b2\rZoo Neumann\r\rMessestand 4<f8>")
        assert shop.commands[-1] == ChangeSetting("receipt.head")
        assert house.changes == [("receipt", "head", ["Zoo Neumann", "", "Messestand 4"])]
        house.refuses = "till.toml: printer.address: no address; correct it"
        await walking.press("4\rnowhere<f8>")
        assert "correct it" in walking.text
        chief = SetUser("chef", "Carl", ("supervisor",), pin="98765432")
        for command in (chief, Login("chef", "98765432"), SetUser("anna", "Anna", ("cashier",), pin="1234")):
            await shop.run(command)
        await shop.run(Login("anna", "1234"))
        house.refuses = ""
        await walking.press("3\rAnna\r")
        assert len(house.changes) == 1, "a cashier needs a supervisor for that"


async def test_the_printer_its_time_and_the_copies_are_kept_each_where_it_has_changed(shop: Shop) -> None:
    house = House()
    async with till(shop, house) as walking:
        await walking.press("/60\r4\r/dev/usb/lp0\r2\r1\r")
        assert house.changes == [
            ("printer", "address", "/dev/usb/lp0"), ("printer", "while_ringing", True), ("receipt", "copies", 1),
        ]  # fmt: skip
        house.changes.clear()
        await walking.press("4\r<f8>")
        assert house.changes == []


async def test_a_line_of_the_head_keeps_its_style_when_its_text_is_changed(shop: Shop) -> None:
    house = House()
    receipt = ReceiptSettings(head=(HeadLine("Zoo Neumann", red=True), "Messestand 4", HeadLine("Neu", bold=True)))
    house.settings = msgspec.to_builtins(Settings(receipt=receipt))
    async with till(shop, house) as walking:
        await walking.press("/60\r2\rZoo Meier<f8>")
        head = [{"text": "Zoo Meier", "red": True}, "Messestand 4", {"text": "Neu", "bold": True}]
        assert house.changes == [("receipt", "head", head)]


async def test_the_store_is_checked_and_that_can_be_given_up(shop: Shop) -> None:
    house = House()
    async with till(shop, house) as walking:
        await walking.press("/60\r5\r")
        await walking.press("\x1b")
        house.gate.set()
        await walking.press("5\r")
        assert "12" in walking.text
        assert checked({"faults": ["feed x: record 3"]}).endswith("feed x: record 3")


async def test_what_has_no_form_can_be_opened_too(shop: Shop) -> None:
    async with till(shop, House()) as walking:
        await walking.press("/60\r")
        for subject in ("number_range", "assortment_page"):
            await walking.press(f"{6 + list(reference.NAMES).index(subject)}\r")
            assert isinstance(walking.app.router.step, Choose)
            assert not walking.app.router.step.choices
            await walking.press("\x1b")
        assert "/home" in walking.text


def test_every_subject_and_every_kind_has_a_name_and_every_form_makes_a_value() -> None:
    assert set(reference.NAMES) == set(SUBJECTS)
    assert set(reference.KIND_NAMES) == set(KINDS)
    typical = {"rate": "1,04", "limit": "1", "per_day": "", "vat_key": "1", "to_key": "2", "step_minor": "5"}
    typical |= {"name": "Becher", "grams": "12"}
    for subject, fields in reference.FIELDS.items():
        filled = {}
        for field in fields():
            first = field.options[-1].value if field.options else ""
            text = "2026-11-21" if field.kind is Kind.DATE else typical.get(field.name, field.value or first)
            filled[field.name] = first if field.kind is Kind.CHOICE else text
        value_of(subject, reference.value_of(subject, filled, {}))


def test_what_counts_is_written_as_in_the_file(tmp_path: Path) -> None:
    house = House()
    house.settings = {"till": {"language": "de", "x": True, "n": 3, "none": None}, "claims": {"a": {"limit": "5"}}}
    lines = in_force(house).splitlines()
    assert {'language = "de"', "x = true", "n = 3", 'a = {limit = "5"}', "[claims]"} <= set(lines)
    assert not any(line.startswith("none") for line in lines)


async def test_the_file_is_changed_or_stays_as_it_was(tmp_path: Path) -> None:
    home = Home(tmp_path)
    house = TillHouse(home, Settings(), client=None)  # type: ignore[arg-type]
    await house.change("receipt", "head", ["Zoo Neumann"])
    before = home.settings.read_text("utf-8")
    assert 'head = ["Zoo Neumann"]' in before
    with pytest.raises(NotPossible):
        await house.change("printer", "address", "nowhere")
    assert home.settings.read_text("utf-8") == before
    assert house.settings["receipt"]["head"] == ()  # what counts is what the till began with
