"""Files in and out at the office: by keys alone, on 80 by 24, nothing taken over that was not shown."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app import text
from app.office.exchange import mappings
from app.office.exchange.packing import pack_values, unpack
from app.office.mapping.plan import FieldPlan, FilePlan
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.tasks import showing
from app.screens.widgets import message
from app.till.ports import JournalRefused
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk

CSV = "Artikelliste\nNr;Bezeichnung;VK;Steuer\n0007;Leine;1.234,56;A\n0012;Napf;0,99;B\n"
CHANGE = {"sort": "changed", "key": "7", "name": "Leine", "fields": [["price", "1.00", "1234.56"]]}


@pytest.fixture(autouse=True)
def at_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The file lies where the office was started, and nobody waits until a refusal may be followed."""
    text.use("en")
    monkeypatch.setattr(message, "ERROR_STAYS_S", 0.0)
    folder = tmp_path / "lists"
    folder.mkdir()
    (folder / "articles.csv").write_bytes(CSV.encode("cp1252"))
    (folder / "deeper").mkdir()
    monkeypatch.chdir(folder)


def looked(office: Office, **counts: Any) -> list[dict[str, Any]]:
    """The engine answers with these counts; what it was asked."""
    asked: list[dict[str, Any]] = []

    def take_over(**args: Any) -> dict[str, Any]:
        asked.append(args)
        done = 0 if args.get("look") else 1
        answer = {"new": 0, "changed": 1, "removed": 0, "unchanged": 1, "bad": 0, "faults": [], "changes": [CHANGE]}
        return answer | {"state": "s1", "imported": done} | counts

    office.answers |= {"take_over": take_over, "taking_over": {"done": 0, "of": 0}}
    return asked


async def opened(walking: Walk, title: str) -> None:
    await walking.press(f"{[entry.title for entry in MENU].index(title) + 1}\r")


def flat(walking: Walk) -> str:
    return " ".join(walking.text.split())


async def test_a_mapping_is_made_with_the_file_in_view_and_the_file_taken_in_by_it(office: Office) -> None:
    asked = looked(office)
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Import")
        await walking.press("1\r")
        assert "deeper/" in walking.text
        await walking.press("articl\r")
        assert "our own column names" in walking.text
        await walking.press("<f2>")
        assert "0007;Leine;1.234,56;A" in walking.text
        await walking.press("\r\r;\r\r1\r\r\r\r\r")
        assert "Fields of Articles" in walking.text
        await walking.press("1\r")
        assert "Bezeichnung" in walking.text
        await walking.press("1\r")  # ident_no from Nr
        await walking.press("2\r<f8>")  # zeros in front: go
        assert "Nr" in walking.text
        await walking.press("3\r2\r<f8>")
        await walking.press("4\r3\r2\r<f8>")
        await walking.press("5\r4\r\r\rA=1, B=2\r\r")
        await walking.press("6\r<f2>Hund\r")
        assert "= Hund" in walking.text
        await walking.press("<f8>pet shop\r")
        plan = mappings.load(office.home, "pet shop")
        assert (plan.separator, plan.skip_rows, plan.header) == (";", 1, True)
        assert plan.fields == (
            FieldPlan("ident_no", source="Nr", drop_zeros=True),
            FieldPlan("name", source="Bezeichnung"),
            FieldPlan("price", source="VK", decimal="auto"),
            FieldPlan("vat_key", source="Steuer", table={"A": "1", "B": "2"}),
            FieldPlan("article_groups", value="Hund"),
        )
        assert not asked
        await walking.press("2\r")
        assert "0 new, 1 changed, 0 taken away, 1 unchanged, 0 bad" in flat(walking)
        assert "price: 1.00 -> 1234.56" in walking.text
        await walking.press("<f8>\r")
        assert "1 entry imported" in walking.text
    look, taken = asked
    assert (look["look"], look["what"]) == (True, "articles")
    assert (taken["expect"], taken["skip_bad"]) == ("s1", False)
    rows = list(unpack(taken["columns"], taken["packed"]).rows)
    assert rows[0] == (
        3, {"ident_no": "7", "name": "Leine", "price": "1234.56", "vat_key": "1", "article_groups": "Hund"},
    )  # fmt: skip


async def test_bad_lines_are_read_first_and_left_out_only_on_request(office: Office) -> None:
    asked = looked(office, bad=1, faults=[{"line": 4, "reason": "the price viel is no amount"}])
    mappings.save(office.home, "x", FilePlan("articles", skip_rows=1, fields=(FieldPlan("ident_no", column=1),)))
    mappings.save(office.home, "y", FilePlan("prices"))
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Import")
        await walking.press("1\rarticl\r")
        assert "y " not in walking.lines[3], "that one is for prices"
        await walking.press("2\r")
        assert "line 4: the price viel is no amount" in walking.text
        await walking.press("<f8>")
        assert len(asked) == 1
        await walking.press("<f6>")
        assert "1 bad line is left out" in walking.text
        await walking.press("\x1b")
        assert len(asked) == 1
        await walking.press("<f6>\r")
        assert asked[1]["skip_bad"]


