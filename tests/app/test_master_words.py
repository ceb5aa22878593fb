"""Master data in words: amounts, days, yes and no as the language writes them; the past tells them so as well."""

from __future__ import annotations

from typing import Any

import pytest

from app import change_words, master_words, text
from app.office.master.differences import differences, said, summary
from app.office.master.kinds import KINDS

ARTICLE, PRICE = KINDS["article"], KINDS["price"]
BEFORE = {"ident_no": "5", "name": "Napf", "price_minor": 250, "open_price": False, "vat_key": "1"}
AFTER = BEFORE | {"price_minor": 279, "open_price": True}


def row(**more: Any) -> dict[str, Any]:
    changed = [
        {"field": each.field, "before": each.before, "after": each.after, "sort": each.sort}
        for each in differences(ARTICLE, BEFORE, AFTER, "EUR")
    ]
    return {
        "at": "2026-11-22T12:00:00Z", "by": "", "kind": "article", "key": "5", "what": "changed", "change": "",
        "changed": changed, "crossed": False, "version": "v", **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "price", "asked"), [("de", "2,50 -> 2,79", "nein -> ja"), ("en", "2.50 -> 2.79", "no -> yes")]
)
def test_what_was_changed_is_told_in_the_language(language: str, price: str, asked: str) -> None:
    text.use(language)
    lines = master_words.version_lines(row())
    assert [line.split(None, 1)[1] for line in lines[1:3]] == [price, asked]
    assert lines[0].startswith("22.11.2026" if language == "de" else "2026-11-22")
    told = said(differences(ARTICLE, BEFORE, AFTER, "EUR"))
    assert told == f"price_minor {price}, open_price {asked}"


def test_a_value_in_a_line_has_amounts_and_days_of_the_language() -> None:
    value = {"ident_no": "5", "price_list": 2, "price_minor": 299, "valid_from": "2026-12-01"}
    assert summary(PRICE, value, "EUR") == "2,99"
    plan = {
        "plan": "p", "at": "2026-12-01T06:00:00Z", "by": "", "kind": "price", "of": "5", "removed": False, "fault": "",
        "values": {"price_minor": "3.50", "valid_until": "2026-12-31", "name": "1.5 kg"},
    }  # fmt: skip
    assert "price_minor 3,50, valid_until 31.12.2026, name 1.5 kg" in master_words.plan_lines(plan)[0]


def test_what_an_import_would_change_is_told_in_the_language() -> None:
    fields = [["price", "2.50", "2.79"], ["name", "1.5 kg", "2.5 kg"], ["discountable", "yes", "no"]]
    change = {"sort": "changed", "key": "5", "name": "", "fields": fields}
    assert [line.strip() for line in change_words.lines(change)[1:]] == [
        "price: 2,50 -> 2,79", "name: 1.5 kg -> 2.5 kg", "discountable: ja -> nein",
    ]  # fmt: skip
    text.use("en")
    assert "price: 2.50 -> 2.79" in change_words.lines(change)[1]
    new = {"sort": "new", "key": "5", "name": "", "fields": [["price_2", "", "2.79"], ["expires", "", "2026-12-31"]]}
    assert [line.strip() for line in change_words.lines(new)[1:]] == ["price_2: 2.79", "expires: 2026-12-31"]
