"""``tillmesh serve``: what it refuses before it opens anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.__main__ import main


def refused(home: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line on stderr."""
    assert main(["serve", "--home", str(home), "--lang", "en", *arguments]) == 1
    said = capsys.readouterr().err.strip()
    assert "\n" not in said
    return said


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "identity").mkdir()
    return tmp_path


@pytest.mark.parametrize("address", ["0.0.0.0:7419", "[::]:7419", "192.168.1.21:0", "kasse-1:7419"])
def test_a_till_is_not_opened_to_a_network_by_accident(
    home: Path, capsys: pytest.CaptureFixture[str], address: str
) -> None:
    said = refused(home, capsys, "--listen", address)
    assert address in said
    assert "nothing is encrypted" in said
    assert "--allow-network" in said


def test_a_home_without_a_network_has_nothing_to_serve(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "belongs to no network yet" in refused(tmp_path, capsys)
