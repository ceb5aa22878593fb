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
    return Terminal([sys.executable, "-m", "app", *common, *options])


def close(till: Terminal) -> None:
    till.write("/99\r\r")
    assert till.ended() == 0


def test_name_and_pin_open_the_till_and_the_receipt_names_the_cashier(home: Path) -> None:
    with opened(home) as till:
        till.wait_for("Name or badge")
        till.write("anna\r")
        till.wait_for("PIN>")
        till.write("4711\r")
        till.wait_for("Anna Berg has logged in")
        till.wait_for(OPEN)
        assert "4711" not in till.raw.decode("utf-8", "replace")
        till.wait_for("Anna Berg")
        till.write("1001\r+\r")
        till.wait_for("CHANGE")
        till.wait_for(lambda: "Anna Berg" in "\n".join(till.lines[1:]))  # the paper is drawn after the change
        close(till)


def test_a_killed_till_asks_again_who_stands_there_and_has_the_open_sale(home: Path) -> None:
    with opened(home, "--user", "anna") as till:
        till.wait_for("Name or badge")
        till.write("\r4711\r")
        till.wait_for(OPEN)
        till.write("1001\r")
        till.wait_for("OK 1001")
        till.signal(signal.SIGKILL)
        till.ended()
    with opened(home) as till:
        till.wait_for("Name or badge")
        assert "1001" not in till.text
        till.write("anna\r0000\r")
        till.wait_for("do not belong together")
        till.write("\r4711\r")
        till.wait_for(OPEN)
        till.write("+\r")
        till.wait_for("CHANGE")
        close(till)


def test_esc_and_a_signal_leave_the_till_closed_and_a_name_without_users_is_refused(
    home: Path, tmp_path: Path, founded: Callable[[Path], Any]
) -> None:
    with opened(home) as till:
        till.wait_for("Name or badge")
        till.write("\x1b")
        till.wait_for("Close the till?")
        till.write("\r")
        assert till.ended() == 0
    with opened(home) as till:
        till.wait_for("Name or badge")
        till.signal(signal.SIGTERM)
        assert till.ended() == 0
        assert "Traceback" not in till.text
        assert termios.tcgetattr(till._fd)[3] & termios.ECHO
    with opened(founded(tmp_path / "alone").home, "--user", "anna") as till:
        assert till.ended() == 1
        assert "there are no users" in till.text
