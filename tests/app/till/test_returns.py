"""Goods come back with and without receipt, at any till, never more than was sold; whole receipts are voided."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.voucher import SINGLE_PURPOSE
from app.facts.circulation import ResourceGranted, ResourceHeld, ResourceUsed
from app.facts.master import ArticleSet, VatRateSet
from app.facts.sales import ReceiptCompleted
from app.till.commands import (
    Command,
    GiveDiscount,
    Pay,
    Redeem,
    ReloadVoucher,
    ReturnArticle,
    ReturnLine,
    Scan,
    SellToken,
    SellVoucher,
    Training,
    VoidLine,
    VoidReceipt,
    VoidSale,
)
from app.till.completing import vouchers_of
from app.till.effects import Reply
from app.till.queries.receipts import receipt_fields
from receipts.compose import compose
from receipts.letterhead import ShopHead
from receipts.text import text
from receipts.wording import wording
from replication.core.model import Record
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till
from tests.app.till.test_session import voucher_of
from tests.app.till.test_vouchers import adds_up, asked, rule, tokens_of

OpenTill = Callable[..., FakeTill]
BIRD_SEED, PEN, LOOSE = "0815", "17", "4711"


async def sold(till: FakeTill, code: str = BIRD_SEED, quantity: str = "3") -> str:
    await done(till, Scan(code, quantity))
    return str((await done(till, Pay()))["receipt_no"])


def sums(receipts: list[ReceiptCompleted]) -> dict[tuple[str, ...], int]:
    """Every column of the receipts, summed up."""
    found: dict[tuple[str, ...], int] = {}

    def add(amount: int, *column: str) -> None:
        found[column] = found.get(column, 0) + amount

    for receipt in receipts:
        add(receipt.total_minor, "total")
        for line in receipt.lines:
            add(line.gross_minor, "line", line.business_case, line.vat_key, line.name)
            add(line.quantity_milli, "quantity", line.name)
            add(sum(given.amount_minor for given in line.discounts), "discount", line.name)
        for row in receipt.tax_table:
            for column, amount in (("gross", row.gross_minor), ("net", row.net_minor), ("tax", row.tax_minor)):
                add(amount, column, row.vat_key, str(row.vat_rate_bp))
        for tender in receipt.tenders:
            add(tender.amount_minor, "tender", tender.tender, tender.currency)
    return found


# -- with the receipt ----------------------------------------------------------------------------


async def test_goods_come_back_at_another_till_at_the_price_key_and_rate_of_then(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    no = await sold(one)
    one.engine.say([ArticleSet("0815", "Vogelfutter 1 kg", 999, "EUR", "1"), VatRateSet("2", "2026-11-21", 1000)])
    answer = await done(two, ReturnLine(no, "1", "2", "schmeckt nicht"))
    coverage = answer.pop("coverage")
    assert answer == {
        "line": 1, "name": "Vogelfutter 1 kg", "quantity": "-2", "price": "4.99", "gross": "-9.98", "total": "-9.98",
        "left": "1",
    }  # fmt: skip
    assert coverage["complete"]
    receipt = adds_up(two, (await done(two, Pay()))["receipt_no"])
    (line,) = receipt.lines
    assert (line.vat_key, line.vat_rate_bp, line.reference, line.reference_line, line.reason) == (
        "2", 700, no, 1, "schmeckt nicht",
    )  # fmt: skip
    assert [(row.tender, row.role, row.amount_minor) for row in receipt.tenders] == [("cash", "refund", -998)]
    assert (await refused(one, ReturnLine(no, "1", "2"))).values["left"] == "1"
    await done(one, ReturnLine(no, "1"))
    assert (await refused(two, ReturnLine(no, "1"))).code == "returned_already"


async def test_what_was_paid_comes_back_to_the_cent(till: FakeTill) -> None:
    no = await sold(till, PEN, "1.5")
    given_back = [(await done(till, ReturnLine(no, "1", "0.5")))["gross"] for _ in range(3)]
    assert given_back == ["-0.45", "-0.44", "-0.45"]
    assert (await done(till, Pay()))["total"] == "-1.34"


async def test_what_was_paid_after_a_discount_comes_back_to_the_cent(till: FakeTill) -> None:
    await done(till, Scan(PEN, "3"))
    await done(till, GiveDiscount(amount="1.67"))
    no = (await done(till, Pay()))["receipt_no"]
    given_back = [(await done(till, ReturnLine(no, "1")))["gross"] for _ in range(3)]
    assert given_back == ["-0.33", "-0.34", "-0.33"]
    assert (await done(till, Pay()))["total"] == "-1.00"


async def test_an_exchange_takes_back_and_sells_on_one_receipt(till: FakeTill) -> None:
    no = await sold(till, quantity="1")
    await done(till, ReturnLine(no, "1"))
    await done(till, Scan(LOOSE))
    assert (await done(till, Pay(amount="5")))["change"] == "2.09"
    await done(till, ReturnArticle(LOOSE))
    assert (await done(till, Pay("voucher")))["total"] == "-7.90"


async def test_money_back_as_a_voucher_that_every_till_takes(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, ReturnLine(await sold(one, quantity="1"), "1"))
    paid = await done(one, Pay("voucher"))
    (code,) = paid["vouchers"]
    receipt = adds_up(one, paid["receipt_no"])
    assert [(row.tender, row.amount_minor, row.reference) for row in receipt.tenders] == [("voucher", -499, code)]
    assert receipt_fields(receipt)["vouchers"] == [code], "the receipt asked for later names it too"
    assert (await asked(two, code))["balance"] == "4.99"
    await done(two, Scan(PEN))
    assert (await refused(two, Pay("voucher"))).code == "voucher_needs_code"
    assert (await done(two, Redeem(code)))["redeemed"] == "0.89"


async def test_the_voucher_given_for_goods_says_how_long_it_is_good(till: FakeTill) -> None:
    till.engine.say([rule("multi_purpose", 3)])
    await done(till, ReturnLine(await sold(till, quantity="1"), "1"))
    (code,) = (await done(till, Pay("voucher")))["vouchers"]
    assert (await asked(till, code))["expires"] == "2029-12-31"
    slip = text(compose(till.engine.printed[-1], ShopHead(("Zoo Neumann",)), wording("de")), 42).split("GUTSCHEIN")[1]
    assert "31.12.2029" in slip


@pytest.mark.parametrize("command", [ReturnLine("1-000001", "1"), VoidReceipt("1-000001")])
async def test_goods_that_are_here_before_their_receipt_wait_for_it(open_till: OpenTill, command: Command) -> None:
    one, two = open_till(1), open_till(2)
    late: list[Record] = []
    deliver, two.engine.receive = two.engine.receive, late.extend  # type: ignore[method-assign]
    await sold(one)
    two.engine.receive = deliver  # type: ignore[method-assign]
    asyncio.get_running_loop().call_later(0.05, deliver, late)
    await done(two, command)
    assert network_of(one).claims == {}


async def test_a_receipt_that_does_not_come_is_unknown_after_a_moment(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    begun = asyncio.get_running_loop().time()
    for command in (ReturnLine("1-000001", "1"), VoidReceipt("1-000001")):
        assert (await refused(two, command)).code == "unknown_receipt"
    assert 0.9 <= asyncio.get_running_loop().time() - begun < 5
    network_of(one).claims["return/1-000001"] = "1:9"
    assert (await refused(two, ReturnLine("1-000001", "1"))).code == "return_busy"
    assert (await refused(two, VoidReceipt("1-000001"))).code == "void_busy"
    network_of(one).claims.clear()
    two.engine.connected = False
    begun = asyncio.get_running_loop().time()
    assert (await refused(two, ReturnLine("1-000001", "1"))).code == "unknown_receipt"
    assert asyncio.get_running_loop().time() - begun < 0.4, "nobody is there who could send it"


def network_of(till: FakeTill) -> FakeNetwork:
    return till.engine.network


async def test_a_return_given_up_may_be_made_again(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    no = await sold(one)
    line = (await done(one, ReturnLine(no, "1", "3")))["line"]
    assert (await refused(two, ReturnLine(no, "1"))).code == "returned_already"
    await done(one, VoidLine(str(line)))
    await done(two, ReturnLine(no, "1", "2.5"))
    await done(two, VoidSale())
    assert (await done(one, ReturnLine(no, "1", "3")))["gross"] == "-14.97"


async def test_slips_with_returns(till: FakeTill) -> None:
    no = await sold(till)
    await done(till, SellVoucher("5"))
    voucher_no = (await done(till, Pay()))["receipt_no"]
    await done(till, ReturnLine(no, "1"))
    return_no = (await done(till, Pay()))["receipt_no"]
    for command, code in (
        (ReturnLine("1-000099", "1"), "unknown_receipt"),
        (ReturnLine("", "1"), "unknown_receipt"),
        (ReturnLine("a/b", "1"), "unknown_receipt"),
        (ReturnLine("x" * 99, "1"), "unknown_receipt"),
        (ReturnLine(no, "2"), "unknown_receipt_line"),
        (ReturnLine(no, "x"), "unknown_line"),
        (ReturnLine(no, "1", "0"), "quantity_zero"),
        (ReturnLine(no, "1", "-1"), "quantity_not_a_number"),
        (ReturnLine(no, "1", "2.001"), "return_too_much"),
        (ReturnLine(no, "1", "1", "x" * 101), "reason_too_long"),
        (ReturnLine(voucher_no, "1"), "not_returnable"),
        (ReturnLine(return_no, "1"), "not_returnable"),
        (ReturnArticle("nix"), "unknown_article"),
        (ReturnArticle("99"), "price_needed"),
        (ReturnArticle(PEN, "0"), "quantity_zero"),
        (ReturnArticle(PEN, price="-1"), "price_negative"),
    ):
        assert (await refused(till, command)).code == code, command


async def test_a_busy_receipt_and_one_that_not_everybody_can_confirm(open_till: OpenTill, network: FakeNetwork) -> None:
    one, two = open_till(1), open_till(2)
    no = await sold(one)
    network.claims[f"return/{no}"] = "2:9"
    assert (await refused(one, ReturnLine(no, "1"))).code == "return_busy"
    assert (await refused(one, VoidReceipt(no))).code == "void_busy"
    network.claims.clear()
    two.engine.connected = False
    assert (await refused(one, ReturnLine(no, "1"))).code == "return_unconfirmed"
    assert (await refused(one, VoidReceipt(no))).code == "void_unconfirmed"
    assert network.claims == {}


async def test_returned_twice_in_a_partition_is_an_overdraw(open_till: OpenTill, network: FakeNetwork) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    no = await sold(one)
    two.engine.connected = False
    for till in (one, two):
        await done(till, ReturnLine(no, "1", "2"))
        await done(till, Pay())
    network.reconnect()
    for till in (one, two):
        (overdraw,) = till.books.overdraws()
        assert (overdraw["resource"], overdraw["amount"]) == (f"return/{no}/1", 1000)
    assert (await refused(one, ReturnLine(no, "1"))).code == "returned_already"


steps = st.tuples(
    st.integers(0, 1), st.sampled_from(["return", "return", "pay", "void"]), st.sampled_from(["1", "2", "0.5", "0.333"])
)


@settings(max_examples=25)
@given(st.integers(1, 999), st.integers(1, 7), st.lists(steps, max_size=14))
def test_returns_never_exceed_sales_whatever_two_tills_do(
    price: int, pieces: int, story: list[tuple[int, str, str]]
) -> None:
    network = FakeNetwork()

    async def told(tills: list[FakeTill]) -> None:
        tills[0].engine.say([ArticleSet("60", "Leine", price, "EUR", "1")])
        no = await sold(tills[0], "60", str(pieces))
        for who, what, quantity in story:
            command = {"return": ReturnLine(no, "1", quantity), "pay": Pay(), "void": VoidSale()}[what]
            await tills[who].runner.run(command)
        for till in tills:
            await till.runner.run(Pay())
        # What is left comes back in thousandths of a piece and pieces, until nothing does.
        for quantity in ("1", "0.5", "0.1", "0.01", "0.001"):
            while isinstance(await tills[1].runner.run(ReturnLine(no, "1", quantity)), Reply):
                pass
        assert (await refused(tills[0], ReturnLine(no, "1", "0.001"))).code == "returned_already"
        await done(tills[1], Pay()) if tills[1].runner.view().lines else None

    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number) for number in (1, 2)]
        asyncio.run(told(tills))
        assert tills[0].books.turnover(None, None).gross_minor == 0, "exactly what was paid has come back"
        assert tills[0].books.overdraws() == []
        assert tills[0].books.passed_over() == {}
        network.close()


# -- without a receipt ---------------------------------------------------------------------------


async def test_without_a_receipt_at_todays_price_or_a_typed_one(till: FakeTill) -> None:
    assert (await done(till, ReturnArticle(PEN, "2")))["gross"] == "-1.78"
    assert (await done(till, ReturnArticle("99", price="3.00", reason="Bruch")))["total"] == "-4.78"
    receipt = adds_up(till, (await done(till, Pay()))["receipt_no"])
    assert [(line.quantity_milli, line.reason) for line in receipt.lines] == [(-2000, ""), (-1000, "Bruch")]


# -- voids ---------------------------------------------------------------------------------------


async def test_a_receipt_and_its_void_sum_to_nothing_in_every_column(till: FakeTill) -> None:
    voucher = await voucher_of(till, "2.00")
    single = await voucher_of(till, "0.50", kind=SINGLE_PURPOSE, vat_key="1")
    await done(till, Scan(BIRD_SEED, "3"))
    await done(till, Scan(PEN, "2"))
    await done(till, GiveDiscount(percent="10"))
    await done(till, Redeem(voucher))
    await done(till, Redeem(single))
    await done(till, Pay("card", "5"))
    no = (await done(till, Pay(amount="50")))["receipt_no"]
    answer = await done(till, VoidReceipt(reason="vertippt"))
    assert answer["voids"] == no
    void, old = adds_up(till, answer["receipt_no"]), adds_up(till, no)
    assert (void.receipt_type, void.voids, void.receipt_no) == ("void", no, "1-000004")
    assert set(sums([old, void]).values()) == {0}
    assert till.engine.printed[-1] == void
    for code, balance in ((voucher, "2.00"), (single, "0.50")):
        assert (await asked(till, code))["balance"] == balance
    assert (await refused(till, VoidReceipt(no))).code == "receipt_voided"
    assert (await refused(till, ReturnLine(no, "1"))).code == "receipt_voided"
    assert (await refused(till, VoidReceipt())).code == "void_of_void"
    assert (await done(till, Scan(PEN)))["line"] == 1
    assert (await done(till, Pay()))["receipt_no"] == "1-000005"


async def test_a_void_takes_back_the_vouchers_that_were_sold_if_they_are_whole(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, SellVoucher("10", reloadable=True))
    await done(one, SellToken(PEN, "2"))
    paid = await done(one, Pay())
    code, first, second = paid["vouchers"]
    await done(two, Redeem(first))
    assert (await refused(one, VoidReceipt(paid["receipt_no"]))).code == "void_value_used"
    await done(two, VoidReceipt())
    assert (await asked(one, first))["balance"] == "0.89", "the void of its redemption gives a token back whole"
    await done(two, VoidReceipt(paid["receipt_no"]))
    for each in (code, first, second):
        assert (await asked(one, each))["state"] == "used_up"
    assert one.books.turnover(None, None).gross_minor == 0
    assert one.books.overdraws() == []


async def test_the_void_of_a_sale_paid_by_voucher_prints_no_voucher(till: FakeTill) -> None:
    code = await voucher_of(till, "10")
    await done(till, Scan(PEN))
    no = (await done(till, Redeem(code)))["receipt_no"]
    answer = await done(till, VoidReceipt(no))
    assert answer["vouchers"] == []
    assert vouchers_of(till.engine.printed[-1]) == []
    paper = compose(till.engine.printed[-1], ShopHead(("Zoo Neumann",)), wording("de"))
    assert [section.name for section in paper.sections] == ["receipt"]
    assert (await asked(till, code))["balance"] == "10.00"


async def test_a_void_of_a_reload_takes_just_the_reload_back(till: FakeTill) -> None:
    code = await voucher_of(till, "10", reloadable=True)
    await done(till, ReloadVoucher(code, "5"))
    await done(till, Pay())
    await done(till, VoidReceipt())
    assert (await asked(till, code))["balance"] == "10.00"


async def test_what_cannot_be_voided(till: FakeTill) -> None:
    assert (await refused(till, VoidReceipt())).code == "no_receipt_yet"
    assert (await refused(till, VoidReceipt("1-000077"))).code == "unknown_receipt"
    no = await sold(till)
    await done(till, Scan(PEN))
    assert (await refused(till, VoidReceipt(no))).code == "sale_open"
    await done(till, VoidSale())
    await done(till, ReturnLine(no, "1"))
    back = (await done(till, Pay()))["receipt_no"]
    assert (await refused(till, VoidReceipt(no))).code == "void_after_return"
    assert (await refused(till, VoidReceipt(back))).code == "void_not_possible"


async def test_a_coupon_that_the_receipt_brought_or_took_goes_back_too(till: FakeTill) -> None:
    no = await sold(till)
    till.engine.say(
        [
            ResourceGranted("g", "coupon/NEW", 1, "t", 1, reference=no),
            ResourceGranted("g", "coupon/OLD", 1, "t", 1),
            ResourceUsed("h", "coupon/OLD", 1, no, "t"),
        ]
    )
    till.engine.written.clear()
    await done(till, VoidReceipt(no))
    facts = [(record.kind, record.body.get("resource")) for record in till.engine.written]
    assert (ResourceHeld.kind, "coupon/NEW") in facts
    assert (ResourceUsed.kind, "coupon/NEW") in facts
    assert (ResourceGranted.kind, "coupon/OLD") in facts


async def test_in_training_a_return_or_void_counts_nowhere(till: FakeTill) -> None:
    no = await sold(till)
    await done(till, Training(on=True))
    await done(till, ReturnLine(no, "1"))
    await done(till, Pay())
    await done(till, VoidReceipt(no))
    await done(till, Training(on=False))
    assert till.books.turnover(None, None).gross_minor == 1497
    assert (await done(till, ReturnLine(no, "1", "3")))["gross"] == "-14.97"


async def test_a_token_sale_is_returned_by_its_void_only(till: FakeTill) -> None:
    await tokens_of(till, PEN)
    assert (await refused(till, ReturnLine("1-000001", "1"))).code == "not_returnable"


@pytest.mark.parametrize("quantity", ["1", "0.5"])
async def test_container_deposits_come_back_with_their_own_line(till: FakeTill, quantity: str) -> None:
    till.engine.say(
        [
            ArticleSet("70", "Pfand", 25, "EUR", "1"),
            ArticleSet("71", "Limonade", 150, "EUR", "1", container_deposit="70"),
        ]
    )
    no = await sold(till, "71", "2")
    receipt = adds_up(till, no)
    for line in receipt.lines:
        back = await done(till, ReturnLine(no, str(line.line), quantity))
        assert back["name"] == line.name
