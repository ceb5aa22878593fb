"""Reports at the office's screens, by keys alone: asked, read, drawn, saved, made."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import text, wiring_office
from app.config import Settings
from app.home import Home
from app.office.outputs.every import FORMATS
from app.office.reports import own
from app.office.reports.definition import NamedPeriod, Query
from app.office.reports.making import Choices
from app.office.reports.periods import WORDS
from app.office.reports.sources.every import SOURCES
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.office.reports import words
from app.screens.office.reports.asking import OFFERED, choices_of, fields, query_of
from tests.app.office.reports.shop import facts, fold
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk

OPEN = str(1 + [entry.title for entry in MENU].index("Reports")) + "\r"
ALL_DAYS = "13"


@pytest.fixture(scope="module")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Books with the sales of a few days."""
    place = tmp_path_factory.mktemp("sold") / "books.sqlite"
    fold(place, facts())
    return place


@pytest.fixture
def shop(sold: Path, tmp_path: Path) -> Iterator[Office]:
    text.use("en")
    shutil.copy(sold, tmp_path / "books.sqlite")
    made = Office(tmp_path)
    yield made
    made.database.dispose()


async def _until(walking: Walk, said: str) -> None:
    """Reports take as long as they take."""
    for _ in range(200):
        if said in walking.text:
            return
        await walking.rest()
    raise AssertionError(walking.text)


async def test_what_is_called_what_is_typed_comes_before_what_only_tells_of_it(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}article")
        await _until(walking, "slow-sellers")
        assert "turnover-by-article" in walking.lines[2], "slow-sellers only tells of it"


async def test_a_report_is_found_by_typing_asked_for_a_period_and_read(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}turnover day")
        await walking.press(" each")
        assert "turnover-by-day" in walking.text
        assert "turnover-by-till" not in walking.text
        await walking.press("\r")
        assert "> Period                : This month" in walking.text
        await walking.press(f"{ALL_DAYS}<f8>")
        await _until(walking, "Total")
        assert walking.lines[0].startswith(" Turnover by day")
        assert "all days" in walking.lines[1]
        assert any(line.lstrip().startswith("2026-08-01") for line in walking.lines)
        await walking.press("<f2>")
        assert "F1? 2Table 8Save as" in walking.lines[-1]
        assert sum("█" in line for line in walking.lines) > 10
        await walking.press("\x1b\x1b\x1b")
        assert walking.lines[0].startswith(" Reports")


async def test_a_period_without_data_says_so_and_a_wrong_choice_is_told_with_the_form_as_it_was(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}turnover-by-day\r\r01.01.2020\r31.12.2020<f8>")
        await _until(walking, "nothing to report")
        await walking.press("\x1b")
        assert "From                  : 2020-01-01" in walking.text
        await walking.press("31.12.2019<f8>")
        await _until(walking, "2019-12-31 is before 2020-01-01")
        assert "Until                 : 2019-12-31" in walking.text


@pytest.mark.parametrize(("number", "ending"), [(1, "pdf"), (4, "json")])
async def test_the_result_is_saved_as_a_file_and_an_old_one_only_replaced_after_a_question(
    shop: Office, number: int, ending: str
) -> None:
    file = shop.home / "office/files" / f"turnover-by-till-2026-11-22.{ending}"
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}turnover-by-till\r{ALL_DAYS}<f8>")
        await _until(walking, "Total")
        await walking.press(f"<f8>{number}\r\r")
        await _until(walking, "is saved")
        size = file.stat().st_size
        assert size > 500
        await walking.press(f"<f8>{number}\r\r")
        assert "Replace it?" in walking.text
        await walking.press("\x1b")
        assert f"File *                : {file.name}" in walking.text
        assert file.stat().st_size == size
    if ending == "json":
        assert json.loads(file.read_text("utf-8"))["rows"][-1]["style"] == "total"
    else:
        assert file.read_bytes().startswith(b"%PDF-")


async def test_a_chart_that_is_looked_at_is_saved_with_the_report(shop: Office) -> None:
    files = shop.home / "office/files"
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}vat\r{ALL_DAYS}<f8>")
        await _until(walking, "Total")
        await walking.press("<f8>1\rtable.pdf\r")
        await _until(walking, "table.pdf is saved")  # with a bar until then, on a busy machine: F2 is nothing there
        await walking.press("<f2>")
        await _until(walking, "2Table")
        await walking.press("<f8>1\rchart.pdf\r")
        await _until(walking, "chart.pdf is saved")
    assert (files / "chart.pdf").stat().st_size > (files / "table.pdf").stat().st_size + 1000


