"""Everything that can be used up is claimed, looked at again, checked against its policy and held in one way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, NamedTuple

import pytest

from app.domain.claim_policy import ALLOW, REFUSE
from app.domain.resource import KINDS, kind_of
from app.facts.circulation import ResourceHeld
from app.facts.master import ReferenceSet
from app.till.commands import (
    CancelOrder,
    ChooseCustomer,
    CollectInvoice,
    Command,
    DepositOrder,
    DropParked,
    IssueCoupons,
    Park,
    Pay,
    PayCredit,
    PickUp,
    PlaceOrder,
    Redeem,
    RefundVoucher,
    ReplaceVoucher,
    Resume,
    ReturnLine,
    Scan,
    SellVoucher,
    SetCustomer,
    TakeCoupon,
    TopUp,
    VoidReceipt,
)
from app.till.effects import Consent, Override
from app.till.handlers import CLAIMING
from tests.app.till.asking import done, refusal
from tests.app.till.fake_engine import FakeTill

BIRD_SEED = "0815"
OpenTill = Callable[..., FakeTill]
Prepared = Callable[[FakeTill], Awaitable[Command]]
MILLER = "10001"


async def sold(till: FakeTill, tender: str = "cash") -> dict[str, Any]:
    await done(till, Scan(BIRD_SEED))
    return await done(till, Pay(tender=tender))


async def voucher(till: FakeTill) -> str:
    await done(till, SellVoucher("50.00"))
    return str((await done(till, Pay()))["vouchers"][0])


async def customer(till: FakeTill) -> None:
    await done(till, SetCustomer(MILLER, "Miller", credit_limit="100.00"))


async def redeem(till: FakeTill) -> Command:
    code = await voucher(till)
    await done(till, Scan(BIRD_SEED))
    return Redeem(code, "1.00")


async def refund_voucher(till: FakeTill) -> Command:
    return RefundVoucher(await voucher(till), "will nicht mehr")


async def replace_voucher(till: FakeTill) -> Command:
    return ReplaceVoucher(await voucher(till), "verloren")


async def coupon(till: FakeTill) -> Command:
    value = {"campaign_id": "ten", "name": "Zehn", "gives": "percent", "percent_bp": 1000}
    till.engine.say([ReferenceSet("campaign", "ten", value)])
    (code,) = (await done(till, IssueCoupons("ten")))["codes"]
    await done(till, Scan(BIRD_SEED))
    return TakeCoupon(code)


async def return_line(till: FakeTill) -> Command:
    return ReturnLine((await sold(till))["receipt_no"], "1", reason="kaputt")


async def void_receipt(till: FakeTill) -> Command:
    await sold(till)
    return VoidReceipt()


async def parked(till: FakeTill) -> str:
    await done(till, Scan(BIRD_SEED))
    return str((await done(till, Park()))["park_no"])


async def resume(till: FakeTill) -> Command:
    return Resume(await parked(till))


async def drop_parked(till: FakeTill) -> Command:
    return DropParked(await parked(till), "kommt nicht wieder")


async def ordered(till: FakeTill) -> str:
    await done(till, Scan(BIRD_SEED))
    return str((await done(till, PlaceOrder()))["order_no"])


async def pick_up(till: FakeTill) -> Command:
    return PickUp(await ordered(till))


async def cancel_order(till: FakeTill) -> Command:
    return CancelOrder(await ordered(till), "abbestellt")


async def deposit_order(till: FakeTill) -> Command:
    return DepositOrder(await ordered(till), "1.00")


async def delivered(till: FakeTill) -> str:
    await customer(till)
    await done(till, ChooseCustomer(MILLER))
    await sold(till, "delivery_note")
    return till.engine.printed[-1].delivery_note_no


async def pay_note(till: FakeTill) -> Command:
    return PayCredit(MILLER, reference=await delivered(till))


async def collect_invoice(till: FakeTill) -> Command:
    await delivered(till)
    return CollectInvoice(MILLER)


async def pay_on_credit(till: FakeTill) -> Command:
    await customer(till)
    await done(till, ChooseCustomer(MILLER))
    await done(till, Scan(BIRD_SEED))
    return Pay(tender="customer_credit")


async def pay_credit(till: FakeTill) -> Command:
    await done(till, await pay_on_credit(till))
    return PayCredit(MILLER)


async def pay_by_purse(till: FakeTill) -> Command:
    await customer(till)
    await done(till, TopUp(MILLER, "20.00"))
    await done(till, Pay())
    await done(till, ChooseCustomer(MILLER))
    await done(till, Scan(BIRD_SEED))
    return Pay(tender="purse")


async def pay_by_bonus(till: FakeTill) -> Command:
    value = {"customer_group": "", "valid_from": "2026-01-01", "percent_bp": 10_000}
    till.engine.say([ReferenceSet("bonus_rule", "/2026-01-01", value)])
    await customer(till)
    await done(till, ChooseCustomer(MILLER))
    await sold(till)
    await done(till, ChooseCustomer(MILLER))
    await done(till, Scan(BIRD_SEED))
    return Pay(tender="bonus_purse")


class Use(NamedTuple):
    """What is held, under which claim, and what the refusal is called."""

    kind: str
    prepared: Prepared
    claims: str
    refusals: str


USES = (
    Use("voucher", redeem, "voucher", "voucher"),
    Use("voucher", refund_voucher, "voucher", "voucher"),
    Use("voucher", replace_voucher, "voucher", "voucher"),
    Use("coupon", coupon, "coupon", "coupon"),
    Use("return", return_line, "return", "return"),
    Use("void", void_receipt, "return", "void"),
    Use("parked", resume, "parked", "parked"),
    Use("parked", drop_parked, "parked", "parked"),
    Use("order", pick_up, "order", "order"),
    Use("order", cancel_order, "order", "order"),
    Use("deposit", deposit_order, "order", "order"),
    Use("receivable", pay_note, "receivable", "receivable"),
    Use("receivable", collect_invoice, "receivable", "receivable"),
    Use("credit", pay_on_credit, "credit", "credit"),
    Use("settling", pay_credit, "credit", "credit"),
    Use("purse", pay_by_purse, "purse", "purse"),
    Use("bonus", pay_by_bonus, "bonus", "purse"),
)
EACH = pytest.mark.parametrize("use", USES, ids=[f"{use.kind}-{use.prepared.__name__}" for use in USES])


async def cut_off(open_till: OpenTill, use: Use, policies: Mapping[str, Any]) -> tuple[FakeTill, Command, int]:
    """A till that has prepared the use and hears nobody any more; what it had written by then."""
    till, _other = open_till(1, policies), open_till(2)
    command = await use.prepared(till)
    till.engine.connected = False
    till.engine.claimed.clear()
    till.engine.released.clear()
    return till, command, len(till.engine.written)


def holds(till: FakeTill, since: int) -> list[dict[str, Any]]:
    return [record.body for record in till.engine.written[since:] if record.kind == ResourceHeld.kind]


def test_no_kind_and_no_command_that_claims_is_left_out() -> None:
    assert {use.kind for use in USES} == set(KINDS)


@EACH
async def test_the_policy_of_its_own_kind_refuses_it_and_nothing_is_held(open_till: OpenTill, use: Use) -> None:
    policies = {**dict.fromkeys(KINDS, ALLOW), use.kind: REFUSE}
    till, command, since = await cut_off(open_till, use, policies)
    said = await refusal(till, command)
    assert type(command) in CLAIMING
    assert (said.code, said.values["override"]) == (f"{use.refusals}_unconfirmed", "override_coverage")
    assert till.engine.written[since:] == []
    assert [kind_of(name) for name in till.engine.claimed] == [use.claims]
    assert len(till.engine.released) == 1


@EACH
async def test_the_policies_of_all_other_kinds_do_not_concern_it(open_till: OpenTill, use: Use) -> None:
    policies = {**dict.fromkeys(KINDS, REFUSE), use.kind: ALLOW}
    till, command, since = await cut_off(open_till, use, policies)
    asked = await refusal(till, command, Consent(ask=True))
    assert asked.code == "coverage_incomplete"
    assert till.engine.written[since:] == []
    missing = tuple(asked.values["coverage"]["missing"])
    await done(till, command, Consent(ask=True, without=missing))
    held = [each for each in holds(till, since) if kind_of(each["resource"]) == use.kind]
    assert [(each["coverage"]["missing_tills"], each["business_day"]) for each in held] == [([2], till.clock.day)]
    assert len(till.engine.released) == 2


@EACH
async def test_whoever_overrides_it_stands_in_the_hold(open_till: OpenTill, use: Use) -> None:
    till, command, since = await cut_off(open_till, use, dict.fromkeys(KINDS, ALLOW) | {use.kind: REFUSE})
    await done(till, command, Consent(override=Override("kennt man")))
    (held,) = [each for each in holds(till, since) if kind_of(each["resource"]) == use.kind]
    assert (held["coverage"]["override_by"], held["coverage"]["override_reason"]) == ("anna", "kennt man")