async def test_what_changed_meanwhile_is_told_and_looked_at_again(office: Office) -> None:
    asked = looked(office)
    answers = office.answers["take_over"]

    def take_over(**args: Any) -> Any:
        if not args.get("look") and len(asked) == 1:
            asked.append(args)
            raise JournalRefused("changed_meanwhile", "file or data are not what was looked at")
        return answers(**args)

    office.answers["take_over"] = take_over
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Import")
        await walking.press("1\rarticl\r")
        await walking.press("1\r")
        assert "the columns are artikelliste; none is one of ours" in flat(walking)
        (Path.cwd() / "articles.csv").write_text("ident_no,name,price,vat_key\n7,Leine,2,1\n")
        await walking.press("\r\x1b")
        await opened(walking, "Import")
        await walking.press("1\rarticl\r1\r")
        await walking.press("<f8>\r")
        assert "not what was looked at" in walking.text
        await walking.press("<f8>\r")
        assert [bool(args.get("look")) for args in asked] == [True, False, True, False]


async def test_a_file_goes_out_in_a_format_or_by_a_mapping(office: Office) -> None:
    office.answers["export_packed"] = lambda **_args: pack_values([{"no": "7", "name": "Müller"}])
    plan = FilePlan("suppliers", "fixed", header=False, fields=(FieldPlan("no", at=1, width=4, drop_zeros=True),))
    mappings.save(office.home, "old", plan)
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Export")
        await walking.press("5\r1\r")
        await walking.press(f"{office.home}\r\rDOS\r")
        assert "suppliers.csv is written" in flat(walking)
        assert (office.home / "suppliers.csv").read_bytes() == "no;name\n7;Müller\n".encode("cp850")
        await opened(walking, "Export")
        await walking.press(f"5\r5\r{office.home}/nowhere\r<f8>")
        assert "is not there" in flat(walking)
        await walking.press(f"\r5\r5\r{office.home}\r<f8>")
        assert (office.home / "old.txt").read_text() == "0007\n"


async def test_folders_are_gone_through_and_paths_typed(office: Office, tmp_path: Path) -> None:
    (tmp_path / "lists" / "deeper" / "prices.csv").write_text("ident_no,price_list,price\n")
    looked(office)
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Import")
        await walking.press("2\rdeep\r")
        assert "prices.csv" in walking.text
        await walking.press("../")
        await walking.press("\x1b")
        await opened(walking, "Import")
        await walking.press(f"2\r{tmp_path}/lists/deeper/pri\r")
        assert "our own column names" in walking.text


BECAME = {
    "change": "import articles 2026-11-22T15:00:00.000Z", "by": "", "done": 500, "of": 1200, "left": [], "passed": 0,
    "stopped": True, "resumed": False, "undoable": True, "unreadable": False,
}  # fmt: skip


async def test_a_long_import_is_stopped_by_esc_told_and_taken_back(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked(office)
    answers, stopped = office.answers["take_over"], asyncio.Event()

    def take_over(**args: Any) -> Any:
        return answers(**args) if args.get("look") else stopped.wait()

    def stop() -> dict[str, Any]:
        stopped.set()
        return dict(BECAME)

    office.answers |= {
        "take_over": take_over,
        "taking_over": {"state": "running", "change": "x", "done": 500, "of": 1200},
        "take_over_stop": stop,
        "master_undo_change": {"change": "x", "undone": 500, "unchanged": 0, "conflicts": []},
    }
    (Path.cwd() / "articles.csv").write_text("ident_no,name,price,vat_key\n7,Leine,2,1\n")
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Import")
        await walking.press("1\rarticl\r1\r")
        monkeypatch.setattr(showing, "LONG_S", 0.0)
        await walking.press("<f8>\r")
        assert "Esc gives it up" in walking.text
        await walking.press("\x1b")
        assert "500 of 1200 are written, 700 are not" in flat(walking)
        assert "tillmesh master undo --change" in flat(walking)
        await walking.press("<f9>\r")
        assert "500 values are taken back" in walking.text
    assert [args["change"] for op, args in office.asked if op == "master_undo_change"] == [BECAME["change"]]


async def test_whoever_enters_is_told_of_an_import_that_was_cut_off(office: Office) -> None:
    became = {**BECAME, "done": 1199, "left": ["article 8"], "passed": 1, "stopped": False, "resumed": True}
    going_on = {"state": "waiting", "change": "import prices x", "done": 0, "of": 900}
    office.answers["office_enter"] = {**office.answers["office_enter"], "notices": [became, going_on]}
    async with walk(OfficeApp(office.services())) as walking:
        assert "had been cut off and was completed: 1199 of 1200" in flat(walking)
        assert "left as somebody else has changed it meanwhile: article 8" in flat(walking)
        assert "import prices x was cut off; it is completed as soon as this office can write again" in flat(walking)
        await walking.press("\r")
        assert "Office of Bird fair" in walking.text