async def test_a_folder_that_is_missing_is_told_and_the_name_can_be_corrected(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}turnover-by-till\r{ALL_DAYS}<f8>")
        await _until(walking, "Total")
        await walking.press("<f8>3\rmissing/x.csv\r")
        await _until(walking, "cannot be written: No such file or directory")
        assert "missing/x.csv" in walking.text
        await walking.press("x.csv\r")
        await _until(walking, "2Chart")  # what was refused stays to be read
    assert (shop.home / "office/files/x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


async def test_a_report_is_copied_changed_tried_and_saved_as_a_file_that_can_be_read(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}turnover-by-till<f5>")
        assert "Own report" in walking.lines[0]
        await walking.press("1\rMy tills\rMine alone\r")
        await walking.press("2\r")
        at = next(line.split()[0] for line in walking.lines if "Weekday" in line)
        await walking.press(f"{at}\r<f8>")
        await walking.press("4\r<down><down>5\r<f8>")
        await walking.press("6\rExample Ltd.\r<f8>")
        await walking.press("5\r13<f8><f2>")
        await _until(walking, "Total")
        assert walking.lines[0].startswith(" My tills")
        await walking.press("\x1b<f8>My tills\r")
        assert "is no name of a report" in walking.text
        await walking.press("my-tills\r")
        await _until(walking, "Search>")
    kept = own.read(shop.home / "reports/my-tills.toml")
    assert (kept.title, kept.about, kept.form.head, kept.query.period) == (
        "My tills",
        "Mine alone",
        "Example Ltd.",
        "all",
    )
    assert kept.layout.columns[-1] == "weekday"
    assert kept.layout.limit == 5


async def test_an_own_report_is_marked_changed_in_place_and_removed_after_a_question(shop: Office) -> None:
    own.save(shop.home, "mine", own.find(shop.home, "tenders"))
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}mine")
        assert "own" in walking.lines[2]
        await walking.press("<f6>1\rChanged\r\r<f8>\r")
        await _until(walking, "Saved as mine.toml")
        assert own.find(shop.home, "mine").title == "Changed"
        await walking.press("<f7>\x1b")
        assert own.names(shop.home) == ["mine"]
        await walking.press("<f7>\r")
        await _until(walking, "The report mine is removed.")
    assert own.names(shop.home) == []


async def test_a_report_from_nothing_begins_with_what_is_summed_up_and_runs(shop: Office) -> None:
    async with walk(OfficeApp(shop.services())) as walking:
        await walking.press(f"{OPEN}<f4>")
        assert "what is summed up?" in walking.lines[0]
        await walking.press("1\r5\r13<f8><f2>")
        await _until(walking, "New report")
        assert "Total" in walking.text
        await walking.press("\x1b\x1b\r")
        assert walking.lines[0].startswith(" Reports")


async def test_a_file_that_makes_no_report_is_told_with_its_key_and_the_others_are_there(shop: Office) -> None:
    (shop.home / "reports").mkdir()
    (shop.home / "reports/broken.toml").write_text('title = "x"\n[query]\nsource = "nothing"\n[layout]\ncolumns = []\n')
    async with walk(OfficeApp(shop.services()), (120, 24)) as walking:
        await walking.press(f"{OPEN}broken")
        assert "cannot be read; Enter says why" in walking.text
        await walking.press("\r")
        assert "broken.toml: query.source: there is no 'nothing'" in walking.text


async def test_events_are_compared_by_name_and_a_wrong_one_is_told(shop: Office) -> None:
    async with walk(OfficeApp(shop.services()), (120, 24)) as walking:
        await walking.press(f"{OPEN}comparison-of-events\r<down><down><down><down>Fair=30.7.2026<f8>")
        assert "is no event; write NAME=2026-08-01..2026-08-03" in walking.text
        await walking.press("Fair=30.7.2026..31.7.2026; Last=2025-08-01..2025-08-31<f8>")
        await _until(walking, "Total")
        assert "Turnover Fair" in walking.lines[2]
        assert "Turnover Last" in walking.lines[2]
        await walking.press("<f2>")
        assert walking.lines[1].startswith(" █ Turnover Fair   ▒ Turnover Last")


def test_the_office_asks_its_own_books(shop: Office) -> None:
    table = wiring_office._report(Home(shop.home), Settings(), own.find(shop.home, "tenders"), Choices(period="all"))
    assert table.rows[-1].style == "total"


def test_days_win_over_a_word_events_over_both_and_what_a_form_does_not_show_stays() -> None:
    query = Query("receipts", period="last_month", where={"till": ("1-5", 9), "currency": ("EUR",)}, variable="branch")
    filled = {field.name: field.value for field in fields(query)}
    assert query_of(query, filled) == Query(
        "receipts", period="last_month", where={"till": ("1-5", "9"), "currency": ("EUR",)}, variable="branch"
    )
    days = query_of(query, {**filled, "from": "2026-08-01", "where.till": ""})
    assert (days.period, days.start, "till" in days.where) == ("", "2026-08-01", False)
    events = query_of(query, {**filled, "from": "2026-08-01", "compare": "previous", "events": "A=1.8.26..2.8.26"})
    assert (events.period, events.start, events.compare) == ("", "", "")
    assert events.periods == (NamedPeriod("A", "2026-08-01", "2026-08-02"),)
    assert query_of(events, {field.name: field.value for field in fields(events)}) == events
    assert choices_of({**filled, "variable": "till", "tenants": "own, fair"}) == Choices(
        variable="till", tenants=("own", "fair")
    )


def test_everything_that_can_be_asked_for_has_a_name() -> None:
    assert set(words.SOURCES) == set(SOURCES)
    assert set(words.PERIODS) == set(WORDS)
    assert set(words.FORMATS) == set(FORMATS)
    assert {key for source in SOURCES.values() for key in OFFERED if key in source.dimensions} == set(OFFERED)
