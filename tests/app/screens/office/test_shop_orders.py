"""A web shop's orders at the office's screens: looked at first, done by a key, and written for the shop."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app import text
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.office.shop_orders import shop_orders
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk

NOTHING: dict[str, Any] = {
    "placed": [], "changed": [], "cancelled": [], "unchanged": 0, "faults": [], "done": False,
}  # fmt: skip
ENTRY = f"{[each.task for each in MENU].index(shop_orders) + 1}\r"


def flat(walking: Walk) -> str:
    return " ".join(walking.text.split())


async def test_a_file_is_looked_at_and_then_done(office: Office, tmp_path: Path) -> None:
    text.use("en")
    file = tmp_path / "orders.csv"
    file.write_bytes("order_no;state\nW1;open\nW2;cancelled für\n".encode("cp1252"))
    fault = {"line": 3, "reason": "till 4 could not be asked"}
    answers = {
        (True, False): {**NOTHING, "placed": ["W1"], "cancelled": ["W2"], "unchanged": 2},
        (False, False): {**NOTHING, "placed": ["W1"], "unchanged": 2, "faults": [fault], "done": True},
        (False, True): {**NOTHING, "cancelled": ["W2"], "unchanged": 3, "done": True},
    }

    def imported(text: str, dry_run: bool = False, skip_bad: bool = False, anyway: bool = False) -> Any:
        assert "für" in text
        assert skip_bad == anyway
        return answers[dry_run, anyway]

    office.answers["orders_import"] = imported
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{ENTRY}1\r{file}\r")
        assert "1 placed, 0 changed, 1 cancelled, 2 as they were" in flat(walking)
        assert [args.get("dry_run") for op, args in office.asked if op == "orders_import"] == [True]
        await walking.press("<f8>")
        assert "1 placed, 0 changed, 0 cancelled" in flat(walking)
        assert "line 3: till 4 could not be asked" in flat(walking)
        await walking.press("<f7>")
        assert "may be handing out one of them" in flat(walking)
        await walking.press("\r")
        assert "0 placed, 0 changed, 1 cancelled, 3 as they were" in flat(walking)
        await walking.press("\r")
        assert "Take in" in walking.text


async def test_bad_lines_are_left_out_only_by_a_key_and_nothing_to_do_is_said(office: Office, tmp_path: Path) -> None:
    text.use("en")
    file = tmp_path / "orders.csv"
    file.write_text("order_no\nW1\n")
    asked: list[bool] = []

    def imported(text: str, dry_run: bool = False, skip_bad: bool = False) -> Any:
        asked.append(skip_bad)
        return {**NOTHING, "placed": ["W1"], "faults": [{"line": 2, "reason": "no price"}], "done": skip_bad}

    office.answers |= {"orders_import": imported, "export": lambda what: []}
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(f"{ENTRY}1\r{file}\r<f8>")
        assert asked == [False], "a key that is not offered does nothing"
        await walking.press("<f6>")
        assert asked == [False, True]
        await walking.press("\r2\r")
        await walking.press(f"{tmp_path}\r")
        assert file.read_text("utf-8").startswith("order_no;"), "what became of them"
        office.answers["orders_import"] = NOTHING
        await walking.press(f"1\r{file}\r")
        assert "0 placed, 0 changed, 0 cancelled, 0 as they were" in flat(walking)
