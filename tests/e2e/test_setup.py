"""A machine that belongs to no network: the assistant, in real terminals, until it sells."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.app.screens.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def opened(home: Path, *options: str) -> Terminal:
    common = ["--home", str(home), "--listen", "127.0.0.1:0", "--no-discovery"]
    return Terminal([sys.executable, "-m", "app", *common, *options])


def code_on(screen: Terminal) -> str:
    """The code that stands on the screen, in groups."""
    return "-".join(re.findall(r"\b[0-9A-Z]{5}\b(?=-|\s)", "\n".join(line[:45] for line in screen.lines[3:8])))


def test_a_founder_and_who_joins_by_its_code_are_set_up_on_the_screen_and_sell(tmp_path: Path) -> None:
    with opened(tmp_path / "one") as founder:
        founder.wait_for("Sprache / Language")
        founder.write("2\r")
        founder.wait_for("belongs to no network yet")
        founder.write("2\r")
        founder.wait_for("Name of the network")
        founder.write("Bird fair\r\r\r\r\r")
        founder.wait_for("Receipt printer")
        founder.write("2\r")
        founder.wait_for("Did it come out?")
        founder.write("\r")
        founder.wait_for("This till is set up")
        assert "If you can read this line" in (tmp_path / "one" / "paper.txt").read_text("utf-8")
        founder.write("\r")
        founder.wait_for("1-000001")
        founder.write("5000\x1b[17~")  # F6
        founder.wait_for("its code comes with the receipt")
        founder.write("+\r")
        founder.wait_for("CHANGE")
        founder.write("/91\r")
        founder.wait_for("No number is waiting")
        founder.write("\x1bOS")  # F4
        founder.wait_for("Release tills")
        founder.write("2-3\r")
        founder.wait_for("Name")
        founder.write("Stall {no}\r\r\r")
        founder.wait_for("The code that lets in")
        code = code_on(founder)
        founder.write("\r\x1b")
        with opened(tmp_path / "two") as newcomer:
            newcomer.wait_for("Sprache / Language")
            newcomer.write(f"2\r1\r{code}\r")
            newcomer.wait_for("which till is this?")
            newcomer.wait_for("Stall 3")
            newcomer.write("2\r")
            newcomer.wait_for("Receipt printer")
            newcomer.write("\x1b")
            newcomer.wait_for("Provisioned:")
            newcomer.write("\r")
            newcomer.wait_for("3-000001")
            newcomer.write("/99\r\r")
            assert newcomer.ended() == 0
        founder.write("/99\r\r")
        assert founder.ended() == 0
    assert "Bird fair" in (tmp_path / "one" / "setup.txt").read_text("utf-8")
