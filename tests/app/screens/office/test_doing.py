"""Jobs, backups and what is handed over: by keys alone, each refusal told, on 80 by 24."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import text
from app.domain.account_data import proposed
from app.facts.master import ReferenceSet
from app.facts.sales import Period, Sum, TaxRow, TenderSum, ZReportClosed
from app.office.jobs import book, running
from app.office.jobs.log import JobLog
from app.screens.office.app import OfficeApp
from app.screens.office.menu import MENU
from app.screens.widgets import message
from replication.backup import BackupRefused, Checked
from tests.app.books.shelf import receipt, records_of
from tests.app.screens.office.standin import Office
from tests.app.screens.walking import Walk, walk


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nobody waits until a refusal may be followed by what was done."""
    text.use("en")
    monkeypatch.setattr(message, "ERROR_STAYS_S", 0.0)


def flat(walking: Walk) -> str:
    """What is shown, without its line ends."""
    return " ".join(walking.text.split())


async def opened(walking: Walk, title: str) -> None:
    await walking.press(f"{[entry.title for entry in MENU].index(title) + 1}\r")


async def test_a_job_is_made_run_changed_and_removed(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[list[str]] = []

    def carried_out(_home: Path, words: list[str], *_more: Any) -> tuple[str, str, bool]:
        said.append(words)
        return "", "the disk is full", False

    monkeypatch.setattr(running, "_carried_out", carried_out)
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Jobs")
        assert "F2 makes a job" in walking.text
        await walking.press("<f2>nightly\rstatus\r\r\r\r")
        assert "say when" in walking.text
        await walking.press("\r\r0 3 * * *\r\r\r")
        assert "nightly is a job now" in walking.text
        assert book.load(office.home)["nightly"].cron == "0 3 * * *"
        await walking.press("1<f5>")
        assert "the disk is full" in walking.text
        assert said == [["status"]]
        await walking.press("\r")
        assert "failed" in walking.text
        await walking.press("1<f4>export articles\r<f8>")
        assert book.load(office.home)["nightly"].run == "export articles"
        await walking.press("1\r")
        assert "the disk is full" in walking.text
        await walking.press("\r1<f3>\r")
        assert book.load(office.home) == {}
        book.place(office.home).write_text("[half\n")
        await walking.press("\x1b")
        await opened(walking, "Jobs")
        assert "jobs.toml: no valid TOML" in flat(walking)
        await walking.press("\r")
        assert "Bird fair" in walking.lines[0]
    assert [run.result for run in JobLog(office.home).runs()] == ["failed"]


async def test_nobody_has_a_job_do_what_he_may_not_do_himself(office: Office) -> None:
    office.answers["office_enter"] = {"user": "mia", "name": "Mia Neu", "rights": ["office_jobs", "office_master"]}
    async with walk(OfficeApp(office.services())) as walking:
        await walking.press(
            f"{[e.title for e in MENU if e.right in ('office_jobs', 'office_master')].index('Jobs') + 1}\r"
        )
        await walking.press("<f2>evil\rimport users /tmp/users.csv\r\r1h\r\r")
        assert "Mia Neu has no right users" in walking.text
        assert book.load(office.home) == {}
        await walking.press("\rimport prices /tmp/prices.csv<f8>")
        assert book.load(office.home)["evil"].run == "import prices /tmp/prices.csv"


async def test_a_backup_is_made_checked_and_older_ones_go(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "disk"
    prefix = "tillmesh-1-abcdef01"
    holds = True

    def check(file: Path) -> Checked:
        if not holds:
            raise BackupRefused(f"{file} is damaged")
        return Checked("Bird fair", "abcdef01", 1, "Zentrale", 1_763_750_000_000, 3, 40, 1)

    monkeypatch.setattr("replication.backup.check", check)
    office.answers["hello"] = {"till_no": 1, "member_id": "abcdef0123456789"}
    office.answers["backup"] = lambda file: Path(file).write_bytes(b"PK") and None
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Backup")
        await walking.press(f"{folder}\r\r")
        assert "is not there; connect its disk" in flat(walking)
        folder.mkdir()
        for name in (f"{prefix}-20260101-030000.backup", f"{prefix}-20260102-030000.backup"):
            (folder / name).write_bytes(b"PK")
        await walking.press("\r\rdaily=1\r")
        assert "40 records" in walking.text
        assert "2 older ones" in walking.text
        assert [path.name for path in folder.iterdir()] == [f"{prefix}-20261122-150000.backup"]
        await walking.press("\r")
        holds = False
        await opened(walking, "Backup")
        await walking.press(f"{folder}\r\r")
        assert "is damaged" in flat(walking)
        assert not any(folder.iterdir()), "what does not hold is none"


async def test_accounting_sales_and_statements_are_handed_over(office: Office, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    settings, accounts = proposed("03", 1234, 567)
    values = [("accounting", settings), *(("account", each) for each in accounts)]
    sold = receipt(1, 1, 500, 1)
    figures = Period(
        "EUR", 1, 500, "", "", (TaxRow("0", 0, 500, 500, 0),), (TenderSum("cash", "EUR", 1, 500),),
        (Sum("sale", 1, 500),), (), (), (),
    )  # fmt: skip
    closed = ZReportClosed(1, 1, "2026-11-21T20:00:00.000Z", "2026-11-21", "anna", figures)
    facts = [ReferenceSet(subject, value.key, msgspec.to_builtins(value)) for subject, value in values]
    office.say(records_of([("a", fact) for fact in (*facts, sold, closed)]))
    office.answers["members"] = [{"till_no": 1, "site": "Halle 4"}]
    async with walk(OfficeApp(office.services())) as walking:
        await opened(walking, "Handing over")
        await walking.press("1\r")
        assert "2026-10-01" in walking.text, "the last month is proposed"
        await walking.press(f"21.11.2026\r22.11.2026\r\r\r{folder}\r")
        assert "1 Z reports, turnover 5.00 EUR" in flat(walking)
        assert (folder / "EXTF_Buchungsstapel_2026-11-21_2026-11-22.csv").exists()
        await walking.press("\r1\r<f8>")
        assert "> Folder" in walking.text, "it is needed"
        await walking.press(f"{folder}\r")
        assert "no Z report" in walking.text
        await walking.press("2\r<f2>")
        assert "delivery 1: 1 receipts" in walking.text
        await walking.press("<f2>")
        assert "nothing was sold" in walking.text
        await walking.press(f"1\r\r{folder}\r")
        written = io.StringIO((folder / "sales-000001.csv").read_text("utf-8"))
        assert next(csv.DictReader(written, delimiter=";"))["branch"] == "Halle 4"
        await walking.press(f"<f4>{tmp_path}/nowhere\r")
        assert "is not there; connect its disk" in flat(walking)
        await walking.press("\x1b\x1b3\r")
        assert "Search" in walking.text
        await walking.press("\x1b\x1b")
        assert "Bird fair" in walking.lines[0]
