"""Articles, prices and VAT rates go out as they came in."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from app.facts.master import PriceSet
from app.office.desk import Desk
from app.office.files import EXPORTS, IMPORTS
from app.office.importing import read_articles, read_prices
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

ARTICLES = (
    "ident_no;barcode;name;price;vat_key;purchase_price;age_limit;discountable;container_deposit;price_2;price_15\n"
    "1;KORN-1;Korn;9,99;1;4,50;18;nein;9001;8,99;\n"
    "9001;;Pfand;0,25;1;;;;;;0,30\n"
)


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    till = make_till(network, tmp_path)
    yield till
    network.close()


def desk_of(till: FakeTill) -> Desk:
    return cast("Desk", SimpleNamespace(books=till.books, currency="EUR"))


def imported(till: FakeTill, what: str, text: str) -> list[tuple[int, str]]:
    found = IMPORTS[what](desk_of(till), text)
    till.engine.say(found.facts)
    return list(found.faults)


def exported(till: FakeTill, what: str) -> list[dict[str, Any]]:
    export = EXPORTS[what]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(export.columns)
    writer.writerows(export.cells(row) for row in export.rows(desk_of(till)))
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def test_articles_go_out_as_they_came_in_and_in_again(till: FakeTill) -> None:
    assert imported(till, "articles", ARTICLES) == []
    rows = {row["ident_no"]: row for row in exported(till, "articles")}
    korn = rows["1"]
    assert (korn["price"], korn["purchase_price"], korn["age_limit"], korn["discountable"]) == (
        "9.99", "4.50", "18", "no",
    )  # fmt: skip
    assert (korn["container_deposit"], korn["price_2"], korn["price_15"]) == ("9001", "8.99", "")
    assert (rows["9001"]["price_15"], rows["9001"]["purchase_price"], rows["9001"]["discountable"]) == (
        "0.30",
        "",
        "yes",
    )
    assert rows["99"]["open_price"] == "yes"
    out = io.StringIO()
    writer = csv.DictWriter(out, EXPORTS["articles"].columns)
    writer.writeheader()
    writer.writerows(rows.values())
    before = till.books.all_articles(), till.books.all_prices()
    assert imported(till, "articles", out.getvalue()) == []
    assert (till.books.all_articles(), till.books.all_prices()) == before


def test_prices_are_entered_in_advance_and_taken_back(till: FakeTill) -> None:
    head = "ident_no,price_list,price,valid_from,valid_until\n"
    assert imported(till, "prices", head + "17,1,0.79,2026-12-01,2026-12-24\n17,2,0.5,,\n") == []
    assert exported(till, "prices") == [
        {"ident_no": "17", "price_list": "1", "price": "0.79", "valid_from": "2026-12-01", "valid_until": "2026-12-24"},
        {"ident_no": "17", "price_list": "2", "price": "0.50", "valid_from": "", "valid_until": ""},
    ]
    assert imported(till, "prices", head + "17,2,,,\n") == []
    assert [row["price_list"] for row in exported(till, "prices")] == ["1"]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("18,1,0.79,,", "ident_unknown"),
        (",1,0.79,,", "ident_missing"),
        ("a b,1,0.79,,", "ident_bad"),
        ("17,0,0.79,,", "price_list_bad"),
        ("17,16,0.79,,", "price_list_bad"),
        ("17,one,0.79,,", "price_list_bad"),
        ("17,1,-0.79,,", "price_negative"),
        ("17,1,cheap,,", "price_not_a_number"),
        ("17,1,0.79,soon,", "day_bad"),
        ("17,1,0.79,2026-02-30,", "day_bad"),
        ("17,1,0.79,2026-12-24,2026-12-01", "days_reversed"),
        ("17,3,0.79,,", "price_twice"),
    ],
)
def test_a_bad_price_is_named(line: str, code: str) -> None:
    head = "ident_no,price_list,price,valid_from,valid_until\n17,3,1.00,,\n"
    found = read_prices(head + line, currency="EUR", idents={"17"})
    assert found.facts == (PriceSet("17", 3, 100),)
    assert [(fault.line, fault.code) for fault in found.faults] == [(3, code)]


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("age_limit", "old", "age_limit_bad"),
        ("age_limit", "100", "age_limit_bad"),
        ("age_limit", "-1", "age_limit_bad"),
        ("age_limit", "9" * 5000, "age_limit_bad"),
        ("discountable", "perhaps", "yes_or_no"),
        ("container_deposit", "1", "deposit_bad"),
        ("container_deposit", "a b", "deposit_bad"),
        ("purchase_price", "-1", "price_negative"),
        ("price_15", "x", "price_not_a_number"),
        ("article_groups", "a|b|c|d", "too_many"),
    ],
)
def test_a_bad_field_of_an_article_is_named(column: str, text: str, code: str) -> None:
    source = f"ident_no,name,price,vat_key,{column}\n1,Korn,1,1,{text}\n"
    found = read_articles(source, currency="EUR", vat_keys=("1",), known={}.get)
    assert (found.facts, found.prices) == ((), ())
    assert [(fault.line, fault.code) for fault in found.faults] == [(2, code)]


def test_austrian_and_swiss_rates_come_in_as_data(till: FakeTill) -> None:
    rates = (
        "vat_key,valid_from,rate\n"
        "A1,1984-01-01,20\nA2,1973-01-01,10\nA3,2016-01-01,13\nA4,2026-07-01,4.9\n"
        "C1,2024-01-01,8.1\nC2,2024-01-01,2.6\nC3,2024-01-01,3.8\n"
    )
    assert imported(till, "vat_rates", rates) == []
    day = {"A4": "2026-06-30", "C1": "2023-12-31"}
    assert [till.books.vat_rate_bp(key, on) for key, on in day.items()] == [None, None]
    keys = ("A1", "A2", "A3", "A4", "C1", "C2", "C3")
    assert [till.books.vat_rate_bp(key, "2026-11-21") for key in keys] == [2000, 1000, 1300, 490, 810, 260, 380]
    assert {"vat_key": "A4", "valid_from": "2026-07-01", "rate": "4.9"} in exported(till, "vat_rates")


def test_what_a_file_has_no_column_for_stays_as_it_is_and_an_empty_field_is_a_word(till: FakeTill) -> None:
    assert imported(till, "articles", ARTICLES) == []
    assert imported(till, "articles", "ident_no;name;price;vat_key\n1;Doppelkorn;11,99;1\n") == []
    korn = till.books.article("1")
    assert korn is not None
    assert (korn.name, korn.price_minor, korn.barcodes, korn.age_limit) == ("Doppelkorn", 1199, ("KORN-1",), 18)
    assert (korn.purchase_price_minor, korn.discountable, korn.container_deposit) == (450, False, "9001")
    assert imported(till, "articles", "ident_no;name;price;vat_key;age_limit;barcode\n1;Korn;9,99;1;;\n") == []
    korn = till.books.article("1")
    assert korn is not None
    assert (korn.barcodes, korn.age_limit, korn.container_deposit) == ((), 0, "9001")
