"""Coupons over several tills: printed here, taken there, used once; campaigns with a code of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.domain.voucher import code_from
from app.facts.circulation import CouponIssued, CouponsPrinted
from app.facts.master import ReferenceSet
from app.till.commands import Command, GiveDiscount, IssueCoupons, Pay, Scan, TakeCoupon, VoidLine, VoidSale
from app.till.effects import Reply
from app.till.ports import JournalRefused
from app.till.queries.base import Query
from app.till.queries.coupons import AskCoupon
from app.till.queries.every import Queries
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeTill

PEN, BIRD_SEED = "17", "0815"
OpenTill = Callable[..., FakeTill]
UNKNOWN = code_from(bytes(32))


async def asked(till: FakeTill, query: Query) -> Any:
    answer = await Queries(till.runner).ask(query)
    return answer.fields if isinstance(answer, Reply) else answer.code  # type: ignore[union-attr]


def campaign(till: FakeTill, campaign_id: str, **value: Any) -> None:
    body = {"campaign_id": campaign_id, "name": f"Aktion {campaign_id}", **value}
    till.engine.say([ReferenceSet("campaign", campaign_id, body)])
    assert till.books.passed_over() == {}


async def printed(till: FakeTill, campaign_id: str, count: int = 1) -> list[str]:
    codes = (await done(till, IssueCoupons(campaign_id, str(count))))["codes"]
    assert len(set(codes)) == count
    return list(codes)


async def test_a_coupon_printed_at_one_till_is_used_once_at_another(open_till: OpenTill) -> None:
    here, there = open_till(1), open_till(2)
    campaign(here, "ten", gives="percent", percent_bp=1000)
    (code,) = await printed(here, "ten")
    assert (await asked(there, AskCoupon(code)))["state"] == "open"
    await done(there, Scan(BIRD_SEED))
    answer = await done(there, TakeCoupon(code.lower()))
    coverage = answer.pop("coverage")
    assert answer == {"line": 2, "name": "Aktion ten", "discount": "0.50", "total": "4.49", "due": "4.49"}
    assert coverage == {"complete": True, "promised": [here.engine.member_id], "missing": []}
    await done(here, Scan(PEN))
    assert await refused(here, TakeCoupon(code)) == "coupon_busy"
    assert (await asked(here, AskCoupon(code)))["state"] == "held"
    await done(there, Pay())
    assert await refused(here, TakeCoupon(code)) == "coupon_used"
    assert (await asked(here, AskCoupon(code)))["state"] == "used"
    (line,) = there.engine.printed[-1].lines
    assert [(each.rule, each.rule_id, each.name, each.amount_minor) for each in line.discounts] == [
        ("coupon", "ten", "Aktion ten", 50)
    ]
    assert here.books.fingerprint() == there.books.fingerprint()
    assert here.books.overdraws() == []


@pytest.mark.parametrize("back", [VoidLine("2"), VoidSale()])
async def test_a_coupon_that_is_taken_back_is_good_again(open_till: OpenTill, back: Command) -> None:
    here, there = open_till(1), open_till(2)
    campaign(here, "ten", gives="percent", percent_bp=1000)
    (code,) = await printed(here, "ten")
    await done(here, Scan(BIRD_SEED))
    await done(here, TakeCoupon(code))
    assert (await done(here, back))["total"] in ("4.99", "0.00")
    await done(there, Scan(BIRD_SEED))
    assert (await done(there, TakeCoupon(code)))["discount"] == "0.50"


async def test_a_campaigns_own_code_is_for_everybody_once_a_receipt(open_till: OpenTill) -> None:
    here, there = open_till(1), open_till(2)
    campaign(here, "winter", gives="amount", amount_minor=100, code="WINTER10")
    for till in (here, there, here):
        await done(till, Scan(BIRD_SEED))
        answer = await done(till, TakeCoupon(" winter10 "))
        assert (answer["discount"], answer["total"], "coverage" in answer) == ("1.00", "3.99", False)
        assert await refused(till, TakeCoupon("WINTER10")) == "coupon_on_sale"
        await done(till, Pay())
    assert here.engine.claimed == []
    state = await asked(there, AskCoupon("winter10"))
    assert (state["campaign"], state["state"], state["valid"], state["reusable"]) == ("winter", "open", True, True)


async def test_a_coupon_cut_off_from_the_others_is_not_taken_and_overdrawn_if_it_is(open_till: OpenTill) -> None:
    careful, bold, other = open_till(1), open_till(2, "allow"), open_till(3, "allow")
    campaign(careful, "ten", gives="percent", percent_bp=1000)
    (code,) = await printed(careful, "ten")
    for till in (careful, bold, other):
        till.engine.connected = False
        await done(till, Scan(BIRD_SEED))
    assert await refused(careful, TakeCoupon(code)) == "coupon_unconfirmed"
    for till in (bold, other):
        assert (await done(till, TakeCoupon(code)))["coverage"]["complete"] is False
        await done(till, Pay())
    careful.engine.network.reconnect()
    (overdraw,) = careful.books.overdraws()
    assert (overdraw["resource"], overdraw["amount"]) == (f"coupon/{code}", 1)
    assert {use["receipt_no"] for use in overdraw["uses"]} == {"2-000001", "3-000001"}
    assert (await asked(careful, AskCoupon(code)))["state"] == "overdrawn"


async def test_below_the_minimum_a_coupon_sleeps_on_the_sale(till: FakeTill) -> None:
    campaign(till, "five", gives="amount", amount_minor=500, minimum_minor=900)
    (code,) = await printed(till, "five")
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, TakeCoupon(code)) == "coupon_minimum"
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, TakeCoupon(code)))["total"] == "4.98"
    assert (await done(till, VoidLine("2")))["total"] == "4.99"
    assert (await asked(till, AskCoupon(code)))["state"] == "held"
    assert (await done(till, Scan(BIRD_SEED)))["total"] == "4.98"


async def test_why_a_coupon_is_not_taken(till: FakeTill) -> None:
    assert await refused(till, TakeCoupon(UNKNOWN)) == "empty_sale"
    await done(till, Scan(PEN))
    for code, slip in (
        (UNKNOWN, "unknown_coupon"),
        ("", "mistyped_coupon"),
        ("X" * 500, "mistyped_coupon"),
        ("\x00", "mistyped_coupon"),
        (UNKNOWN[:-1] + ("0" if UNKNOWN[-1] != "0" else "1"), "mistyped_coupon"),
        ("SOMMER", "unknown_coupon"),
    ):
        assert await refused(till, TakeCoupon(code)) == slip, code
    euro: dict[str, Any] = {"gives": "amount", "amount_minor": 10}
    for name, fields, slip in (
        ("A", {"valid_until": "2026-11-20"}, "campaign_ended"),
        ("B", {"active": False}, "campaign_ended"),
        ("C", {"valid_from": "2026-11-22"}, "coupon_not_yet_valid"),
        ("D", {"customer_groups": ["vip"]}, "coupon_other_customer"),
        ("E", {"customers": ["7"]}, "coupon_other_customer"),
        ("F", {"minimum_minor": 90}, "coupon_minimum"),
        ("G", {"articles": ["4711"]}, "coupon_for_nothing"),
    ):
        campaign(till, name, code=name, **{**euro, **fields})
        assert await refused(till, TakeCoupon(name)) == slip, name
    issued = {"campaign_id": "H", "issued_at": "t", "till_no": 9}
    campaign(till, "H", **euro)
    serials = [code_from(bytes([number]) * 32) for number in range(1, 5)]
    till.engine.say(
        [
            CouponIssued(serials[0], **issued, valid_until="2026-11-20"),
            CouponIssued(serials[1], **issued, valid_from="2026-11-22"),
            CouponIssued(serials[2], **issued, customer_no="7"),
            CouponIssued(serials[3], "gone", "t", 9),
        ]
    )
    slips = ("coupon_expired", "coupon_not_yet_valid", "coupon_other_customer", "campaign_ended")
    states = ("expired", "not_yet", "open", "ended")
    for serial, slip, state in zip(serials, slips, states, strict=True):
        assert await refused(till, TakeCoupon(serial)) == slip
        assert (await asked(till, AskCoupon(serial)))["state"] == state
    assert await asked(till, AskCoupon(UNKNOWN)) == "unknown_coupon"
    assert till.engine.claimed == [f"coupon/{UNKNOWN}"], "what cannot be used is not claimed"
    await done(till, Pay())


async def test_only_stackable_coupons_go_together(till: FakeTill) -> None:
    campaign(till, "a", gives="amount", amount_minor=10, code="A", stackable=True)
    campaign(till, "b", gives="amount", amount_minor=10, stackable=True)
    campaign(till, "c", gives="amount", amount_minor=10, code="C")
    await done(till, Scan(BIRD_SEED))
    await done(till, TakeCoupon("A"))
    assert await refused(till, TakeCoupon("C")) == "coupon_not_stackable"
    one, two = await printed(till, "b", 2)
    for code in (one, two):
        assert (await done(till, TakeCoupon(code)))["discount"] == "0.10"
    assert await refused(till, TakeCoupon(one)) == "coupon_on_sale"
    await done(till, VoidSale())
    await done(till, Scan(BIRD_SEED))
    await done(till, TakeCoupon("C"))
    assert await refused(till, TakeCoupon("A")) == "coupon_not_stackable"


async def test_a_coupon_may_not_leave_more_paid_than_owed(till: FakeTill) -> None:
    campaign(till, "five", gives="amount", amount_minor=300, code="FIVE")
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay(amount="4"))
    assert await refused(till, TakeCoupon("FIVE")) == "paid_more_than_left"


async def test_a_receipt_of_fifty_euro_prints_a_coupon_for_the_next(open_till: OpenTill) -> None:
    here, there = open_till(1), open_till(2)
    campaign(
        here, "next", gives="amount", amount_minor=500, issue_from_minor=5000, issue_valid_days=30, terms="Ab morgen."
    )
    await done(here, Scan(BIRD_SEED, "10"))
    assert "coupons" not in await done(here, Pay())
    await done(here, Scan(BIRD_SEED, "11"))
    (code,) = (await done(here, Pay()))["coupons"]
    (slip,) = here.engine.printed[-1].coupons
    assert (slip.code, slip.name, slip.valid_until, slip.terms) == (code, "Aktion next", "2026-12-21", "Ab morgen.")
    state = await asked(there, AskCoupon(code))
    assert (state["state"], state["receipt_no"], state["valid_until"]) == ("open", "1-000002", "2026-12-21")
    await done(there, Scan(BIRD_SEED, "11"))
    assert (await done(there, TakeCoupon(code)))["total"] == "49.89"
    assert "coupons" not in await done(there, Pay()), "what was paid counts, after discounts"


async def test_discounts_come_after_coupons(till: FakeTill) -> None:
    campaign(till, "euro", gives="amount", amount_minor=99, code="EURO")
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, GiveDiscount(percent="10")))["total"] == "4.49"
    assert (await done(till, TakeCoupon("EURO"))) == {
        "line": 2, "name": "Aktion euro", "discount": "0.99", "total": "3.60", "due": "3.60",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (IssueCoupons("none"), "unknown_campaign"),
        (IssueCoupons(""), "unknown_campaign"),
        (IssueCoupons("x" * 500), "unknown_campaign"),
        (IssueCoupons("open"), "campaign_reusable"),
        (IssueCoupons("over"), "campaign_ended"),
        (IssueCoupons("ten", "0"), "coupon_count"),
        (IssueCoupons("ten", "-1"), "coupon_count"),
        (IssueCoupons("ten", "101"), "coupon_count"),
        (IssueCoupons("ten", "many"), "coupon_count"),
    ],
)
async def test_slips_in_printing_coupons_are_refused(till: FakeTill, command: Command, code: str) -> None:
    campaign(till, "ten", gives="percent", percent_bp=1000)
    campaign(till, "open", gives="percent", percent_bp=1000, code="OPEN")
    campaign(till, "over", gives="percent", percent_bp=1000, valid_until="2026-01-01")
    assert await refused(till, command) == code


async def test_coupons_are_printed_beside_an_open_sale(till: FakeTill) -> None:
    campaign(till, "ten", gives="percent", percent_bp=1000, valid_until="2026-12-24")
    await done(till, Scan(PEN))
    answer = await done(till, IssueCoupons("ten", "100"))
    assert (len(set(answer["codes"])), answer["valid_until"]) == (100, "2026-12-24")
    assert (await done(till, TakeCoupon(answer["codes"][99])))["total"] == "0.80"


@pytest.mark.parametrize(
    "value",
    [
        {"gives": "percent"},
        {"gives": "percent", "percent_bp": 10_001},
        {"gives": "amount"},
        {"gives": "article"},
        {"gives": "amount", "amount_minor": 5, "code": "klein"},
        {"gives": "amount", "amount_minor": 5, "minimum_minor": -1},
        {"gives": "amount", "amount_minor": 5, "valid_from": "soon"},
        {"gives": "amount", "amount_minor": 5, "name": ""},
        {"gives": "amount", "amount_minor": 5, "terms": "x" * 401},
    ],
)
def test_a_campaign_that_cannot_be_never_enters_the_books(till: FakeTill, value: dict[str, Any]) -> None:
    body = {"campaign_id": "c", "name": "Aktion", **value}
    till.engine.say([ReferenceSet("campaign", "c", body)])
    assert till.books.passed_over() == {("reference.set/1", "unreadable"): 1}


async def test_printed_coupons_are_one_document_with_a_slip_each(till: FakeTill) -> None:
    campaign(till, "ten", gives="percent", percent_bp=1000, valid_until="2026-12-31", terms="Nicht auf Futter.")
    codes = await printed(till, "ten", 3)
    (sheet,) = till.engine.documents
    assert isinstance(sheet, CouponsPrinted)
    assert (sheet.name, sheet.valid_until, sheet.terms, list(sheet.codes)) == (
        "Aktion ten", "2026-12-31", "Nicht auf Futter.", codes,
    )  # fmt: skip
    assert [record.kind for record in till.engine.written[-4:]].count(CouponIssued.kind) == 3
    assert CouponsPrinted.kind not in {record.kind for record in till.engine.written}, "the paper is no fact"


async def test_coupons_that_could_not_be_journalled_are_not_printed(till: FakeTill) -> None:
    campaign(till, "ten", gives="percent", percent_bp=1000)
    till.engine.refusals = [JournalRefused("disk_full", "voll")]
    assert await refused(till, IssueCoupons("ten", "2")) == "disk_full"
    assert till.engine.documents == []
