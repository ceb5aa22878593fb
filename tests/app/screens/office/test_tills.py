"""Tills and catalogues at the office's screens: what is listed, asked for, and sent off."""

from __future__ import annotations

from typing import Any

import pytest

from app import text
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.office.tills.catalogues import catalogues
from app.screens.office.tills.flows import flows
from app.screens.office.tills.tills import tills
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk

PLAN: dict[str, Any] = {
    "branch": "koeln", "groups": ["fair"], "role": "", "catalogues": ["fair"], "withheld": ["articles"],
    "head": ["Zoo Neumann", "Stand 4"], "foot": [],
}  # fmt: skip
EMPTY: dict[str, Any] = {
    "branch": "", "groups": [], "role": "", "catalogues": [], "withheld": [], "head": [], "foot": [],
}  # fmt: skip
STANDING: dict[str, Any] = {
    "role": "till", "site": "Halle 4", "member": "", "known": {"sales": 12}, "generation": 1, "me": False,
    "authority": False, "signed_off": False, "online": False, "last_heard": None, "held": None, "pending": 0,
    "plan": EMPTY, "catalogues": [],
    "flows": {"articles": True, "customers": True, "suppliers": True, "vouchers": True},
}  # fmt: skip
ROWS: list[dict[str, Any]] = [
    {**STANDING, "no": 1, "name": "Zentrale", "state": "bound", "me": True, "online": True},
    {**STANDING, "no": 2, "name": "Messekasse", "state": "bound", "online": True, "held": 3, "pending": 4, "plan": PLAN,
     "catalogues": ["fair"], "flows": {"articles": False, "customers": True, "suppliers": True, "vouchers": True}},
    {**STANDING, "no": 3, "name": "Kasse 3", "state": "released"},
]  # fmt: skip
RANGE = {"range_id": "R-0001", "kind": "receipt", "start": "R/000001", "end": "R/000100", "left": 88}
POOL = {"key": "R26", "pool": "R26", "kind": "receipt", "prefix": "R/", "start": 1, "end": 900, "block": 100,
        "tills": [], "blocks": 9, "given": 1}  # fmt: skip
FAIR: dict[str, Any] = {
    "catalogue": "fair", "name": "Messe", "valid_from": "2026-11-20", "valid_until": "", "beside": False,
    "articles": 1, "tills": [2], "own_tills": [2], "groups": [],
}  # fmt: skip
ENTRY = {"ident_no": "17", "name": "Vogelfutter", "price": "3.99", "own_price": "4.99"}
CODE = {"code": "-".join(["ABCDE"] * 7), "expires_at": "2026-11-23T10:00:00.000Z"}


@pytest.fixture
def shop(office: Office) -> Office:
    text.use("en")
    values = {
        "branch": [{"key": "koeln", "branch": "koeln", "name": "Köln", "tills": [2]}],
        "device_group": [{"key": "fair", "group": "fair", "name": "Messe", "tills": [2]}],
        "number_pool": [POOL],
    }
    office.answers |= {
        "tills": ROWS,
        "till": lambda no: {**next(row for row in ROWS if row["no"] == no), "ranges": [RANGE]},
        "till_values": lambda subject: values[subject],
        "catalogues": [FAIR],
        "catalogue_shown": {**FAIR, "entries": [ENTRY]},
        "slots": [{"no": 2, "name": "Messekasse", "expires_at": CODE["expires_at"]}],
        "replace": {**CODE, "no": 2, "name": "Messekasse", "replaced": "ab"},
        "till_release": {**CODE, "slots": [{"no": 5, "name": "Till 5"}]},
        "till_block": {"no": 2, **RANGE},
    }
    for done in ("till_set", "till_value_set", "till_value_remove", "revoke", "catalogue_set", "catalogue_put",
                 "catalogue_take", "catalogue_assign", "catalogue_remove"):  # fmt: skip
        office.answers[done] = {"no": 2, "put": 2}
    office.answers["till_value_set"] = {"subject": "branch", "key": "bonn"}
    return office


def sent(office: Office, op: str) -> dict[str, Any]:
    """What was asked for last."""
    return next(said for asked, said in reversed(office.asked) if asked == op)


def place(task: object) -> str:
    return f"{[entry.task for entry in MENU].index(task) + 1}\r"


async def opened(walking: Walk, task: object) -> Walk:
    await walking.press(place(task))
    return walking


