"""Orders and deposits: placed at one till, picked up or cancelled at another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from app.books.questions.orders import FindOrder, OrderView
from app.books.questions.resources import AskBalance
from app.facts.circulation import OrderPlaced
from app.facts.master import VatRateSet
from app.facts.sales import ReceiptCompleted
from app.till.commands import (
    CancelOrder,
    Command,
    DepositOrder,
    Pay,
    PickUp,
    PlaceOrder,
    Scan,
    SellVoucher,
    VoidLine,
    VoidSale,
)
from app.till.effects import Refuse
from app.till.ports import JournalRefused
from app.till.queries.base import Desk
from app.till.queries.orders import AskOrder, order_info
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill

BIRD_SEED, PEN = "0815", "17"
OpenTill = Callable[..., FakeTill]


async def placed(till: FakeTill, **more: Any) -> str:
    """An order over 4.99 at 7 % and 3 x 0.89 at 19 %: 7.66."""
    await done(till, Scan(BIRD_SEED))
    await done(till, Scan(PEN, quantity="3"))
    number = (await done(till, PlaceOrder(**more)))["order_no"]
    assert isinstance(number, str)
    return number


def order(till: FakeTill, order_no: str) -> OrderView:
    found = till.books.ask(FindOrder(order_no))
    assert found is not None
    return found


def deposits_per_rate(tills: list[FakeTill]) -> Counter[tuple[str, int]]:
    """What all receipts took as deposits less what they dissolved and refunded."""
    sums: Counter[tuple[str, int]] = Counter()
    for till in tills:
        for receipt in till.engine.printed:
            for line in receipt.lines:
                if line.business_case in ("deposit", "deposit_settlement"):
                    sums[line.vat_key, line.vat_rate_bp] += line.gross_minor
    return sums


async def test_an_order_without_deposit_ends_the_sale_and_is_picked_up_at_any_till(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(BIRD_SEED))
    answer = await done(one, PlaceOrder(due="2026-12-01", note="ohne Tüte"))
    assert answer == {"order_no": "O1-000001", "total": "4.99", "deposit": "0.00", "due": "0.00"}
    assert one.session.kept_text() is None
    assert one.engine.printed == []
    picked = await done(two, PickUp("O1-000001"))
    assert (picked["line"], picked["total"], picked["due"], picked["order_total"]) == (1, "4.99", "4.99", "4.99")
    paid = await done(two, Pay())
    assert paid["total"] == "4.99"
    for till in (one, two):
        found = order(till, "O1-000001")
        assert (found.state, found.ended_by, found.note) == ("picked_up", "2-000001", "ohne Tüte")
    assert await refused(one, PickUp("O1-000001")) == "order_picked_up"
    assert await refused(one, CancelOrder("O1-000001", "zu spät")) == "order_picked_up"
    assert one.books.overdraws() == []


async def test_a_deposit_is_taxed_at_the_goods_rates_and_dissolved_with_them(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(BIRD_SEED))
    await done(one, Scan(PEN, quantity="3"))
    answer = await done(one, PlaceOrder(deposit="5.00"))
    assert (answer["total"], answer["due"], answer["order_total"]) == ("5.00", "5.00", "7.66")
    assert await refused(two, PickUp("O1-000001")) == "order_depositing"
    receipt_no = (await done(one, Pay()))["receipt_no"]
    (receipt,) = one.engine.printed
    assert [(line.business_case, line.vat_key, line.gross_minor, line.reference) for line in receipt.lines] == [
        ("deposit", "1", 174, "O1-000001"),
        ("deposit", "2", 326, "O1-000001"),
    ]
    assert [(row.vat_key, row.gross_minor, row.tax_minor) for row in receipt.tax_table] == [
        ("1", 174, 28),
        ("2", 326, 21),
    ]
    assert receipt.order_no == "O1-000001"
    picked = await done(two, PickUp("O1-000001"))
    assert (picked["total"], picked["deposit"]) == ("2.66", "5.00")
    await done(two, Pay())
    (final,) = two.engine.printed
    assert [(line.business_case, line.gross_minor, line.reference) for line in final.lines] == [
        ("sale", 499, "O1-000001"),
        ("sale", 267, "O1-000001"),
        ("deposit_settlement", -174, receipt_no),
        ("deposit_settlement", -326, receipt_no),
    ]
    assert set(deposits_per_rate([one, two]).values()) == {0}
    assert one.books.overdraws() == []


async def test_a_rate_that_changed_since_taxes_the_goods_anew_and_leaves_the_deposit_at_its_rate(
    till: FakeTill,
) -> None:
    number = await placed(till, deposit="7.66")
    await done(till, Pay())
    till.engine.say([VatRateSet("1", "2026-12-01", 2500)])
    till.clock.day = "2026-12-01"
    await done(till, PickUp(number))
    assert (await done(till, Pay()))["total"] == "0.00"
    rates = [(line.business_case, line.vat_rate_bp, line.gross_minor) for line in till.engine.printed[-1].lines]
    assert ("sale", 2500, 267) in rates
    assert ("deposit_settlement", 1900, -267) in rates


async def test_further_deposits_never_exceed_the_order(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    number = await placed(one, deposit="5.00")
    await done(one, Pay())
    assert await refused(two, DepositOrder(number, "2.67")) == "deposit_too_high"
    answer = await done(two, DepositOrder(number, "2.66"))
    assert (answer["deposit"], answer["due"]) == ("2.66", "2.66")
    assert await refused(one, DepositOrder(number, "0.01")) == "order_depositing"
    await done(two, Pay())
    assert await refused(one, DepositOrder(number, "0.01")) == "deposit_too_high"
    assert order(one, number).deposited_minor == 766
    await done(one, PickUp(number))
    assert (await done(one, Pay()))["total"] == "0.00"
    assert set(deposits_per_rate([one, two]).values()) == {0}


async def test_voiding_the_deposit_leaves_the_order_without_one(till: FakeTill) -> None:
    number = await placed(till, deposit="5.00")
    await done(till, VoidSale())
    assert order(till, number).state == "open"
    assert till.books.ask(AskBalance(f"deposit/{number}")).left == 766
    assert (await done(till, PickUp(number)))["total"] == "7.66"


async def test_voiding_one_line_of_a_pick_up_takes_all_of_it_back(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    number = await placed(one, deposit="5.00")
    await done(one, Pay())
    await done(two, Scan(PEN))
    answer = await done(two, PickUp(number))
    assert (answer["line"], answer["total"]) == (2, "3.55")
    assert await refused(one, PickUp(number)) == "order_on_sale"
    assert (await done(two, VoidLine("4")))["total"] == "0.89"
    assert (await done(one, PickUp(number)))["due"] == "2.66"


async def test_cancelling_refunds_the_deposit_at_its_rates(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    number = await placed(one, deposit="5.00")
    await done(one, Pay())
    answer = await done(two, CancelOrder(number, "Kunde krank"))
    assert (answer["refund"], answer["due"]) == ("5.00", "-5.00")
    assert order(one, number).state == "open"
    assert await refused(one, PickUp(number)) == "order_on_sale"
    await done(two, Pay())
    for till in (one, two):
        assert (order(till, number).state, order(till, number).reason) == ("cancelled", "Kunde krank")
    assert await refused(one, PickUp(number)) == "order_cancelled"
    assert set(deposits_per_rate([one, two]).values()) == {0}


async def test_cancelling_without_deposit_is_done_at_once_and_leaves_the_open_sale(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    number = await placed(one)
    await done(two, Scan(PEN))
    answer = await done(two, CancelOrder(number, "vergriffen"))
    assert (answer["refund"], answer["total"]) == ("0.00", "0.89")
    assert order(one, number).state == "cancelled"
    assert await refused(one, CancelOrder(number, "nochmal")) == "order_cancelled"


async def test_a_web_order_is_dissolved_with_what_the_shop_took(till: FakeTill) -> None:
    number = await placed(till)
    template = order(till, number)
    web = OrderPlaced(
        order_no="W-7", till_no=1, placed_at="2026-11-20T10:00:00.000Z", cashier="", currency="EUR",
        lines=template.lines, total_minor=766, source="web", paid_minor=766,
    )  # fmt: skip
    till.engine.say([web])
    assert await refused(till, DepositOrder("W-7", "0.01")) == "deposit_too_high"
    assert (await done(till, PickUp("W-7")))["total"] == "0.00"
    await done(till, Pay())
    settled = [line for line in till.engine.printed[-1].lines if line.business_case == "deposit_settlement"]
    assert [(line.gross_minor, line.reference) for line in settled] == [(-267, "W-7"), (-499, "W-7")]


async def test_an_order_of_another_currency_is_shown_in_its_own(till: FakeTill) -> None:
    template = order(till, await placed(till))
    yen = OrderPlaced(
        order_no="W-8", till_no=9, placed_at="2026-11-20T10:00:00.000Z", cashier="", currency="JPY",
        lines=template.lines, total_minor=766, source="web",
    )  # fmt: skip
    till.engine.say([yen])
    shown = await order_info(Desk(till.runner), AskOrder("W-8"))
    assert (shown["currency"], shown["total"], shown["left"]) == ("JPY", "766", "766")
    assert await refused(till, PickUp("W-8")) == "order_other_currency"


async def test_an_order_picked_up_twice_across_a_partition_is_an_overdraw_everywhere(
    network: FakeNetwork, open_till: OpenTill
) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    number = await placed(one)
    two.engine.connected = False
    for till in (one, two):
        await done(till, PickUp(number))
        await done(till, Pay())
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert (overdraw["resource"], overdraw["amount"]) == (f"order/{number}", 1)
        assert {use["receipt_no"] for use in overdraw["uses"]} == {"1-000001", "2-000001"}
        assert order(till, number).state == "picked_up"
    assert one.books.fingerprint() == two.books.fingerprint()


async def test_a_till_that_cannot_ask_everybody_refuses_if_the_policy_says_so(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    number = await placed(one)
    two.engine.connected = False
    assert await refused(one, PickUp(number)) == "order_unconfirmed"
    assert one.engine.network.claims == {}


async def test_a_lost_answer_neither_loses_the_order_nor_the_deposit(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    till.engine.lose_answer = True
    assert isinstance(await till.runner.run(PlaceOrder(deposit="0.50")), Refuse)
    assert (await done(till, Pay()))["total"] == "0.50"
    assert order(till, "O1-000001").deposited_minor == 50


async def test_a_lost_answer_to_an_order_without_deposit_ends_the_sale_all_the_same(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    till.engine.lose_answer = True
    assert isinstance(await till.runner.run(PlaceOrder()), Refuse)
    assert isinstance(again := await till.runner.run(PlaceOrder()), Refuse)
    assert again.code == "empty_sale", "it stands already"
    assert (await done(till, Scan(BIRD_SEED)))["total"] == "4.99"
    assert order(till, "O1-000001").state == "open"
    assert (await done(till, PlaceOrder()))["order_no"] == "O1-000002"
    assert (await done(till, Scan(PEN)))["total"] == "0.89"


async def test_a_full_disk_uses_up_no_number(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    till.engine.refusals = [JournalRefused("disk_full")]
    assert await refused(till, PlaceOrder()) == "disk_full"
    assert (await done(till, PlaceOrder()))["order_no"] == "O1-000001"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (PlaceOrder(due="2026-11-20"), "date_passed"),
        (PlaceOrder(due="morgen"), "bad_date"),
        (PlaceOrder(deposit="0.90"), "deposit_too_high"),
        (PlaceOrder(deposit="0"), "amount_zero"),
        (PlaceOrder(deposit="-1"), "amount_negative"),
        (PlaceOrder(note="x" * 201), "note_bad"),
        (PickUp("O9-000001"), "unknown_order"),
        (PickUp(""), "bad_number"),
        (PickUp("x" * 41), "bad_number"),
        (DepositOrder("O9-000001", "1"), "unknown_order"),
        (DepositOrder("O9-000001", "0"), "amount_zero"),
        (CancelOrder("O9-000001", "weg"), "unknown_order"),
        (CancelOrder("O9-000001", ""), "reason_needed"),
        (CancelOrder("O9-000001", "x" * 201), "reason_too_long"),
    ],
)
async def test_slips_are_refused_one_by_one(till: FakeTill, command: Command, code: str) -> None:
    await done(till, Scan(PEN))
    assert await refused(till, command) == code


async def test_only_unpaid_goods_can_be_ordered(till: FakeTill) -> None:
    assert await refused(till, PlaceOrder()) == "empty_sale"
    await done(till, SellVoucher("10"))
    assert await refused(till, PlaceOrder()) == "order_goods_only"
    await done(till, VoidLine("1"))
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay(amount="1"))
    assert await refused(till, PlaceOrder()) == "order_with_payments"


async def test_what_is_on_paper_adds_up(open_till: OpenTill) -> None:
    one = open_till(1)
    number = await placed(one, deposit="7.65")
    await done(one, Pay())
    await done(one, Scan(PEN))
    await done(one, PickUp(number))
    await done(one, Pay())
    receipt: ReceiptCompleted = one.engine.printed[-1]
    assert receipt.total_minor == 90 == sum(row.gross_minor for row in receipt.tax_table)
    assert one.books.passed_over() == {}
