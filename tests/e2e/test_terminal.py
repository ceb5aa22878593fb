"""The real ``tillmesh`` in a real terminal: engine and screens as two processes, keys in, pictures out."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.screens.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

ARTICLE = "1001"
"""4.99, as ``founded`` has it."""
F6 = "\x1b[17~"


@pytest.fixture
def home(tmp_path: Path, founded: Callable[[Path], Any]) -> Iterator[Path]:
    till = founded(tmp_path / "home")
    yield till.home
    end_engine(till.home)


def end_engine(home: Path) -> None:
    """An engine that a killed screen left behind is ended by its own command line."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(home).encode() in line and b"engine" in line:
            os.kill(int(process.name), signal.SIGTERM)


def opened(home: Path) -> Terminal:
    """The till of this home in a terminal of 80x24."""
    command = [sys.executable, "-m", "app", "--home", str(home), "--listen", "127.0.0.1:0", "--no-discovery"]
    return Terminal(command)


def test_a_sale_is_rung_up_paid_and_its_total_is_on_the_screen(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("1-000001")
        till.write(f"3*{ARTICLE}\r")
        till.wait_for("14,97")
        till.write("+2000\r")
        till.wait_for("RÜCKGELD")
        till.wait_for("5,03")
        till.wait_for(lambda: re.search(r"SUMME\s+14,97", till.text) is not None)  # the paper is drawn after the change
        till.wait_for("1-000002")
        till.write("/99\r\r")
        assert till.ended() == 0


def test_a_killed_screen_loses_nothing_and_the_next_one_shows_the_open_sale(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("1-000001")
        till.write(f"2*{ARTICLE}\r")
        till.wait_for("9,98")
        till.signal(signal.SIGKILL)
        till.ended()
    with opened(home) as till:
        till.wait_for("9,98")
        till.write("+\r")
        till.wait_for("RÜCKGELD")
        till.write("/99\r\r")
        assert till.ended() == 0


def test_a_second_screen_on_the_same_till_is_refused_in_one_line(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("1-000001")
        with opened(home) as second:
            assert second.ended() == 1
            assert "Traceback" not in second.text
        till.write(f"{ARTICLE}\r")
        till.wait_for("4,99")
        till.write("/99\r\r")
        assert till.ended() == 0


def test_an_unknown_code_and_a_wrong_check_digit_are_said(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("1-000001")
        till.write("4006381333932\r")
        till.wait_for("4006381333932")
        till.wait_for(lambda: "Prüfziffer" in till.lines[21])
        till.write(f"{ARTICLE}\r")
        till.wait_for("4,99")


def test_a_voucher_is_sold_and_taken_on_the_screen(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("1-000001")
        till.write(f"1000{F6}")
        till.wait_for("10,00")
        till.write("+\r")
        code = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
        till.wait_for(lambda: code.search(till.text) is not None)
        found = code.search(till.text)
        assert found
        till.write(f"{ARTICLE}\r")
        till.wait_for("4,99")
        till.write(f"+{F6}{found[0]}\r")
        till.wait_for("5,01")
        till.wait_for("Beleg 1-000002")
        till.write("/99\r\r")
        assert till.ended() == 0
