"""The commands that hand over to others, on a home that nobody has open: files, JSON, one line for each refusal."""

from __future__ import annotations

import asyncio
import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.__main__ import main
from app.config import Settings
from app.facts.base import Fact
from app.facts.circulation import DeliveryNoteIssued
from app.facts.codec import write
from app.facts.sales import Period, Sum, TaxRow, TenderSum, ZReportClosed
from app.home import Home
from replication.core.model import Entry
from tests.app.books.shelf import receipt

Run = Callable[..., tuple[int, str]]
DAY = "2026-11-21"


def say(home: Path, facts: Sequence[Fact]) -> None:
    """The home's own words."""

    async def journal() -> None:
        async with wiring.opened(Home(home), Settings(), network=False) as parts:
            await parts.engine.journal([Entry(*write(fact)) for fact in facts])
            await parts.engine.settled()

    asyncio.run(journal())


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        status = main([*arguments, "--home", str(home), "--lang", "en", "--no-discovery"])
        said = capsys.readouterr()
        return status, said.out + said.err

    assert run("network", "found", "--name", "Zoo")[0] == 0
    return run


def told(run: Run, *arguments: str) -> Any:
    status, said = run(*arguments, "--json")
    assert status == 0, said
    return json.loads(said)


def test_a_day_goes_to_the_accountant_the_merchandise_system_and_the_customer(
    run: Run, home: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    days = ("--from", DAY, "--until", DAY)
    assert "accounting propose" in run("accounting", "export", *days)[1]
    wrong = run("accounting", "propose", "--chart", "04", "--out", str(out / "accounts.csv"))
    assert "end in .json" in wrong[1], "it could not be imported as what its name says it is"
    assert not (out / "accounts.csv").exists()
    accounts = told(run, "accounting", "propose", "--chart", "04", "--consultant", "29098", "--out", str(out))
    assert told(run, "import", "settings", accounts["file"])["imported"] == accounts["accounts"] + 1
    figures = Period(
        "EUR", 1, 500, "", "", (TaxRow("0", 0, 500, 500, 0),), (TenderSum("cash", "EUR", 1, 500),),
        (Sum("sale", 1, 500),), (), (), (),
    )  # fmt: skip
    note = DeliveryNoteIssued("D-1", "1-000009", 1, "10001", f"{DAY}T12:00:00.000Z", DAY, "EUR", 700)
    say(home, [receipt(1, 1, 500, 1), ZReportClosed(1, 1, f"{DAY}T20:00:00.000Z", DAY, "anna", figures), note])
    made = told(run, "accounting", "export", *days, "--out", str(out))
    assert (made["bookings"], made["gross"], made["cash"]) == (2, "5.00", "5.00")
    assert Path(made["file"]).read_bytes().startswith(b'"EXTF";700;21;')
    assert told(run, "accounting", "export", *days, "--format", "cash-book", "--out", str(out))["z_reports"] == 1
    assert "cannot be written" in run("accounting", "export", *days, "--out", str(out / "no" / "file.csv"))[1]
    delivered = told(run, "sales", "deliver", "--to", str(out), "--format", "json")
    assert (delivered["number"], delivered["receipts"], delivered["gross"]) == (1, 1, "5.00")
    assert json.loads((out / "sales-000001.json").read_text("utf-8"))[0]["receipt_no"] == "1-000001"
    assert told(run, "sales", "deliver") == {"number": None}
    assert [each["number"] for each in told(run, "sales", "list")] == [1]
    assert told(run, "sales", "copy", "--to", str(out))["copied"] == [1]
    shown = told(run, "sales", "show", "1", "--out", str(out / "again.csv"))
    assert Path(shown["file"]).read_bytes() == (out / "sales-000001.csv").read_bytes()
    assert run("sales", "show", "2")[0] == 1
    # An office that was put back makes those anew which it has forgotten.
    say(home, [receipt(1, 2, 300, 1)])
    (out / "sales-000002.csv").write_bytes(b"other receipts")
    status, why = run("sales", "deliver", "--to", str(out))
    assert (status, "is another delivery" in why, "sales show 2" in why) == (1, True, True)
    assert (out / "sales-000002.csv").read_bytes() == b"other receipts"
    [account] = told(run, "statement", "10001", *days, "--out", str(out))
    assert (account["opening"], account["closing"]) == ("0.00", "7.00")
    assert Path(account["file"]).read_bytes().startswith(b"%PDF")
    assert "D-1" in run("statement", "10001", *days)[1]
    assert [each["customer_no"] for each in told(run, "statement", "--all", *days, "--out", str(out))] == ["10001"]
    assert run("statement", "10002", *days) == (1, "tillmesh: no customer has the number 10002\n")


def test_orders_come_in_and_their_state_goes_back(run: Run, tmp_path: Path) -> None:
    articles, orders = tmp_path / "articles.csv", tmp_path / "orders.csv"
    articles.write_text("ident_no;name;price;vat_key\n17;Pen;0,89;1\n", "utf-8")
    assert told(run, "import", "articles", str(articles))["imported"] == 1
    head = "order_no;ident_no;quantity;price;state\n"
    orders.write_text(head + "W-1;17;1;0,89;\nW-2;17;2;0,89;\n", "utf-8")
    assert told(run, "orders", "import", str(orders), "--dry-run")["done"] is False
    assert told(run, "orders", "import", str(orders))["placed"] == ["W-1", "W-2"]
    orders.write_text(head + "W-1;17;3;0,89;\nW-2;;;;cancelled\n", "utf-8")
    answer = told(run, "orders", "import", str(orders))
    assert (answer["changed"], answer["cancelled"], answer["faults"]) == (["W-1"], ["W-2"], [])
    states = {row["order_no"]: (row["state"], row["total"]) for row in told(run, "orders", "status")}
    assert states == {"W-1": ("open", "2.67"), "W-2": ("cancelled", "1.78")}
    said = run("orders", "status")[1]
    assert next(csv.DictReader(said.splitlines(), delimiter=";"))["order_no"] == "W-1"
    orders.write_text(head + "W-3;18;1;0,89;\n", "utf-8")
    status, said = run("orders", "import", str(orders))
    assert (status, "line 2" in said, "nothing was done" in said) == (1, True, True)


def test_jobs_are_added_run_and_removed(run: Run, home: Path) -> None:
    assert run("jobs", "add", "Nightly", "--every", "1d", "--run", "export articles")[0] == 1
    assert "not understood" in run("jobs", "add", "a", "--every", "1d", "--run", "export nothing")[1]
    assert told(run, "jobs", "add", "a", "--cron", "0 3 * * 0", "--run", "status") == {"name": "a"}
    assert "already" in run("jobs", "add", "a", "--every", "1d", "--run", "status")[1]
    assert told(run, "jobs", "add", "a", "--every", "1d", "--run", "status", "--replace") == {"name": "a"}
    done = told(run, "jobs", "run", "a")
    assert (done["result"], "Zoo" in done["said"]) == ("done", True)
    listed = told(run, "jobs")
    assert (listed["running"], listed["jobs"][0]["last"]["run_no"], listed["jobs"][0]["next"] > "2026") == (
        False, done["run_no"], True,
    )  # fmt: skip
    assert [each["run_no"] for each in told(run, "jobs", "log", "a")] == [done["run_no"]]
    assert "nobody runs them now" in run("jobs")[1]
    assert told(run, "jobs", "remove", "a") == {"name": "a"}
    assert "there is no job a" in run("jobs", "run", "a")[1]
    (home / "office" / "jobs.toml").write_text("[a]\nrun = 7\n")
    status, said = run("jobs")
    assert (status, "jobs.toml: job a" in said) == (1, True)
