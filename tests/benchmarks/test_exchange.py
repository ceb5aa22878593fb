"""A catalogue of 100,000 articles: read by a mapping, packed for the engine, written in every format.

The floor is Python's own CSV reader (and writer) over the same rows. Memory is what the work holds at once, beside the
file itself: rows are converted one by one and leave packed.
"""

from __future__ import annotations

import csv
import io
import time
import tracemalloc
from collections.abc import Callable, Iterator

import pytest

from app.office.exchange.packing import unpack
from app.office.exchange.preparing import prepared
from app.office.mapping.plan import FieldPlan, FilePlan
from app.office.mapping.writing import written

pytestmark = pytest.mark.benchmark
ARTICLES = 100_000
FEW = 10_000
"""For the formats that are slow by nature: their time grows with the rows."""
HELD_MB_MAX = 40
FIELDS = (
    FieldPlan("ident_no", source="Nr", drop_zeros=True),
    FieldPlan("name", source="Bezeichnung"),
    FieldPlan("barcode", source="EAN"),
    FieldPlan("price", source="VK", decimal=","),
    FieldPlan("purchase_price", source="EK", decimal=","),
    FieldPlan("vat_key", source="MwSt", table={"A": "1", "B": "2"}),
    FieldPlan("unit", value="Stk"),
)
PLAN = FilePlan("articles", separator=";", fields=FIELDS)


def rows(count: int) -> Iterator[list[str]]:
    for number in range(1, count + 1):
        yield [str(number), f"Artikel Nummer {number}", f"K-{number:08}", f"{number % 900}.95", "0.5", "1", "Stk"]


def timed(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_a_large_catalogue_is_read_in_bounded_memory() -> None:
    data = written(PLAN, rows(ARTICLES), "EUR")
    text = data.decode()
    floor = timed(lambda: sum(1 for _row in csv.reader(io.StringIO(text), delimiter=";")))
    took = timed(lambda: prepared(data, "articles", "list.csv", "EUR", PLAN))
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    ready = prepared(data, "articles", "list.csv", "EUR", PLAN)
    held_mb = (tracemalloc.get_traced_memory()[1] - before) / 2**20
    tracemalloc.stop()
    print(
        f"\n{ARTICLES} articles, {len(data) / 2**20:.1f} MB: read and packed to {len(ready.packed) / 2**20:.1f} MB in "
        f"{took:.2f} s ({took / floor:.0f}x csv.reader, {took / ARTICLES * 1e6:.0f} us each), {held_mb:.0f} MB held"
    )
    assert sum(1 for _row in unpack(ready.columns, ready.packed).rows) == ARTICLES
    assert took < 100 * floor
    assert held_mb < HELD_MB_MAX


@pytest.mark.parametrize("form", ["csv", "json", "xml", "xlsx"])
def test_every_format_is_written_and_read(form: str) -> None:
    plan = FilePlan("articles", form, separator=";", fields=FIELDS)
    floor = timed(lambda: csv.writer(io.StringIO()).writerows(rows(FEW)))
    made = [b""]

    def write() -> None:
        made[0] = written(plan, rows(FEW), "EUR")

    out = timed(write)
    back = timed(lambda: prepared(made[0], "articles", f"x.{form}", "EUR", plan))
    print(
        f"\n{form}: {out / FEW * 1e6:.0f} us an article out ({out / floor:.0f}x csv.writer), "
        f"{back / FEW * 1e6:.0f} us in, {len(made[0]) // FEW} bytes"
    )
    assert max(out, back) < 500 * floor
