"""Orders of a web shop come in from a file, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.books.questions.orders import FindOrder
from app.office.desk import Desk
from app.office.files import IMPORTS
from app.office.orders import OrdersRead, read_orders
from app.office.rows import REASONS
from app.till.commands import Pay, PickUp
from app.till.effects import Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

HEADER = "order_no;due;customer_no;ident_no;quantity;price;paid;note\n"
AT = "2026-11-21T10:00:00.000Z"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    yield make_till(network, tmp_path)
    network.close()


def read(till: FakeTill, lines: str) -> OrdersRead:
    def known(order_no: str) -> bool:
        return till.books.ask(FindOrder(order_no)) is not None

    return read_orders(HEADER + lines, currency="EUR", article=till.books.article, known=known, at=AT)


async def test_orders_are_imported_and_picked_up(till: FakeTill) -> None:
    text = HEADER + "W-1;2026-12-24;10001;0815;2;4,50;3,00;Tür klingeln\nW-1;;;17;1;;;\nW-2;;;4711;0,5;;;\n"
    desk = cast("Desk", SimpleNamespace(books=till.books, currency="EUR"))
    found = IMPORTS["orders"](desk, text)
    assert found.faults == ()
    till.engine.say(found.facts)
    order = till.books.ask(FindOrder("W-1"))
    assert order is not None
    assert (order.total_minor, order.paid_minor, order.due_on, order.customer_no, order.note, order.source) == (
        989, 300, "2026-12-24", "10001", "Tür klingeln", "web",
    )  # fmt: skip
    assert [(line.name, line.quantity_milli, line.gross_minor) for line in order.lines] == [
        ("Vogelfutter 1 kg", 2000, 900),
        ("Kugelschreiber blau", 1000, 89),
    ]
    answer = await till.runner.run(PickUp("W-1"))
    assert isinstance(answer, Reply)
    assert answer.fields["due"] == "6.89"
    assert isinstance(await till.runner.run(Pay()), Reply)
    again = IMPORTS["orders"](desk, text)
    assert [line for line, _reason in again.faults] == [2, 4], "a file read twice adds nothing"


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        ("W-1;;;0815;0;;;\n", [(2, "quantity_bad")]),
        ("W-1;;;0815;-1;;;\n", [(2, "quantity_bad")]),
        ("W-1;;;gibtsnicht;1;;;\n", [(2, "ident_unknown")]),
        ("W-1;;;;1;;;\n", [(2, "ident_unknown")]),
        (";;;0815;1;;;\n", [(2, "order_no_bad")]),
        ("W-1;morgen;;0815;1;;;\n", [(2, "day_bad")]),
        ("W-1;;;0815;1;viel;;\n", [(2, "price_not_a_number")]),
        ("W-1;;;0815;1;-1;;\n", [(2, "price_negative")]),
        ("W-1;;;0815;1;;5,00;\n", [(2, "paid_too_much")]),
        (f"W-1;;;0815;1;;;{'x' * 201}\n", [(2, "note_bad")]),
        ("W-1;;;0815;1;;;a\nW-1;;;17;1;;;b\n", [(2, "order_incomplete"), (3, "order_differs")]),
        ("W-1;;;0815;1;;;\nW-1;;;17;0;;;\n", [(2, "order_incomplete"), (3, "quantity_bad")]),
        ("W-1;;;0815;1;;;\n" * 201, [(2, "order_too_large")]),
        ("W-1;;\n", [(2, "fields")]),
    ],
)
def test_each_bad_line_is_named(till: FakeTill, lines: str, faults: list[tuple[int, str]]) -> None:
    found = read(till, lines)
    assert found.facts == ()
    assert [(fault.line, fault.code) for fault in found.faults] == faults


@given(st.text(alphabet='W-12;,.:"0815\n€ä', max_size=120))
def test_whatever_a_file_holds_is_read_or_named(lines: str) -> None:
    found = read_orders(HEADER + lines, currency="EUR", article=lambda _: None, known=lambda _: False, at=AT)
    assert all(fault.line >= 1 and fault.code in REASONS for fault in found.faults)
