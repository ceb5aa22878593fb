"""Logging in at a till with screens: asked on the terminal before they open."""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.app.screens.terminal import Terminal

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(90)]

USERS = "user;name;role;pin\nanna;Anna Berg;supervisor;4711\nben;Ben;cashier;\n"
OPEN = "1-00000"


@pytest.fixture
def home(tmp_path: Path, founded: Callable[[Path], Any]) -> Iterator[Path]:
    till = founded(tmp_path / "home")
    (tmp_path / "users.csv").write_text(USERS, encoding="utf-8")
    till.run("import", "users", str(tmp_path / "users.csv"))
    yield till.home
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if str(till.home).encode() in line and b"engine" in line:
            os.kill(int(process.name), signal.SIGTERM)


def opened(home: Path, *options: str) -> Terminal:
    common = ["--home", str(home), "--listen", "127.0.0.1:0", "--no-discovery", "--lang", "en"]
    return Terminal([sys.executable, "-m", "app", *common, *options], env={"PYTHONDONTWRITEBYTECODE": "1"})


def close(till: Terminal) -> None:
    till.write("/99\r\r")
    assert till.ended() == 0


def test_name_and_pin_open_the_till_and_the_receipt_names_the_cashier(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("User:")
        till.write("anna\r")
        till.wait_for("PIN:")
        till.write("4711\r")
        till.wait_for(OPEN)
        assert "4711" not in till.raw.decode("utf-8", "replace")
        till.wait_for("Anna Berg")
        till.write("1001\r+\r")
        till.wait_for("CHANGE")
        assert "Anna Berg" in "\n".join(till.lines[1:])
        close(till)


def test_three_wrong_pins_end_with_one_line_and_the_terminal_echoes_again(home: Path) -> None:
    with opened(home, "--user", "anna") as till:
        for number in range(3):
            till.wait_for(lambda number=number: till.text.count("PIN:") == number + 1)
            till.write("0000\r")
        assert till.ended() == 1
        assert till.text.count("do not belong together") == 3
        assert "tillmesh: nobody has logged in" in till.text
        assert termios.tcgetattr(till._fd)[3] & termios.ECHO
    with opened(home, "--user", "anna") as till:
        till.wait_for("PIN:")
        till.write("4711\r")
        till.wait_for(OPEN)
        close(till)


def test_a_user_without_pin_chooses_one_and_has_it_at_once(home: Path) -> None:
    with opened(home, "--user", "ben") as till:
        till.wait_for("Ben has no PIN yet")
        till.wait_for("New PIN:")
        till.write("12\r")
        till.wait_for("A PIN has 4 to 12 digits")
        till.write("1234\r")
        till.wait_for("again:")
        till.write("1243\r")
        till.wait_for("differ")
        till.write("1234\r")
        till.wait_for(lambda: till.text.count("again:") == 2)
        till.write("1234\r")
        till.wait_for(OPEN)
        close(till)
    with opened(home, "--user", "ben") as till:
        till.wait_for("PIN:")
        till.write("1234\r")
        till.wait_for(OPEN)
        close(till)


def test_ctrl_c_and_ctrl_d_leave_the_till_closed_and_it_can_be_opened_again(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("User:")
        till.write("\x04")
        assert till.ended() == 1
        assert "nobody has logged in" in till.text
    with opened(home, "--user", "anna") as till:
        till.wait_for("PIN:")
        till.signal(signal.SIGINT)
        assert till.ended() == 130
        assert "Traceback" not in till.text
        assert termios.tcgetattr(till._fd)[3] & termios.ECHO
    with opened(home, "--user", "anna") as till:
        till.wait_for("PIN:")
        till.write("4711\r")
        till.wait_for(OPEN)
        close(till)
