"""What became known by a slip and what its issuer tells are one voucher, in whatever order they come."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.coupons import FindCoupon
from app.facts.base import Fact
from app.facts.circulation import CouponIssued, ResourceHeld, ResourceUsed, VoucherIssued
from app.facts.statements import CouponStated, VoucherStated
from tests.app.books.shelf import CODES, COVERAGE, Books, arrival, records_of

CODE = CODES[0]
ISSUED = VoucherIssued(CODE, "multi_purpose", 5000, "EUR", "2026-11-21T10:00:00.567Z", 1, "1-000001")
COUPON = CouponIssued(CODE, "sommer", "2026-11-21T10:00:00.567Z", 1, "1-000001")


def stated(value: int = 5000) -> VoucherStated:
    issued_at = "2026-11-21T10:00:00.000Z"
    return VoucherStated(CODE, "multi_purpose", value, "EUR", issued_at, "a", 1, "TM1", "2026-11-21T11:00:00.000Z")


def coupon_stated() -> CouponStated:
    issued_at = "2026-11-21T10:00:00.000Z"
    return CouponStated(CODE, "sommer", issued_at, "a", 1, "TM1", "2026-11-21T11:00:00.000Z")


def used(hold: str, amount: int) -> tuple[Fact, Fact]:
    name = f"voucher/{CODE}"
    return (
        ResourceHeld(hold, name, amount, "s", 2, "t", COVERAGE),
        ResourceUsed(hold, name, amount, f"2-{hold}", "t"),
    )


def test_a_voucher_is_known_by_its_slip_alone(books: Books) -> None:
    books.writer.rebuild(records_of([("b", stated()), *(("b", fact) for fact in used("h1", 1200))]))
    known = books.reader.voucher(CODE)
    assert known is not None
    assert (known.value_minor, known.balance_minor, known.issued_by, known.receipt_no) == (5000, 3800, "a", "")
    assert books.reader.overdraws() == []


def _count_it_once(pair: tuple[Books, Books], tellers: list[str], data: st.DataObject, seed: int) -> None:
    """Stamps are given in the order said, so the issuer's clock may be behind the others', or before them."""
    said: list[tuple[str, Fact]] = [(teller, stated()) for teller in tellers]
    said += [("b", fact) for fact in used("h1", 1200)]
    issuers: list[tuple[str, Fact]] = [("a", ISSUED), ("a", COUPON)]
    for each in issuers:
        said.insert(data.draw(st.integers(0, len(said))), each)
    said += [(teller, coupon_stated()) for teller in tellers]
    plain, other = pair
    plain.writer.rebuild(records_of([each for each in said if not isinstance(each[1], VoucherStated | CouponStated)]))
    records = records_of(said)
    other.writer.rebuild([])
    for batch in arrival(records, random.Random(seed)):
        other.writer.apply(batch)
    assert other.reader.voucher(CODE) == plain.reader.voucher(CODE)
    assert other.reader.ask(FindCoupon(CODE)) == plain.reader.ask(FindCoupon(CODE))
    assert other.reader.overdraws() == []


@settings(max_examples=60)
@given(st.lists(st.sampled_from(["b", "c"]), min_size=1, max_size=4), st.data(), st.integers(0, 2**32))
def test_a_voucher_counts_once_whoever_told_of_it_and_when(
    two_books: tuple[Books, Books], tellers: list[str], data: st.DataObject, seed: int
) -> None:
    _count_it_once(two_books, tellers, data, seed)


@settings(max_examples=10)
@given(st.lists(st.sampled_from(["b", "c"]), min_size=1, max_size=4), st.data(), st.integers(0, 2**32))
def test_a_voucher_counts_once_whoever_told_of_it_and_when_on_a_server(
    both_books: tuple[Books, Books], tellers: list[str], data: st.DataObject, seed: int
) -> None:
    _count_it_once(both_books, tellers, data, seed)


def test_the_issuers_own_word_stays_whatever_a_slip_said(books: Books) -> None:
    """A till that lost its key: what a thief wrote on paper does not become the value of what it sold itself."""
    books.writer.rebuild(records_of([("b", stated(9_999_999)), *(("b", fact) for fact in used("h1", 6000))]))
    assert books.reader.overdraws() == []
    books.writer.rebuild(
        records_of([("b", stated(9_999_999)), *(("b", fact) for fact in used("h1", 6000)), ("a", ISSUED)])
    )
    known = books.reader.voucher(CODE)
    assert known is not None
    assert (known.value_minor, known.balance_minor, known.state) == (5000, -1000, "overdrawn")
    assert [each["amount"] for each in books.reader.overdraws()] == [1000]
