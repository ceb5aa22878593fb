"""Fuzzed scans through a real terminal and the real app: the receipt's lines are the scans that were accepted."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.app.screens.standin import PEN
from tests.app.screens.streams import Stream, of_one_sale
from tests.app.screens.terminal import Terminal, python

pytestmark = pytest.mark.timeout(120)

SCANS = 160
"""A receipt has 200 lines at most."""
MAX_PAUSE_S = 0.05
"""Shorter than in the stream: the till's own clock runs here, and nothing in the stream needs more but an Esc's end."""


@pytest.mark.parametrize("seed", [0, 3])
def test_the_lines_of_a_receipt_are_the_scans_that_were_accepted_and_every_other_rang(
    seed: int, tmp_path: Path
) -> None:
    made = of_one_sale(seed, SCANS)
    log = tmp_path / "commands.log"
    log.with_suffix(".codes").write_text("\n".join(scan.code for scan in made.scans))
    with Terminal(python("-m", "tests.app.screens.shop_in_terminal", str(log))) as till:
        till.wait_for("21.11. 18:37")
        rang = till.bells
        typed(till, made)
        till.write("\x1b")
        time.sleep(0.3)  # the Esc is a key of its own
        till.write(f"\x1b{PEN}\r")
        till.wait_for(lambda: PEN in log.read_text(), 30)
        rang = till.bells - rang
        till.write("+")
        till.wait_for("Payment", 30)
        till.write("\r")
        till.wait_for(lambda: "receipt " in log.read_text(), 30)
    commands = log.read_text().splitlines()
    assert Counter(line.split("(")[0] for line in commands if "(" in line).keys() == {"Scan", "Pay"}
    scans = [line.split("'")[1] for line in commands if line.startswith("Scan(") and line.endswith("Reply")]
    refused = sum(line.startswith("Scan(") and line.endswith("Refuse") for line in commands)
    lines = next(line for line in commands if line.startswith("receipt ")).split()[1:]
    assert lines[:-1] == scans[:-1]
    assert scans[-1] == PEN
    places = [next(place for place, scan in enumerate(made.scans) if scan.code == code) for code in scans[:-1]]
    assert places == sorted(set(places)), "doubled or reordered"
    assert len(places) > len(made.scans) / 10
    assert rang >= len(made.scans) - len(places) >= refused


def typed(till: Terminal, made: Stream) -> None:
    """Write it as a terminal would, in its pieces."""
    for wait_s, data in made.writes:
        if wait_s > 0.01:
            time.sleep(min(wait_s, MAX_PAUSE_S) if not data.startswith(b"\x1b") else wait_s)
        till.write(data)
