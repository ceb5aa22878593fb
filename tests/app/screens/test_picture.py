"""The screens as pictures: what they look like is kept, and a change is seen."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from app import text
from app.screens import picture


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_picture_for_the_readme_is_made_by_the_program_and_fetches_nothing(tmp_path: Path, language: str) -> None:
    out = tmp_path / "sale.svg"
    assert picture.main([str(out), "--lang", language]) == 0
    svg = out.read_text(encoding="utf-8")
    assert svg.startswith("<svg")
    assert "Kugelschreiber" in svg
    assert "74,63" in svg if language == "de" else "74.63" in svg
    assert "url(http" not in svg
    assert "font-face" not in svg


def test_the_picture_of_the_network_has_its_members_alarms_and_protocol(tmp_path: Path) -> None:
    out = tmp_path / "network.svg"
    assert picture.main([str(out), "--lang", "en", "--scene", "network"]) == 0
    svg = out.read_text(encoding="utf-8").replace("&#160;", " ")
    for word in ("Zentrale", "shut out", "signed off", "+3 min", "18:21", "Sync protocol", "receipt.completed/1"):
        assert word in svg, word


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        ("search", ("Vogelfutter Kanarie 1 kg", "4.29", "vogel 1")),
        ("count", ("EUR", "291.00", "297.37", "-6.37", "Missing.")),
        ("functions", ("What it does", "24", "Adjust")),
        ("tenders", ("33.98 EUR", "Swiss francs", "girocard")),
        ("devices", ("Card payment 41.90", "may be printed, or not", "Scale counter", "under zero")),
    ],
)
def test_the_pictures_of_tasks_show_what_somebody_typed_there(
    scene: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / f"{scene}.svg"
    assert picture.main([str(out), "--lang", "en", "--scene", scene]) == 0
    svg = out.read_text(encoding="utf-8").replace("&#160;", " ")
    for word in words:
        assert word in svg, word


def test_the_picture_of_a_receipt_has_the_same_bytes_again_and_a_code_that_can_be_read(tmp_path: Path) -> None:
    first, again = (tmp_path / name for name in ("first.png", "again.png"))
    for out in (first, again):
        assert picture.main([str(out), "--lang", "de", "--scene", "paper"]) == 0
    assert first.read_bytes() == again.read_bytes()
    with Image.open(first) as drawn:
        assert [code.text for code in zxingcpp.read_barcodes(drawn)] == ["XP0STC30T04EX"]


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        picture.main([str(tmp_path / "missing" / "sale.svg")])
    assert ended.value.code == 1
    assert "sale.svg" in capsys.readouterr().err