async def test_the_list_and_the_sheet_tell_how_a_till_is(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, tills)
        for said in ("Messekasse", "koeln", "released", "online"):
            assert said in walking.text
        line = next(line for line in walking.lines if "Messekasse" in line)
        assert line.split()[-2:] == ["3", "4"]
        await walking.press("2\r")
        for said in ("Zoo Neumann / Stand 4", "fair", "R/000001", "88 left", "Articles", "Sales: 12", "3 entries"):
            assert said in walking.text
        await walking.press("\x1b")
        assert "groups fair; catalogues fair; not sent: Articles" in walking.text


async def test_a_plan_is_changed_with_what_is_there(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, tills)
        await walking.press("<down><f4>")
        await walking.press("\r\r\r\r\r\r\r1\r\r\r\rDanke | Umtausch am Stand\r")
        assert sent(shop, "till_set") == {
            "no": 2, "by": "",
            "plan": {**PLAN, "withheld": [], "foot": ["Danke", "Umtausch am Stand"]},
        }  # fmt: skip


async def test_the_flows_stand_in_a_table_and_are_changed_in_the_plan(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, flows)
        line = next(line for line in walking.lines if "Messekasse" in line)
        assert line.split()[-5:] == ["no", "yes", "yes", "yes", "fair"]
        await walking.press("2\r")
        await walking.press("\r\r\r\r\r\r\r\r2\r<f8>")
        assert sent(shop, "till_set")["plan"]["withheld"] == ["articles", "customers"]


async def test_numbers_are_released_with_a_plan_and_the_code_stands_there(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, tills)
        await walking.press("<f2>5\r\rHalle\rR26\rKöln\r<f8>")
        assert sent(shop, "till_release") == {
            "nos": [5], "name": "Till {no}", "site": "Halle", "plan": {"branch": "koeln"}, "pools": ["R26"], "by": "",
        }  # fmt: skip
        assert "ABCDE-ABCDE-ABCDE" in walking.text


async def test_a_till_is_given_numbers_replaced_and_shut_out(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, tills)
        await walking.press("<down><f6>1\r")
        assert sent(shop, "till_block") == {"no": 2, "pool": "R26", "by": ""}
        await walking.press("<f5>")
        assert not [op for op, _said in shop.asked if op == "replace"], "it is asked first"
        await walking.press("\r")
        assert "ABCDE-ABCDE" in walking.text
        await walking.press("\r<f3>\r")
        assert sent(shop, "revoke") == {"no": 2}


async def test_branches_groups_and_pools_are_set_and_removed(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, tills)
        await walking.press("<f7>")
        assert "Köln" in walking.text
        await walking.press("<f2>bonn\rBonn\rZoo | Bonn\r\r")
        assert sent(shop, "till_value_set") == {
            "subject": "branch", "by": "",
            "value": {"branch": "bonn", "name": "Bonn", "head": ["Zoo", "Bonn"], "foot": []},
        }  # fmt: skip
        await walking.press("<f3>\r")
        assert sent(shop, "till_value_remove") == {"subject": "branch", "key": "koeln", "by": ""}
        await walking.press("\x1b<f9>1\r\r\r\r\r\r50\r\r")
        value = sent(shop, "till_value_set")["value"]
        assert (value["pool"], value["block"], value["end"]) == ("R26", 50, 900)


async def test_a_catalogue_is_made_filled_and_assigned(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await opened(walking, catalogues)
        assert "to till 2" in walking.text
        await walking.press("<f2>yard\rHof\r20.11.2026\r\r2\r")
        assert sent(shop, "catalogue_set") == {
            "catalogue": "yard", "by": "",
            "value": {"name": "Hof", "valid_from": "2026-11-20", "valid_until": "", "beside": True},
        }  # fmt: skip
        await walking.press("<f5>2-4\rfair\r")
        assert sent(shop, "catalogue_assign") == {"catalogue": "fair", "tills": [2, 3, 4], "groups": ["fair"], "by": ""}
        await walking.press("<f6>")
        assert "Vogelfutter" in walking.text
        await walking.press("1\r\r349\r")
        assert sent(shop, "catalogue_put")["articles"] == [{"ident_no": "17", "price": "3.49"}]
        await walking.press("<f4>Futter\r")
        assert sent(shop, "catalogue_put")["groups"] == ["Futter"]
        await walking.press("<f3>\x1b<f3>\r")
        assert sent(shop, "catalogue_take")["idents"] == ["17"]
        assert sent(shop, "catalogue_remove")["catalogue"] == "fair"
