"""A till whose terminal stops reading (Ctrl-S, a hung connection) goes on: it answers claims, syncs and sells."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator

import pytest

from tests.app.screens.terminal import Terminal, python
from tests.driving import DriveTill
from tests.e2e.test_terminal import end_engine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]

VOUCHER = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b")
PAGES = 60
"""Whole pages painted: more than a terminal takes that nobody reads, and more than Textual would keep."""


@pytest.fixture
def tills(two_tills: tuple[DriveTill, DriveTill]) -> Iterator[tuple[DriveTill, DriveTill]]:
    """As ``two_tills``; no engine of the first is left behind."""
    yield two_tills
    end_engine(two_tills[0].home)


def until(condition: Callable[[], bool]) -> None:
    """Wait without reading the terminal."""
    give_up = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < give_up, "it did not come to that"
        time.sleep(0.02)


def test_another_till_redeems_its_voucher_and_the_screen_catches_up(tills: tuple[DriveTill, DriveTill]) -> None:
    one, two = tills
    command = python("-m", "app", "--home", str(one.home), "--lang", "en", *one.options)
    with Terminal(command) as screen:
        screen.wait_for("1-000001")
        two.start()
        two.ask("wait", **{"for": "peers"}, count=1, timeout_s=20)
        article = next(row["ident_no"] for row in two.json("export", "articles") if row["price_minor"] > 0)
        screen.write("1000/06\r+\r")
        screen.wait_for(lambda: VOUCHER.search(screen.text) is not None)
        found = VOUCHER.search(screen.text)
        assert found is not None
        code = found[0].replace("-", "")
        screen.write(f"{article}\r" * 25)
        screen.wait_for("25 lines")
        # From here on nobody reads. Each key pages the whole screen, with a pause that makes it a picture of its own.
        for number in range(PAGES):
            screen.type_unread("\x1b[5~" if number % 2 else "\x1b[6~")
            time.sleep(0.02)
        screen.type_unread(f"{article}\r")
        two.ask("wait", **{"for": "voucher"}, code=code, timeout_s=20)
        two.ask("scan", code=article, quantity="1", price="10.00")
        done = two.confirmed("redeem", code=code)
        assert done["coverage"]["complete"] is True
        receipt_no = done["receipt_no"]
        until(lambda: two.ask("status")["pending"] == 0)
        screen.type_unread("/13\r\r")
        screen.wait_for("The sale is voided.")
        screen.write(f"{code}\x1b[17~")
        screen.wait_for("0.00 of 10.00 left")
        screen.write("/99\r\r")
        assert screen.ended() == 0
        two.close()
    assert receipt_no.startswith("2-")
