"""A day typed into two tills with accidents all day long ties out to the cent.

``TYPED_DAY_SEED=... pytest -m soak tests/e2e/test_typed_day.py`` deals the same customers and accidents again.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.app.engine.ringing import carried, column, pieces_of, total
from tests.driving import DriveTill
from tests.e2e.judging import together
from tests.e2e.typed_day import ACCIDENTS, CSV, HEAD, Day, figures, money, reported

pytestmark = [pytest.mark.e2e]

SEED = 6
RECEIPTS, ACCIDENTS_OF_ALL = 18, 7
SOAK_RECEIPTS, SOAK_ACCIDENTS = 1000, 210


@pytest.mark.timeout(300)
def test_a_day_with_every_accident_ties_out_to_the_cent(cabled: Any, tmp_path: Path) -> None:
    worked(SEED, RECEIPTS, ACCIDENTS_OF_ALL, cabled, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_day_of_a_thousand_receipts_ties_out_to_the_cent(cabled: Any, tmp_path: Path) -> None:
    seed = int(os.environ.get("TYPED_DAY_SEED") or time.time())
    print(f"\nseed {seed}")
    began = time.monotonic()
    happened = worked(seed, SOAK_RECEIPTS, SOAK_ACCIDENTS, cabled, tmp_path)
    print(f"{SOAK_RECEIPTS} receipts in {time.monotonic() - began:.0f} s; {dict(happened)}")


def worked(seed: int, receipts: int, accidents: int, cabled: Any, folder: Path) -> Counter[str]:
    """A whole day and its end; ``AssertionError`` names the seed."""
    one, two, cable = cabled
    (folder / "articles.csv").write_text(CSV, "utf-8")
    one.run("import", "articles", str(folder / "articles.csv"))
    day = Day(seed, (one, two), cable, folder)
    try:
        day.work(receipts, accidents)
        assert all(day.happened[kind] for kind in ACCIDENTS), day.happened
        for cashier in day.cashiers:
            cashier.close()
        ties_out(day, one, two)
        nothing_is_printed_twice(day)
        every_paper_ties_out(day)
    except Exception as fault:
        raise AssertionError(f"seed {seed}, {receipts} receipts, {accidents} accidents: {fault}") from fault
    finally:
        day.close()
    return day.happened


def ties_out(day: Day, one: DriveTill, two: DriveTill) -> None:
    """Every figure the tills report is the cashiers' own."""
    one.start()
    two.start()
    together(one, two)
    everything = [sale for cashier in day.cashiers for sale in cashier.done.values()]
    for cashier, till in zip(day.cashiers, (one, two), strict=True):
        sales = list(cashier.done.values())
        assert list(cashier.done) == list(range(1, len(sales) + 1))
        report = till.ask("x_report")
        assert reported(report) == figures(sales)
        assert report["last_receipt_no"] == f"{cashier.till_no}-{len(sales):06d}"
        assert report["vouchers_sold"] == money(
            sum(line.gross for sale in sales for line in sale.lines if not line.vat_key)
        )
        assert report["vouchers_redeemed"] == figures(sales)["by_tender"].get("voucher", "0.00")
        assert report["parked"] == report["returns"] == 0
        for no, sale in cashier.done.items():
            receipt = till.ask("receipt", receipt_no=f"{cashier.till_no}-{no:06d}")
            assert receipt["total"] == money(sale.total), receipt
        assert till.answer(till.send("receipt", receipt_no=f"{cashier.till_no}-{len(sales) + 1:06d}"))["ok"] is False
        assert reported(till.ask("turnover", scope="network")) == figures(everything)
        assert reported(till.ask("z_report")) == figures(sales)


def every_paper_ties_out(day: Day) -> None:
    """Printed whole or while it was rung, torn or not: what stands on a piece of paper comes to its total."""
    for printer in day.printers:
        pieces = [piece for piece in pieces_of(printer.paper.read_text("utf-8").splitlines()) if total(piece)]
        sold = [piece for piece in pieces if not any("TAGESABSCHLUSS" in row for row in piece)]
        assert sold
        for piece in sold:
            assert carried(piece) + column(piece) == total(piece), piece
            assert sum(HEAD in row for row in piece) == 1, piece


def nothing_is_printed_twice(day: Day) -> None:
    for cashier, printer in zip(day.cashiers, day.printers, strict=True):
        paper = printer.paper.read_text("utf-8")
        printed = Counter(re.findall(rf"^ *Beleg ({cashier.till_no}-\d{{6}}) +Kasse", paper, re.MULTILINE))
        twice = [no for no, times in printed.items() if times > 1]
        assert not twice, f"printed twice: {twice}"
        print(f"till {cashier.till_no}: {len(printed)} of {len(cashier.done)} receipts on paper")
