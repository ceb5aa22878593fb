"""The screens as pictures: what they look like is kept, and a change is seen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app import text
from app.screens import picture
from app.screens.till.app import TillApp
from tests.app.screens.walking import Walk


@pytest.fixture(autouse=True)
def _one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("COLORTERM", raising=False)


@pytest.mark.parametrize("size", [(80, 24), (130, 40)], ids=["80x24", "130x40"])
@pytest.mark.parametrize("scene", sorted(picture.SCENES))
def test_the_sale_screen_looks_as_it_did(scene: str, size: tuple[int, int], snap_compare: Any) -> None:
    app = TillApp(picture.sample_services())

    async def press(pilot: Any) -> None:
        await pilot.pause()
        await Walk(app, pilot).press(picture.SCENES[scene])
        await pilot.pause(0.2)

    assert snap_compare(app, terminal_size=size, run_before=press)


def test_the_help_looks_as_it_did(snap_compare: Any) -> None:
    text.use("en")
    app = TillApp(picture.sample_services())

    async def press(pilot: Any) -> None:
        await pilot.pause()
        await Walk(app, pilot).press("<f1>")
        await pilot.pause(0.2)

    assert snap_compare(app, terminal_size=(80, 24), run_before=press)


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


def test_a_picture_that_cannot_be_written_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        picture.main([str(tmp_path / "missing" / "sale.svg")])
    assert ended.value.code == 1
    assert "sale.svg" in capsys.readouterr().err
