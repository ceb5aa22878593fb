"""Going over to another network of the office."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from app import text
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.office.services import Other
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import walk

HERE = 1 + [entry.title for entry in MENU].index("Tenants")


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    text.use("en")


async def test_the_chosen_network_is_opened_and_this_one_left(office: Office) -> None:
    others = (Other("market", "Market Ltd", Path("/homes/market")), Other("farm", "Farm", Path("/homes/farm")))
    services = dataclasses.replace(office.services(), tenants=lambda: others)
    app = OfficeApp(services)
    async with walk(app) as walking:
        await walking.press(f"{HERE}\r\x1b")
        assert app.leave_for is None
        await walking.press(f"{HERE}\r2\r")
        assert walking.app.return_code == 0
    assert app.leave_for == Path("/homes/farm")
    assert ("office_leave", {"user": ""}) in office.asked


async def test_a_list_that_cannot_be_read_is_told(office: Office) -> None:
    def spoilt() -> tuple[Other, ...]:
        raise ValueError("tenants.toml cannot be read: correct it")

    async with walk(OfficeApp(dataclasses.replace(office.services(), tenants=spoilt))) as walking:
        await walking.press(f"{HERE}\r")
        assert "correct it" in walking.text
        assert "Bird fair" in walking.lines[0]


@pytest.mark.parametrize("rights", [("office_reports",), ("office_reports", "office_tenants")])
async def test_reports_over_other_networks_are_for_whoever_may_go_there(
    office: Office, rights: tuple[str, ...]
) -> None:
    office.answers["office_enter"] = {"user": "", "name": "", "rights": list(rights)}
    others = (Other("market", "Market Ltd", Path("/homes/market")),)
    async with walk(OfficeApp(dataclasses.replace(office.services(), tenants=lambda: others))) as walking:
        await walking.press("1\rturnover-by-day\r\r")
        assert "Turnover by day" in walking.lines[0]
        assert ("Tenants" in walking.text) is ("office_tenants" in rights)


async def test_a_list_that_cannot_be_read_ends_no_report(office: Office) -> None:
    def spoilt() -> tuple[Other, ...]:
        raise ValueError("tenants.toml cannot be read: correct it")

    office.answers["office_enter"] = {"user": "", "name": "", "rights": ["office_reports", "office_tenants"]}
    async with walk(OfficeApp(dataclasses.replace(office.services(), tenants=spoilt))) as walking:
        await walking.press("1\rturnover-by-day\r\r")
        assert "correct it" in walking.text
        assert "Turnover by day" in walking.lines[0]
