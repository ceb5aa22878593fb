"""A void gives back all that its receipt did, or is refused: one test for each thing that a receipt can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.books.questions.customers import FindCredit
from app.facts.circulation import CustomerSet
from app.facts.master import ReferenceSet
from app.till.commands import (
    BookToCostCentre,
    CancelOrder,
    ChooseCustomer,
    CollectInvoice,
    Command,
    DepositOrder,
    Pay,
    PayCredit,
    PickUp,
    PlaceOrder,
    Redeem,
    RefundVoucher,
    ReturnArticle,
    Scan,
    SellToken,
    SellVoucher,
    TakeCoupon,
    VoidReceipt,
)
from app.till.holding import CLAIMED_AT_ONCE
from app.till.queries.coupons import AskCoupon
from replication.core.claim_messages import MAX_RESOURCES
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import FakeTill
from tests.app.till.test_coupons import asked as coupon_state
from tests.app.till.test_coupons import campaign
from tests.app.till.test_vouchers import asked

BIRD_SEED, PEN, MILLER = "0815", "17", "10001"
OpenTill = Callable[..., FakeTill]


async def receipt_of(till: FakeTill, *commands: Command) -> str:
    """The commands, and payment if they leave anything due; the receipt's number."""
    answers: dict[str, Any] = {}
    for command in commands:
        answers = await done(till, command)
    if "receipt_no" not in answers:
        answers = await done(till, Pay())
    return str(answers["receipt_no"])


async def stands(till: FakeTill, receipt_no: str) -> None:
    """The receipt cannot be voided, and trying leaves nothing behind."""
    written = len(till.engine.written)
    assert (await refused(till, VoidReceipt(receipt_no))).code == "void_not_possible"
    assert len(till.engine.written) == written
    assert till.engine.network.claims == {}


async def issued(till: FakeTill) -> tuple[str, str]:
    """A receipt that brought a coupon, and the coupon's code."""
    campaign(till, "thanks", gives="amount", amount_minor=100, issue_from_minor=900)
    await done(till, Scan(BIRD_SEED, "2"))
    paid = await done(till, Pay())
    (code,) = paid["coupons"]
    return str(paid["receipt_no"]), str(code)


# -- coupons -------------------------------------------------------------------------------------


async def test_the_coupons_that_a_voided_receipt_brought_are_good_for_nothing_any_more(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    no, code = await issued(one)
    await done(two, VoidReceipt(no))
    assert two.engine.printed[-1].coupons == ()
    await done(two, Scan(BIRD_SEED))
    assert (await refused(two, TakeCoupon(code))).code == "coupon_used"
    assert one.books.overdraws() == []


async def test_a_receipt_whose_coupon_was_used_or_is_on_a_sale_cannot_be_voided(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    no, code = await issued(one)
    await done(two, Scan(PEN, "2"))
    await done(two, TakeCoupon(code))
    assert (await refused(one, VoidReceipt(no))).code == "void_value_used"
    used_on = str((await done(two, Pay()))["receipt_no"])
    assert (await refused(one, VoidReceipt(no))).code == "void_value_used"
    await done(one, VoidReceipt(used_on))
    assert (await coupon_state(one, AskCoupon(code)))["state"] == "open", (
        "the receipt that took it is voided: it is back"
    )
    await done(one, VoidReceipt(no))
    assert (await coupon_state(two, AskCoupon(code)))["state"] == "used"


def _coupon(code: str) -> AskCoupon:
    return AskCoupon(code)


async def test_a_campaigns_own_code_outlives_the_receipt_that_told_of_it(till: FakeTill) -> None:
    campaign(till, "winter", gives="amount", amount_minor=100, code="WINTER10", issue_from_minor=900)
    no = await receipt_of(till, Scan(BIRD_SEED, "2"))
    await done(till, VoidReceipt(no))
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, TakeCoupon("WINTER10")))["total"] == "3.99"


# -- orders and receivables: refused -------------------------------------------------------------


async def test_the_receipt_of_a_deposit_stands(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, PlaceOrder(deposit="2"))
    await stands(till, await receipt_of(till))
    await stands(till, await receipt_of(till, DepositOrder("O1-000001", "1")))


@pytest.mark.parametrize("deposit", [None, "2"])
async def test_the_receipt_of_a_pick_up_stands(till: FakeTill, deposit: str | None) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, PlaceOrder(deposit=deposit))
    if deposit:
        await done(till, Pay())
    await stands(till, await receipt_of(till, PickUp("O1-000001")))


