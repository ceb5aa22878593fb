"""Sales for a merchandise system: each receipt in one delivery and in no other, whatever comes late."""

from __future__ import annotations

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from app.domain.branch import Branch, TillPlan
from app.engine.control import Refused
from app.facts.master import ReferenceSet
from app.facts.sales import LineDiscount, ReceiptLine, TaxRow
from app.office.interfaces import deliveries
from app.office.interfaces.deliveries import content, copy, deliver, file_of
from app.office.interfaces.sales_lines import COLUMNS, rows_of
from tests.app.books.shelf import Books, receipt, records_of

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


def rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode(), newline=""), delimiter=";"))


def numbers(home: Path, number: int) -> list[str]:
    return [row["receipt_no"] for row in rows(content(home, number))]


def test_a_line_says_what_a_merchandise_system_asks() -> None:
    line = ReceiptLine(
        1, "sale", 'Futter; "fein"', -1500, "kg", 700, -945, ident_no="4711", barcode="4006381333931", vat_key="2",
        vat_rate_bp=700, discounts=(LineDiscount("line_discount", "10 %", -105),), list_price_minor=790,
        price_origin="manual", article_groups=("Futter", "Lose"),
    )  # fmt: skip
    sold = msgspec.structs.replace(
        receipt(3, 17, -945), lines=(line,), tax_table=(TaxRow("2", 700, -945, -883, -62),), user="u7",
        customer_no="10001", customer_group="A", finished_at="2026-11-21T23:30:05.000Z", voids="3-000009",
        receipt_type="void",
    )  # fmt: skip
    [row] = [dict(zip(COLUMNS, cells, strict=True)) for cells in rows_of(sold, "Zoo", UTC)]
    assert row == {
        "branch": "Zoo", "till_no": "3", "receipt_no": "3-000017", "receipt_type": "void", "voids": "3-000009",
        "line": "1", "date": "2026-11-21", "time": "23:30:05", "business_day": "2026-11-21", "seller": "u7",
        "customer_no": "10001", "customer_group": "A", "ident_no": "4711", "barcode": "4006381333931",
        "name": 'Futter; "fein"', "article_group": "Futter", "quantity": "-1.5", "unit": "kg", "price": "7.00",
        "list_price": "7.90", "price_change": "-0.90", "discount": "-1.05", "gross": "-9.45", "vat_key": "2",
        "vat_rate": "7", "vat": "-0.62", "business_case": "sale", "currency": "EUR",
    }  # fmt: skip


def test_each_delivery_has_what_none_before_it_has(books: Books, tmp_path: Path) -> None:
    plan = [
        ReferenceSet("branch", "north", msgspec.to_builtins(Branch("north", "Nord"))),
        ReferenceSet("till_plan", "2", msgspec.to_builtins(TillPlan(2, "north"))),
    ]
    said = [("a", plan[0]), ("a", plan[1]), ("a", receipt(1, 1, 500)), ("b", receipt(2, 1, 700, 4))]
    records = records_of([*said, ("a", receipt(1, 2, 300)), ("b", receipt(2, 2, 900, 5))])
    books.writer.apply(records[:4])
    first = deliver(tmp_path, books.reader, AT, sites={1: "Halle 4", 2: "Halle 5"}, zone=UTC)
    assert first is not None
    assert (first.number, first.receipts, first.lines, first.gross_minor) == (1, 2, 2, 1200)
    assert [(row["branch"], row["receipt_no"]) for row in rows(content(tmp_path, 1))] == [
        ("Halle 4", "1-000001"), ("north", "2-000001"),
    ]  # fmt: skip
    assert deliver(tmp_path, books.reader, AT, sites={}) is None
    books.writer.apply(records[4:])
    second = deliver(tmp_path, books.reader, AT, sites={}, zone=UTC)
    assert second is not None
    assert numbers(tmp_path, 2) == ["1-000002", "2-000002"]
    assert [each.number for each in deliveries.deliveries(tmp_path)] == [2, 1]
    assert content(tmp_path, 1) == file_of(tmp_path, 1).read_bytes()
    assert json.loads(content(tmp_path, 2, "json"))[0]["receipt_no"] == "1-000002"


@pytest.mark.parametrize("seed", range(8))
def test_whatever_comes_when_every_receipt_is_delivered_once(books: Books, tmp_path: Path, seed: int) -> None:
    """Members that share a till, periods that go back, feeds that come late: all that may happen to an office."""
    rng = random.Random(seed)
    said, expected = [], set()
    for sequence in range(1, 40):
        member, till_no = rng.choice((("a", 1), ("b", 2), ("c", 1), ("d", 3)))
        made = receipt(till_no, sequence, sequence, rng.randint(1, 4))
        said.append((member, made))
        expected.add((member, made.receipt_no))
    feeds: dict[str, list[object]] = {}
    for record in records_of(said):
        feeds.setdefault(record.feed.member, []).append(record)
    while any(feeds.values()):
        for member in rng.sample(sorted(feeds), rng.randint(1, len(feeds))):
            some = rng.randint(0, len(feeds[member]))
            books.writer.apply(feeds[member][:some])  # type: ignore[arg-type]
            del feeds[member][:some]
        deliver(tmp_path, books.reader, AT, sites={})
    made = deliveries.deliveries(tmp_path)
    delivered = [number for each in made for number in numbers(tmp_path, each.number)]
    assert len(delivered) == sum(each.receipts for each in made) == len(expected)
    assert set(delivered) == {number for _member, number in expected}


def test_what_breaks_off_is_delivered_next_time(books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    books.writer.apply(records_of([("a", receipt(1, 1, 500))]))
    with monkeypatch.context() as broken:
        broken.setattr(deliveries.os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(OSError, match="No space"):
            deliver(tmp_path, books.reader, AT, sites={})
    assert [path.name for path in (tmp_path / deliveries.FOLDER).iterdir()] == [deliveries.INDEX]
    made = deliver(tmp_path, books.reader, AT, sites={})
    assert made is not None
    assert (made.number, made.receipts) == (1, 1)


def test_a_second_copy_has_all_of_them_and_mends_itself(books: Books, tmp_path: Path) -> None:
    records = records_of([("a", receipt(1, 1, 500)), ("a", receipt(1, 2, 500))])
    other = tmp_path / "stick"
    for each in records:
        books.writer.apply([each])
        deliver(tmp_path, books.reader, AT, sites={})
    with pytest.raises(Refused, match="stick"):
        copy(tmp_path, other)
    assert not other.exists()
    other.mkdir()
    assert copy(tmp_path, other) == [1, 2]
    assert copy(tmp_path, other) == []
    (other / "sales-000001.csv").write_bytes(b"half")
    assert copy(tmp_path, other) == [1]
    assert (other / "sales-000001.csv").read_bytes() == content(tmp_path, 1)
    file_of(tmp_path, 2).write_bytes(b"altered")
    with pytest.raises(Refused, match="000002"):
        content(tmp_path, 2)
    with pytest.raises(Refused):
        content(tmp_path, 3)
