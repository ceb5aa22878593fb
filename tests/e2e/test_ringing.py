"""Real tills that print while they ring: killed in the middle of a line, a sale parked, a new roll of paper."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from app.engine.remote import Client, RemoteDevices
from app.home import Home
from tests.app.engine.ringing import carried, column, pieces_of, total
from tests.driving import DriveTill
from tests.e2e.test_readers import machine

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def until(holds: Callable[[], object]) -> None:
    give_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.02)


async def accept(home: Path, job: str) -> None:
    """As the screens do it when somebody says that it is on the paper."""
    client = await Client.connect(Home(home))
    await RemoteDevices(client).accept(job)
    await client.close()


class Shop:
    """A till that prints while it rings, on a printer at a serial port."""

    def __init__(self, till: DriveTill, paper: Path) -> None:
        self.till = till
        self.paper = paper

    def rows(self, text: str) -> int:
        return self.paper.read_text("utf-8").count(text) if self.paper.exists() else 0

    def printer(self) -> dict[str, Any]:
        return cast("dict[str, Any]", self.till.json("status")["printer"])

    def scan(self) -> None:
        """A line that is on the paper, and known to be."""
        there = self.rows("× Vogelfutter")
        self.till.ask("scan", code="1001")
        until(lambda: self.rows("× Vogelfutter") > there)
        self.at_rest()

    def at_rest(self) -> None:
        until(lambda: not self.printer()["waiting"])

    def until_the_next_head(self) -> None:
        """Until a receipt is printed, and the head of the next."""
        until(lambda: self.rows("SUMME"))
        until(lambda: "SUMME" not in "".join(self.pieces()[-1]))
        self.at_rest()

    def pieces(self) -> list[list[str]]:
        return pieces_of(self.paper.read_text("utf-8").splitlines())


@pytest.fixture
def shop(tmp_path: Path, founded: Callable[[Path], DriveTill]) -> Shop:
    till = founded(tmp_path / "one")
    (till.home / "till.toml").write_text(
        f'[printer]\naddress = "{tmp_path / "printer"}"\nbaud = 115200\nwhile_ringing = true\n'
        '[receipt]\nhead = ["Zoo Neumann", "Messestand 4"]\n',
        "utf-8",
    )
    return Shop(till, tmp_path / "paper.txt")


def test_killed_in_the_middle_of_a_line(shop: Shop, tmp_path: Path) -> None:
    till = shop.till
    with machine("printer", "--pty", str(tmp_path / "printer"), "--paper", str(shop.paper)) as does:
        till.start()
        shop.scan()
        does("lose_fence")
        does("near_end")  # faults come in order: what shows this one has the other
        until(lambda: shop.printer()["device"]["paper"] == "near_end")
        till.ask("scan", code="1001")
        until(lambda: shop.rows("Vogelfutter") == 2)
        till.kill()

        till.start()
        (job,) = shop.printer()["uncertain"]
        assert job.startswith("sale-")
        assert till.ask("scan", code="1001", quantity="2")["total"] == "19.96"
        number = till.ask("pay")["receipt_no"]
        assert shop.rows("SUMME") == 0, "it waits for somebody who looks at the paper"
        asyncio.run(accept(till.home, job))
        shop.until_the_next_head()
        till.close()

    first, last, ahead = shop.pieces()
    assert ahead == last[: len(ahead)], "the next one's head"
    assert f"Beleg {number}" in "\n".join(last)
    assert (column(first), carried(last), column(last), total(last)) == (998, 998, 998, 1996)


def test_parked_resumed_and_a_new_roll(shop: Shop, tmp_path: Path) -> None:
    till = shop.till
    with machine("printer", "--pty", str(tmp_path / "printer"), "--paper", str(shop.paper)) as does:
        till.start()
        shop.scan()
        parked = till.ask("park")["park_no"]
        until(lambda: shop.rows("GEPARKT"))
        till.ask("resume", park_no=parked)
        until(lambda: shop.rows("× Vogelfutter") == 2)
        for fault, trouble in (("paper_out", "paper_out"), ("paper_in", "")):
            does(fault)
            until(lambda trouble=trouble: shop.printer()["device"]["trouble"] == trouble)  # type: ignore[misc]
        shop.scan()
        till.ask("pay")
        shop.until_the_next_head()
        till.close()

    put_aside, first, last, ahead = shop.pieces()
    assert ahead == first[: len(ahead)] == last[: len(ahead)]
    assert put_aside[: len(ahead)] == ahead
    assert (column(put_aside), total(put_aside)) == (499, None)
    assert (column(first), carried(last), column(last), total(last)) == (499, 499, 499, 998)
