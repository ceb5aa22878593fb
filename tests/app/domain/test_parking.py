"""Laws of parking: nothing is lost or invented on the way, however sales are parked, merged and split."""

from __future__ import annotations

import base64
import random
import zlib

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.holds import holds_of
from app.domain.parking import MAX_PARKED_BYTES, ParkingFault, merged, parts_of, sale_of, text_of
from app.domain.sale import MAX_SALE_BYTES, CouponOnSale, ManualDiscount, OpenSale, Payment, SaleLine
from app.domain.sale_steps import numbers_of, with_line, with_payment


def line(gross: int, hold_id: str = "", business_case: str = "sale", of_line: int = 0, name: str = "Ware") -> SaleLine:
    return SaleLine(
        0, business_case, name, 1000, "Stk", gross, gross, vat_key="1", vat_rate_bp=1900, of_line=of_line,
        hold_id=hold_id, resource=f"return/{hold_id}" if hold_id else "", held_amount=1000 if hold_id else 0,
    )  # fmt: skip


@st.composite
def sales(draw: st.DrawFn) -> OpenSale:
    sale = OpenSale(draw(st.sampled_from(["s1", "s2"])), draw(st.sampled_from(["t1", "t2"])), "EUR")
    for _ in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from(["goods", "held", "deposit", "payment", "coupon", "gap"]))
        number = sale.next_line
        if kind == "payment":
            sale = with_payment(sale, Payment(0, "voucher", 1, hold_id=f"p{number}", resource="voucher/X"))
        elif kind == "coupon":
            coupon = CouponOnSale(number, "C", "campaign", f"c{number}", "coupon/C")
            sale = msgspec.structs.replace(sale, coupons=(*sale.coupons, coupon), next_line=number + 1)
        elif kind == "gap":
            sale = msgspec.structs.replace(sale, next_line=number + 1)
        else:
            sale = with_line(sale, line(draw(st.integers(-500, 999)), f"h{number}" if kind == "held" else ""))
            if kind == "deposit":
                sale = with_line(sale, line(25, business_case="container_deposit", of_line=number))
    return sale


@given(sales())
def test_a_parked_sale_comes_back_as_it_was(sale: OpenSale) -> None:
    assert sale_of(text_of(sale)) == sale


@given(sales(), sales())
def test_merging_keeps_every_line_payment_and_hold(sale: OpenSale, parked: OpenSale) -> None:
    both = merged(sale, parked)
    assert both.sale_id == sale.sale_id
    assert both.total_minor == sale.total_minor + parked.total_minor
    assert both.paid_minor == sale.paid_minor + parked.paid_minor
    assert holds_of(both) == (
        *(hold for of in (sale, parked) for hold in holds_of(msgspec.structs.replace(of, lines=(), coupons=()))),
        *(hold for of in (sale, parked) for hold in holds_of(msgspec.structs.replace(of, payments=(), coupons=()))),
        *(hold for of in (sale, parked) for hold in holds_of(msgspec.structs.replace(of, lines=(), payments=()))),
    )
    assert numbers_of(sale) <= numbers_of(both), "what was answered as line 3 stays line 3"
    assert len(numbers_of(both)) == len(both.lines) + len(both.payments) + len(both.coupons)
    assert all(number < both.next_line for number in numbers_of(both))
    named = {each.line: each for each in both.lines}
    assert all(named[each.of_line].business_case == "sale" for each in both.lines if each.of_line)


@given(sales(), st.sets(st.integers(1, 8)))
def test_splitting_loses_nothing_and_keeps_deposits_with_their_goods(sale: OpenSale, chosen: set[int]) -> None:
    chosen &= {each.line for each in sale.lines}
    assume(chosen)
    goods = {each.line for each in sale.lines if each.line in chosen or each.of_line in chosen}
    goods |= {each.of_line for each in sale.lines if each.line in chosen and each.of_line}
    if goods == {each.line for each in sale.lines} or any(each.hold_id for each in sale.lines if each.line in goods):
        with pytest.raises(ParkingFault, match=r"held|all"):
            parts_of(sale, chosen, "new")
        return
    rest, part = parts_of(sale, chosen, "new")
    assert sorted((*rest.lines, *part.lines), key=lambda each: each.line) == list(sale.lines)
    assert rest.lines
    assert chosen <= {each.line for each in part.lines}
    assert (rest.payments, rest.coupons, holds_of(part)) == (sale.payments, sale.coupons, ())
    assert rest.next_line > sale.next_line
    for half in (rest, part):
        numbers = {each.line for each in half.lines}
        assert all(each.of_line in numbers for each in half.lines if each.of_line)
    together = merged(rest, part)
    assert together.total_minor == sale.total_minor


def sale_with(**fields: object) -> OpenSale:
    return msgspec.structs.replace(with_line(OpenSale("s", "t", "EUR"), line(100)), **fields)


@pytest.mark.parametrize(
    ("mine", "theirs", "fault"),
    [
        ({"customer_no": "1"}, {"customer_no": "2"}, "customer"),
        ({"supply": "eat_in"}, {"supply": "take_away"}, "whole"),
        ({"order_no": "O1"}, {"order_no": "O2"}, "whole"),
        ({"voids": "1-000001"}, {}, "void"),
        ({}, {"voids": "1-000001"}, "void"),
        ({"training": True}, {}, "training"),
        ({"discounts": (ManualDiscount(percent_bp=1000),)}, {}, "discount"),
        ({}, {"discounts": (ManualDiscount(percent_bp=1000),)}, "discount"),
    ],
)
def test_sales_that_do_not_go_together_are_named(
    mine: dict[str, object], theirs: dict[str, object], fault: str
) -> None:
    with pytest.raises(ParkingFault) as caught:
        merged(sale_with(**mine), sale_with(**theirs))
    assert caught.value.fault == fault


def test_what_is_said_of_one_sale_is_said_of_both() -> None:
    off = ManualDiscount(amount_minor=10)
    tenth = ManualDiscount(percent_bp=1000)
    both = merged(
        sale_with(discounts=(tenth, off), supply="eat_in"),
        sale_with(discounts=(tenth, off), customer_no="7", customer_group="staff", price_list=3, guests=4),
    )
    assert (both.customer_no, both.customer_group, both.price_list) == ("7", "staff", 3)
    assert (both.supply, both.guests) == ("eat_in", 4)
    assert both.discounts == (tenth, off, off), "one percentage on all, amounts add up"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "ä",
        "\x00",
        text_of(sale_with())[:-5],
        base64.b85encode(zlib.compress(b"no json")).decode(),
        base64.b85encode(zlib.compress(b'{"sale_id": 7}')).decode(),
        base64.b85encode(zlib.compress(bytes(MAX_SALE_BYTES * 3))).decode(),
    ],
)
def test_text_that_is_no_parked_sale_is_named(text: str) -> None:
    with pytest.raises(ParkingFault, match="unreadable"):
        sale_of(text)


def test_a_sale_that_no_record_holds_is_refused() -> None:
    draw = random.Random(7)
    names = [base64.b85encode(draw.randbytes(200)).decode() for _ in range(300)]
    sale = OpenSale("s", "t", "EUR", lines=tuple(line(1, name=name) for name in names))
    assert len(msgspec.json.encode(sale)) > MAX_PARKED_BYTES
    with pytest.raises(ParkingFault, match="too_large"):
        text_of(sale)
