"""``tillmesh report`` on a home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.books.schema import open_books
from app.home import Home
from tests.app.office.reports.shop import facts, fold


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home's books: reports need nothing else of it."""
    home = Home(tmp_path)
    fold(home.books, facts(count=20))
    return home


def said(home: Home, *arguments: str) -> list[str]:
    return ["report", *arguments, "--home", str(home.path), "--lang", "en"]


def test_a_report_as_json_and_as_text(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    asked = said(home, "run", "turnover-by-till", "--from", "2026-07-30", "--until", "2026-08-02", "--till", "1-2")
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    lines = [row["cells"] for row in found["rows"] if row["style"] == "line"]
    assert [row["till"] for row in lines] == [1, 2]
    assert main(asked) == 0
    printed = capsys.readouterr().out
    assert "Turnover by till" in printed
    assert "Till: 1, 2" in printed
    assert lines[0]["turnover"] in printed.replace(",", "")
    assert (
        main(said(home, "run", "vat", "--from", "2026-07-30", "--where", "till=1", "--var", "cashier", "--json")) == 0
    )
    assert any(row["cells"].get("vat_key") == "Cashier: anna" for row in json.loads(capsys.readouterr().out)["rows"])


def test_events_are_compared_by_name(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    events = ["--event", "Sommer=2026-07-30..2026-08-02", "--event", "Vorjahr=2025-07-30..2025-08-02"]
    assert main(said(home, "run", "comparison-of-events", *events, "--json")) == 0
    headings = [column["heading"] for column in json.loads(capsys.readouterr().out)["columns"]]
    assert headings[:3] == ["Till", "Receipts Sommer", "Receipts Vorjahr"]


def test_an_own_report_is_copied_changed_listed_run_and_removed(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(said(home, "copy", "top-sellers", "mine")) == 0
    path = home.path / "reports" / "mine.toml"
    path.write_text(path.read_text("utf-8").replace("Top sellers", "My sellers"), "utf-8")
    capsys.readouterr()
    assert main(said(home, "list", "--json")) == 0
    listed = {row["name"]: row for row in json.loads(capsys.readouterr().out)["reports"]}
    assert (listed["mine"]["own"], listed["vat"]["own"], listed["mine"]["title"]) == (True, False, "My sellers")
    assert main(said(home, "run", "mine", "--period", "all", "--limit", "1")) == 0
    assert "3 others" in capsys.readouterr().out
    assert main(said(home, "show", "mine", "--json")) == 0
    assert json.loads(capsys.readouterr().out)["query"]["source"] == "goods"
    assert main(said(home, "remove", "mine")) == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("run", "no-such"), "there is no report 'no-such'; known are cash-differences, "),
        (("run", "vat", "--tender", "cash"), "query.where.tender: there is no 'tender'; known are tenant, day"),
        (("run", "vat", "--tenant", "other"), "there is no tenant other; known are own"),
        (("run", "vat", "--var", "ghost"), "query.variable: there is no 'ghost'"),
        (("show", "no-such"), "there is no report 'no-such'"),
        (("copy", "vat", "NO"), "'NO' is no name of a report"),
        (("remove", "vat"), "'vat' is no report of your own"),
        (("fields", "ghosts"), "there is no 'ghosts'; known are receipts, goods"),
    ],
)
def test_what_is_refused_is_one_line(
    home: Home, arguments: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(said(home, *arguments)) == 1
    printed = capsys.readouterr().err
    assert printed.startswith(f"tillmesh: {sentence}")
    assert printed.count("\n") == 1


NAMES = """
title = "Names"
[query]
source = "credits"
[layout]
columns = ["customer", "customer_name", "limit"]
"""


def test_customers_are_named_where_their_names_can_be_opened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "centre")
    assert main(["network", "found", "--name", "Messe", "--role", "centre", "--home", str(home.path)]) == 0
    file = tmp_path / "customers.csv"
    file.write_text("no;name;credit_limit\n10001;Zoë Müller;50\n", "utf-8")
    assert main(["import", "customers", str(file), "--home", str(home.path)]) == 0
    report = tmp_path / "names.toml"
    report.write_text(NAMES, "utf-8")
    capsys.readouterr()
    assert main(said(home, "run", str(report), "--json")) == 0
    row = json.loads(capsys.readouterr().out)["rows"][0]["cells"]
    assert row == {"customer": "10001", "customer_name": "Zoë Müller", "limit": "50.00"}
    home.persons.unlink()
    assert main(said(home, "run", str(report), "--json")) == 0
    assert json.loads(capsys.readouterr().out)["rows"][0]["cells"]["customer_name"] == "10001"


def test_copies_answer_as_the_books(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(home.path / "copies")
    assert main(said(home, "copies", folder, "--json")) == 0
    assert json.loads(capsys.readouterr().out)["rows"] > 100
    asked = said(home, "run", "turnover-by-group", "--period", "all", "--json")
    assert main(asked) == 0
    of_books = capsys.readouterr().out
    assert main([*asked, "--copies", folder]) == 0
    assert capsys.readouterr().out == of_books
    assert main(said(home, "run", "vat", "--copies", str(home.path))) == 1
    assert "holds no whole copy of books" in capsys.readouterr().err


def test_a_period_without_data_says_so(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(said(home, "run", "turnover-by-day", "--from", "2001-01-01", "--until", "2001-12-31")) == 0
    assert "There is nothing to report" in capsys.readouterr().out


def test_books_that_are_not_there_or_of_another_version_are_told(
    tmp_path: Path, home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(said(Home(tmp_path / "none"), "run", "vat")) == 1
    assert "does not exist" in capsys.readouterr().err
    database = open_books(home.books)
    with database.begin() as connection:
        connection.exec_driver_sql("UPDATE books_version SET version_num = '1'")
    database.dispose()
    assert main(said(home, "run", "vat")) == 1
    assert "another version" in capsys.readouterr().err
    home.books.write_bytes(b"no database at all " * 100)
    assert main(said(home, "run", "vat")) == 1
    assert "cannot be read" in capsys.readouterr().err
