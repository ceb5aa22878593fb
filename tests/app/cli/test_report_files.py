"""``tillmesh report run --out``: by the file's ending, by a format, to the output; refused in one sentence."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pandas as pd
import pypdfium2
import pytest
from pyarrow import parquet

from app.__main__ import main
from app.home import Home
from tests.app.office.reports.shop import facts, fold


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = Home(tmp_path_factory.mktemp("home"))
    fold(home.books, facts(count=20))
    return home


def run(home: Home, *arguments: str, lang: str = "en") -> int:
    asked = ["report", "run", "turnover-by-till", "--period", "all", "--home", str(home.path), "--lang", lang]
    return main([*asked, *arguments])


def test_every_format_has_the_same_total(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(home, "--json") == 0
    total = json.loads(capsys.readouterr().out)["rows"][-1]["cells"]["turnover"]
    for ending in ("csv", "json", "xlsx", "parquet", "pdf", "txt"):
        file = tmp_path / f"turnover.{ending}"
        assert run(home, "--out", str(file), "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert (told["file"], told["bytes"]) == (str(file), file.stat().st_size)
    minor = int(total.replace(".", ""))
    frame = pd.read_csv(tmp_path / "turnover.csv", encoding="utf-8-sig")
    assert round(frame["Turnover"].sum() * 100) == minor
    assert json.loads((tmp_path / "turnover.json").read_text("utf-8"))["rows"][-1]["cells"]["turnover"] == total
    assert sum(row["turnover"] for row in parquet.read_table(tmp_path / "turnover.parquet").to_pylist()) == minor
    sheet = openpyxl.load_workbook(tmp_path / "turnover.xlsx")["Report"]
    assert f"{total}" in {
        f"{cell.value:.2f}" for row in sheet.iter_rows() for cell in row if isinstance(cell.value, float)
    }
    document = pypdfium2.PdfDocument(tmp_path / "turnover.pdf")
    assert f"{float(total):,.2f}" in document[0].get_textpage().get_text_range()
    document.close()
    assert f"{float(total):,.2f}" in (tmp_path / "turnover.txt").read_text("utf-8")


def test_csv_is_as_the_language_wants_it_or_as_it_is_told(
    home: Home, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(home, "--out", str(tmp_path / "a.csv"), lang="de") == 0
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    capsysbinary.readouterr()
    assert run(home, "--format", "csv", "--separator", "tab", "--decimal", ",", "--no-bom", lang="de") == 0
    frame = pd.read_csv(io.BytesIO(capsysbinary.readouterr().out), sep="\t", decimal=",")
    assert frame.shape[1] >= 4
    assert frame["Umsatz" if "Umsatz" in frame else "Turnover"].dtype == float


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "x.doc"], "its ending says no format; take one of"),
        (["--out", "missing/x.pdf"], "cannot be written: No such file or directory"),
        (["--format", "csv", "--separator", ",", "--decimal", ","], "must differ"),
    ],
)
def test_what_cannot_be_written_is_told_in_one_sentence(
    home: Home, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    assert run(home, *arguments) == 1
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_pdf_has_a_chart_if_it_is_wanted(home: Home, tmp_path: Path) -> None:
    sizes = []
    for wish in ("--no-chart", "--chart"):
        assert run(home, "--out", str(tmp_path / "x.pdf"), wish) == 0
        document = pypdfium2.PdfDocument(tmp_path / "x.pdf")
        sizes.append(len(list(document[0].get_objects())))
        document.close()
    assert sizes[1] > sizes[0] + 20


def test_the_form_has_a_head_and_a_logo_that_is_missing_is_told(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "mine.toml"
    report.write_text(
        'title = "Mine"\n[query]\nsource = "receipts"\nperiod = "all"\n[layout]\ncolumns = ["day", "turnover"]\n'
        '[form]\nhead = "Example Ltd."\nfoot = "Nur für die Buchhaltung"\n'
    )
    asked = ["report", "run", str(report), "--home", str(home.path), "--lang", "en", "--out", str(tmp_path / "x.pdf")]
    assert main(asked) == 0
    document = pypdfium2.PdfDocument(tmp_path / "x.pdf")
    page = document[0].get_textpage().get_text_range()
    document.close()
    assert "Example Ltd." in page
    assert "Nur für die Buchhaltung" in page
    report.write_text(report.read_text("utf-8") + 'logo = "nowhere.png"\n')
    assert main(asked) == 1
    assert (
        "nowhere.png cannot be read (No such file or directory): correct or leave out form.logo"
        in capsys.readouterr().err
    )
