from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.facts import codec
from app.facts.base import said_by
from app.facts.circulation import ClaimCoverage, ResourceHeld, VoucherIssued
from app.facts.master import ArticleSet, ReferenceSet, VatRateSet
from app.facts.sales import ReceiptCompleted, ReceiptLine, SaleAborted, TaxRow, TenderRow

HELD = ResourceHeld(
    "h1", "voucher/7K3M9QXA0PWTB", 500, "s1", 1, "2026-11-21T18:37:14.567Z", ClaimCoverage(True, ("m2",), ())
)
RECEIPT = ReceiptCompleted(
    "1-000001", 1, "s1", "a", "b", "2026-11-21", "anna", "EUR",
    (ReceiptLine(1, "sale", "Vogelfutter", 1000, "Stk", 499, 499),),
    (TaxRow("2", 700, 499, 466, 33),), (TenderRow("cash", "EUR", 499),), 499, 0,
)  # fmt: skip


def through_json(body: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(body))
    return found


@pytest.mark.parametrize(
    "fact",
    [
        HELD,
        RECEIPT,
        ArticleSet("1", "Leine", 999, "EUR", "1", ("2000000000015",), ("Hund",)),
        VatRateSet("1", "2021-01-01", 1900),
        SaleAborted(1, "s1", "x", "anna", 2, 300),
    ],
)
def test_a_fact_reads_back(fact: Any) -> None:
    topic, kind, body = codec.write(fact)
    assert codec.read(kind, through_json(body)) == fact
    assert codec.topic_of(kind) == topic == fact.topic


def test_an_edit_says_whose_word_it_is_and_an_older_one_reads_as_nobodys() -> None:
    old = VatRateSet("1", "2021-01-01", 1900)
    assert codec.write(old).body == {"vat_key": "1", "valid_from": "2021-01-01", "rate_bp": 1900}
    said = said_by(old, "anna", "import vat_rates")
    assert (said.by, said.change) == ("anna", "import vat_rates")
    assert codec.read(said.kind, through_json(codec.write(said).body)) == said
    assert said_by(said, "bert") == said, "it says so itself"
    assert said_by(HELD, "anna") is HELD


def test_every_kind_is_named_once_and_versioned() -> None:
    kinds = [fact.kind for fact in codec.FACTS]
    assert len(set(kinds)) == len(kinds)
    assert all(kind.rsplit("/", 1)[1].isdigit() for kind in kinds)


def test_an_unknown_kind_is_passed_over() -> None:
    assert codec.read("voucher.framed/9", {"anything": 1}) is None
    assert codec.topic_of("voucher.framed/9") is None


def test_fields_of_a_newer_version_are_passed_over() -> None:
    body = {**through_json(codec.write(HELD).body), "mood": "sunny"}
    assert codec.read(HELD.kind, body) == HELD


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 0},
        {"amount": -500},
        {"amount": 2**60},
        {"amount": 1.5},
        {"amount": "500"},
        {"resource": None},
        {"resource": "\ud800"},
        {"till_no": 10**30},
        {"coverage": {"complete": "yes", "promised": [], "missing": []}},
        {"coverage": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {"x": {}}}}}}}}}}},
    ],
)
def test_a_body_that_does_not_fit_is_unreadable(change: dict[str, Any]) -> None:
    body = {**through_json(codec.write(HELD).body), **change}
    with pytest.raises(codec.FactUnreadable):
        codec.read(HELD.kind, body)


def test_a_value_of_any_shape_is_looked_through() -> None:
    deep: dict[str, Any] = {}
    for _ in range(20):
        deep = {"x": deep}
    for value in (deep, {"x": [2**53 + 1]}, {"x": -(2**60)}, {"x": "\ud800"}, {"x": ["a\0b"]}):
        with pytest.raises(codec.FactUnreadable):
            codec.read(ReferenceSet.kind, {"subject": "s", "key": "k", "value": value})
    assert codec.read(ReferenceSet.kind, {"subject": "s", "key": "k", "value": {"x": 2**53}}) is not None


def test_text_that_not_every_database_holds_is_unreadable() -> None:
    said = codec.write(VatRateSet("1", "2020-01-01", 1900)).body
    with pytest.raises(codec.FactUnreadable):
        codec.read(VatRateSet.kind, {**said, "vat_key": "1\0"})
    assert codec.read(VatRateSet.kind, {**said, "vat_key": r"\u0000"}) is not None


def test_only_facts_that_are_looked_through_take_values_of_any_shape() -> None:
    loose = {fact.kind for fact in codec.FACTS if "AnyType" in repr(msgspec.inspect.type_info(fact))}
    assert loose == {ReferenceSet.kind}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.sampled_from([fact.kind for fact in codec.FACTS]), st.dictionaries(st.text(), json))
def test_hostile_bodies_raise_nothing_else(kind: str, body: dict[str, Any]) -> None:
    try:
        codec.read(kind, body)
    except codec.FactUnreadable:
        pass


def test_a_missing_field_is_unreadable() -> None:
    with pytest.raises(codec.FactUnreadable, match=r"voucher\.issued/1"):
        codec.read(VoucherIssued.kind, {})
