"""Customers in and out as files: sealed as they are read, and never brought back once forgotten."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app import text
from app.books.questions.customers import FindCustomer
from app.domain.customer import Person
from app.engine.operations import Imported
from app.facts.circulation import CustomerForgotten, CustomerSet
from app.office.customers import COLUMNS, customer_cells, customers, import_customers
from app.office.desk import Desk
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

SAMPLE = (Path(__file__).parents[3] / "docs" / "sample" / "customers.csv").read_text("utf-8")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    text.use("en")
    network = FakeNetwork()
    yield make_till(network, tmp_path, stocked=False)
    network.close()


def desk_of(till: FakeTill) -> Desk:
    return cast("Desk", SimpleNamespace(books=till.books, currency="EUR"))


def taken(till: FakeTill, source: str) -> Imported:
    found = import_customers(desk_of(till), source)
    till.engine.say(found.facts)
    return found


def as_csv(rows: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(customer_cells(row) for row in rows)
    return out.getvalue()


def test_the_sample_is_taken_over_and_no_fact_names_anybody(till: FakeTill) -> None:
    found = taken(till, SAMPLE)
    assert found.faults == ()
    assert len(found.facts) == len(SAMPLE.splitlines()) - 1
    assert "Muster" not in "".join(str(record.body) for record in till.engine.written)
    erika = till.books.ask(FindCustomer("10001"))
    assert erika is not None
    assert erika.person is not None
    assert (erika.person.name, erika.person.postcode, erika.customer_group) == (
        "Mustermann, Erika", "00001", "Stammkunden",
    )  # fmt: skip


def test_what_is_exported_is_taken_over_as_it_was(till: FakeTill) -> None:
    taken(till, SAMPLE)
    taken(till, 'no,name,credit_limit,blocked,note\n7,"Zoë, X",12.50,yes,"a, b"\n')
    rows = customers(desk_of(till))
    taken(till, as_csv(rows))
    assert customers(desk_of(till)) == rows


def test_a_customer_keeps_what_the_file_has_no_column_for(till: FakeTill) -> None:
    taken(till, "no;name;city;credit_limit;blocked;customer_group\n7;Erika;Ulm;12,50;ja;A\n")
    taken(till, "no;name\n7;Erika M.\n")
    found = till.books.ask(FindCustomer("7"))
    assert found is not None
    assert found.person == Person("Erika M.", city="Ulm")
    assert (found.credit_limit_minor, found.blocked, found.customer_group) == (1250, True, "A")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("1/2;Erika;;", "number 1/2"),
        (";Erika;;", "number"),
        ("7;;;", "name"),
        (f"7;{'E' * 101};;", "longer than 100"),
        ("7;Erika;-1;", "credit limit -1"),
        ("7;Erika;viel;", "credit limit viel"),
        ("7;Erika;;vielleicht", "blocked"),
        ("8;Max;;", "line 2"),
        ("9;Max;;", "forgotten"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(till: FakeTill, row: str, says: str) -> None:
    till.engine.say([CustomerSet("9"), CustomerForgotten("9", "t", "chef")])
    found = import_customers(desk_of(till), f"no;name;credit_limit;blocked\n8;Erika;;\n{row}\n")
    ((line, reason),) = found.faults
    assert line == 3
    assert says in reason
    assert len(found.facts) == 1


def test_forgotten_customers_are_not_exported(till: FakeTill) -> None:
    taken(till, SAMPLE)
    till.engine.say([CustomerForgotten("10001", "t", "chef")])
    assert "10001" not in [row["no"] for row in customers(desk_of(till))]