async def test_the_receipt_of_a_cancelled_order_stands(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    await done(till, PlaceOrder(deposit="2"))
    await done(till, Pay())
    await stands(till, await receipt_of(till, CancelOrder("O1-000001", "weg")))


async def test_a_delivery_note_and_what_settles_it_stand(till: FakeTill) -> None:
    till.engine.say([CustomerSet(MILLER)])
    await stands(till, await receipt_of(till, Scan(PEN), ChooseCustomer(MILLER), Pay("delivery_note")))
    await stands(till, await receipt_of(till, PayCredit(MILLER, "0.10", "D1-000001")))
    await done(till, CollectInvoice(MILLER))
    await stands(till, await receipt_of(till, PayCredit(MILLER, None, "I1-000001")))


async def test_a_payment_of_credit_stands(till: FakeTill) -> None:
    till.engine.say([CustomerSet(MILLER, credit_limit_minor=1000)])
    await receipt_of(till, Scan(PEN), ChooseCustomer(MILLER), Pay("customer_credit"))
    await stands(till, await receipt_of(till, PayCredit(MILLER)))


async def test_what_was_booked_to_a_cost_centre_stands(till: FakeTill) -> None:
    till.engine.say([ReferenceSet("cost_centre", "4100", {"no": "4100", "name": "Küche"})])
    await stands(till, await receipt_of(till, Scan(PEN), BookToCostCentre("4100"), Pay("cost_centre")))


# -- vouchers, tokens, customers' money: reversed ------------------------------------------------


async def test_a_receipt_taken_with_a_token_gives_it_back(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, SellToken(PEN))
    (code,) = (await done(one, Pay()))["vouchers"]
    no = await receipt_of(two, Redeem(code))
    assert (await asked(one, code))["balance"] == "0.00"
    await done(one, VoidReceipt(no))
    assert (await asked(two, code))["balance"] == "0.89"
    assert (await done(two, Redeem(code)))["redeemed"] == "0.89"
    assert one.books.overdraws() == []


async def test_a_refunded_voucher_is_worth_its_rest_again(till: FakeTill) -> None:
    await done(till, SellVoucher("10"))
    (code,) = (await done(till, Pay()))["vouchers"]
    no = await receipt_of(till, RefundVoucher(code, "will nicht"))
    assert (await asked(till, code))["balance"] == "0.00"
    await done(till, VoidReceipt(no))
    assert (await asked(till, code))["balance"] == "10.00"


async def test_a_refund_to_the_credit_is_owed_again(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    one.engine.say([CustomerSet(MILLER, credit_limit_minor=1000)])
    await receipt_of(one, Scan(BIRD_SEED), ChooseCustomer(MILLER), Pay("customer_credit"))
    no = await receipt_of(one, ReturnArticle(PEN), ChooseCustomer(MILLER), Pay("customer_credit"))
    assert two.books.ask(FindCredit(MILLER)).owed_minor == 410
    await done(two, VoidReceipt(no))
    for till in (one, two):
        assert till.books.ask(FindCredit(MILLER)).owed_minor == 499


async def test_a_refund_to_the_purse_is_taken_out_of_it_again(till: FakeTill) -> None:
    till.engine.say([CustomerSet(MILLER)])
    no = await receipt_of(till, ReturnArticle(PEN), ChooseCustomer(MILLER), Pay("purse"))
    await done(till, VoidReceipt(no))
    await done(till, Scan(PEN))
    await done(till, ChooseCustomer(MILLER))
    assert (await refused(till, Pay("purse"))).code == "purse_empty"


async def test_a_receipt_of_more_vouchers_than_one_claim_names_is_voided_in_several(open_till: OpenTill) -> None:
    assert CLAIMED_AT_ONCE == MAX_RESOURCES, "what is more breaks the network's protocol"
    one, two = open_till(1), open_till(2)
    for _ in range(CLAIMED_AT_ONCE + 5):
        await done(one, SellVoucher("1.00"))
    codes = (await done(one, Pay()))["vouchers"]
    one.engine.claimed.clear()
    one.engine.released.clear()
    network = two.engine.network
    network.claims[f"voucher/{max(codes)}"] = "2:1"
    assert (await refused(one, VoidReceipt())).code == "void_busy"
    assert len(one.engine.released) == 1, "what had been claimed is given back"
    network.claims.clear()
    await done(one, VoidReceipt())
    assert max(len(names) for names in one.engine.asked) == CLAIMED_AT_ONCE
    assert not network.claims, "everything is released"
    assert all(one.books.voucher(code).balance_minor == 0 for code in codes)  # type: ignore[union-attr]
