"""Vouchers out of files and into them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from app import text as language
from app.office.desk import Desk
from app.office.files import EXPORTS, IMPORTS
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till


class BooksOnly:
    """A desk that has books and a currency."""

    currency = "EUR"

    def __init__(self, till: FakeTill) -> None:
        self.books = till.books


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    language.use("en")
    network = FakeNetwork()
    yield make_till(network, tmp_path)
    network.close()


def imported(till: FakeTill, text: str) -> Any:
    return IMPORTS["vouchers"](cast("Desk", BooksOnly(till)), text)


def exported(till: FakeTill) -> list[dict[str, Any]]:
    return EXPORTS["vouchers"].rows(cast("Desk", BooksOnly(till)))


def test_vouchers_of_the_system_before_are_known_then(till: FakeTill) -> None:
    found = imported(
        till,
        "code;value;kind;expires;vat_key;reloadable;issued_at\n"
        "geschenk#17;12,50;;2099-12-31;;ja;2025-05-01\n"
        "7K3M-9QXA-0PWT-B;5;single_purpose;;19;;2020-08-01T10:00:00Z\n",
    )
    assert found.faults == ()
    till.engine.say(found.facts)
    first, second = exported(till)
    assert second == {
        "code": "GESCHENK#17", "kind": "multi_purpose", "value": "12.50", "balance": "12.50", "currency": "EUR",
        "state": "open", "expires": "2099-12-31", "vat_key": "", "article": "", "reloadable": True,
        "issued_at": "2025-05-01T00:00:00.000Z", "receipt_no": "", "replaces": "",
    }  # fmt: skip
    view = till.books.voucher("7K3M9QXA0PWTB")
    assert view is not None
    assert (first["code"], view.vat_key, view.vat_rate_bp, view.balance_minor) == ("7K3M9QXA0PWTB", "1", 1600, 500)
    assert EXPORTS["vouchers"].cells(second)[:4] == ["GESCHENK#17", "multi_purpose", "12.50", "12.50"]
    again = imported(till, "code,value\nGESCHENK#17,1\n")
    assert (again.facts, again.faults) == ((), ((2, "the voucher GESCHENK#17 is known already"),))


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("abc;1;;;;;", "no voucher code"),
        ("zwei worte;1;;;;;", "no voucher code"),
        (f"{'x' * 41};1;;;;;", "no voucher code"),
        ("GUT-1;0;;;;;", "no amount above zero"),
        ("GUT-1;-1;;;;;", "no amount above zero"),
        ("GUT-1;1,234;;;;;", "no amount above zero"),
        ("GUT-1;99999999;;;;;", "no amount above zero"),
        ("GUT-1;1;token;;;;", "kind token"),
        ("GUT-1;1;;31.12.2026;;;", "31.12.2026"),
        ("GUT-1;1;;;;vielleicht;", "yes or no"),
        ("GUT-1;1;single_purpose;;;;2025-01-01", "VAT key"),
        ("GUT-1;1;single_purpose;;1;;", "issued_at"),
        ("GUT-1;1;single_purpose;;1;ja;2025-01-01", "reloadable"),
        ("GUT-0;1;;;;;", "line 2"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(till: FakeTill, line: str, reason: str) -> None:
    found = imported(till, f"code;value;kind;expires;vat_key;reloadable;issued_at\nGUT-0;1;;;;;\n{line}\n")
    assert [fact.code for fact in found.facts] == ["GUT-0"]
    ((number, said),) = found.faults
    assert number == 3
    assert reason in said


def test_a_file_without_codes_is_no_file_of_vouchers(till: FakeTill) -> None:
    ((line, said),) = imported(till, "name;value\nx;1\n").faults
    assert line == 1
    assert "code" in said
