"""What is done beside selling, at a real till behind its socket: paper, drawer, store and the file of settings."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from receipts import ENGLISH
from tests.app.screens.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]


def test_paper_store_and_file_are_looked_after_at_the_till(tmp_path: Path, founded: Callable[[Path], Any]) -> None:
    home: Path = founded(tmp_path / "home").home
    (home / "till.toml").write_text("[printer]\nsimulated = true\n", "utf-8")
    common = ["--home", str(home), "--listen", "127.0.0.1:0", "--no-discovery", "--lang", "en"]
    with Terminal([sys.executable, "-m", "app", *common]) as till:
        till.wait_for("1-000001")
        till.write("1001\r+\r")
        till.wait_for("CHANGE")
        till.write("10000/40\r1\r\r")
        till.wait_for("The drawer should hold")
        till.write("/61\r/2\r")
        till.wait_for("on its way")
        till.write("/4\r\r")
        till.wait_for("marked as a copy")
        till.write("\x1b")
        till.write("/60\r5\r")
        till.wait_for("every signature and chain holds")
        till.write("\r2\rZoo Neumann\r/8\r")
        till.wait_for("Kept.")
        till.write("\x1b")
        till.wait_for("CHANGE")
        paper = home / "paper.txt"
        till.wait_for(lambda: paper.exists() and ENGLISH.copy_mark in paper.read_text("utf-8"))
        assert "TILLMESH TEST" in paper.read_text("utf-8").upper()
        till.write("/99\r\r")
        assert till.ended() == 0
    assert 'head = ["Zoo Neumann"]' in (home / "till.toml").read_text("utf-8")
