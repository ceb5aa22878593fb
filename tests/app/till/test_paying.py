"""Tenders, change, tips, foreign cash and cash rounding, command by command; and the law that sums tie out."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.business_case import ROUNDING, TIP
from app.domain.sale import SaleLine
from app.domain.tender import CashRounding, ExchangeRate, Tender
from app.facts.master import ReferenceSet
from app.facts.sales import ReceiptCompleted
from app.till.commands import Command, Pay, Scan, UndoPayment, VoidLine
from app.till.effects import Refuse, Reply
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

BIRD_SEED, LOOSE = "4006381333931", "4711"


def value(subject: str, entry: Any) -> ReferenceSet:
    return ReferenceSet(subject, entry.key, msgspec.to_builtins(entry))


FRANCS = value("exchange_rate", ExchangeRate("CHF", "2026-01-01", "1.0432", "ECB"))
YEN = value("exchange_rate", ExchangeRate("JPY", "2026-01-01", "0.00613"))
NEXT_YEAR = value("exchange_rate", ExchangeRate("CHF", "2027-01-01", "2"))
COINS = value("cash_rounding", CashRounding("EUR", "2026-01-01", 5, "NL"))


def rows(till: FakeTill) -> list[tuple[str, str, int]]:
    return [(row.tender, row.role, row.amount_minor) for row in till.engine.printed[-1].tenders]


def extra(till: FakeTill, business_case: str) -> list[int]:
    return [line.gross_minor for line in till.engine.printed[-1].lines if line.business_case == business_case]


def give_back(till: FakeTill, amount_minor: int) -> None:
    """As if goods had come back: a line below zero."""
    counter = till.session._counter
    line = SaleLine(0, "sale", "Retoure", -1000, "Stk", amount_minor, -amount_minor, vat_key="2", vat_rate_bp=700)
    counter.sale = counter.with_line(msgspec.structs.replace(line, fixed=True))


async def test_at_least_fifteen_tenders_are_known_from_the_start(till: FakeTill) -> None:
    for tender in ("visa", "girocard", "other", "bank_transfer", "card"):
        await done(till, Scan(BIRD_SEED))
        assert (await done(till, Pay(tender)))["change"] == "0.00"
        assert rows(till) == [(tender, "payment", 499)]


async def test_a_cheque_names_its_number(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay("cheque")) == "reference_needed"
    assert await refused(till, Pay("cheque", reference="7" * 41)) == "reference_too_long"
    await done(till, Pay("cheque", reference=" 0815 "))
    assert till.engine.printed[-1].tenders[0].reference == "0815"


async def test_a_tender_of_ones_own_gives_change_up_to_its_limit(till: FakeTill) -> None:
    token = Tender("lunch", "Essensmarke", "other", excess="change", change_limit_minor=100, refundable=False)
    till.engine.say([value("tender", token)])
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay("lunch", amount="6.00")) == "change_limit"
    assert (await done(till, Pay("lunch", amount="5.99")))["change"] == "1.00"
    assert till.engine.printed[-1].tenders[0].name == "Essensmarke"
    give_back(till, 100)
    assert await refused(till, Pay("lunch")) == "not_refundable"


async def test_a_tender_switched_off_is_unknown(till: FakeTill) -> None:
    till.engine.say([value("tender", Tender("amex", "American Express", "card", active=False))])
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay("amex")) == "unknown_tender"


# -- foreign cash --------------------------------------------------------------------------------


async def test_foreign_cash_freezes_its_rate_and_change_is_home_money(till: FakeTill) -> None:
    till.engine.say([FRANCS, NEXT_YEAR])
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay(currency="CHF", amount="20.00")))["change"] == "15.87"
    paid, change = till.engine.printed[-1].tenders
    assert (paid.currency, paid.foreign_minor, paid.amount_minor, paid.rate) == ("CHF", 2000, 2086, "1.0432")
    assert (paid.tender, paid.tender_kind, paid.rate_source) == ("cash", "foreign_cash", "ECB")
    assert (change.currency, change.amount_minor, change.role) == ("EUR", -1587, "change")


async def test_without_an_amount_foreign_cash_covers_what_is_due_in_coins_that_exist(till: FakeTill) -> None:
    till.engine.say([FRANCS, YEN])
    await done(till, Scan(BIRD_SEED))
    # 4.99 / 1.0432 = 4.7833…; francs have no coin below 0.05
    assert (await done(till, Pay("chf")))["change"] == "0.02"
    assert till.engine.printed[-1].tenders[0].foreign_minor == 480
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay(currency="JPY")))["change"] == "0.01"
    # 815 yen are 4.99595: the next whole yen that covers 4.99
    assert till.engine.printed[-1].tenders[0].foreign_minor == 815


async def test_slips_with_foreign_cash_are_refused(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay(currency="CHF", amount="20")) == "no_exchange_rate"
    assert await refused(till, Pay("usd")) == "no_exchange_rate"
    till.engine.say([FRANCS])
    assert await refused(till, Pay(currency="XXX", amount="20")) == "unknown_currency"
    assert await refused(till, Pay("card", currency="CHF")) == "foreign_cash_only"
    assert await refused(till, Pay(currency="CHF", amount="20.001")) == "amount_too_many_decimals"
    assert await refused(till, Pay(currency="CHF", amount="-1")) == "amount_negative"
    assert await refused(till, Pay(currency="CHF", amount="20.01")) == "no_such_coins"
    till.clock.day = "2025-12-31"
    assert await refused(till, Pay(currency="CHF", amount="20")) == "no_exchange_rate"


# -- cash rounding -------------------------------------------------------------------------------


async def test_cash_is_rounded_on_the_total_and_a_card_is_not(till: FakeTill) -> None:
    till.engine.say([COINS])
    await done(till, Scan(BIRD_SEED))
    answer = await done(till, Pay())
    assert (answer["total"], extra(till, ROUNDING), rows(till)) == ("5.00", [1], [("cash", "payment", 500)])
    assert answer["rounding"] == "0.01"
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay("card")))["total"] == "4.99"
    assert extra(till, ROUNDING) == []


async def test_only_the_rest_that_is_paid_in_cash_is_rounded(till: FakeTill) -> None:
    till.engine.say([COINS])
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay("card", amount="2.01"))
    assert (await done(till, Pay(amount="5.00")))["change"] == "2.00"
    assert extra(till, ROUNDING) == [2]
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay(amount="2.00"))
    assert till.runner.view().due_minor == 299, "who knows how the rest will be paid"
    await done(till, Pay("card"))
    assert extra(till, ROUNDING) == []
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay("card", amount="4.97"))
    assert (await done(till, Pay()))["total"] == "4.97"
    assert extra(till, ROUNDING) == [-2], "less than the smallest coin is let off"


async def test_cash_is_paid_in_coins_that_exist(till: FakeTill) -> None:
    till.engine.say([COINS])
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay(amount="4.99")) == "no_such_coins"


async def test_change_for_foreign_cash_is_given_in_coins_that_exist(till: FakeTill) -> None:
    till.engine.say([COINS, FRANCS])
    await done(till, Scan(BIRD_SEED))
    answer = await done(till, Pay(currency="CHF", amount="20"))
    assert (answer["change"], extra(till, ROUNDING)) == ("15.85", [2])


# -- tips ----------------------------------------------------------------------------------------


async def test_a_tip_is_an_untaxed_line_and_part_of_the_amount(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay("card", tip="1.00")))["total"] == "5.99"
    assert (extra(till, TIP), rows(till)) == ([100], [("card", "payment", 599)])
    assert till.engine.printed[-1].tax_table[-1].vat_key == ""
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay(amount="10.00", tip="0.51")))["change"] == "4.50"


async def test_what_is_too_much_may_be_the_tip(till: FakeTill) -> None:
    till.engine.say([value("tender", Tender("card", "EC", "card", excess="tip"))])
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay("card", amount="6.00")))["total"] == "6.00"
    assert extra(till, TIP) == [101]


async def test_a_payment_taken_back_takes_its_tip_along(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert (await done(till, Pay("card", amount="3.00", tip="1.00"))) == {"due": "2.99", "line": 2}
    assert (await done(till, UndoPayment())) == {"total": "4.99", "due": "4.99", "line": 2}
    await done(till, Pay("card", amount="3.00", tip="1.00"))
    await done(till, VoidLine("4"))
    assert till.runner.view().total_minor == 499


async def test_slips_with_tips_are_refused(till: FakeTill) -> None:
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay("card", amount="1.00", tip="2.00")) == "tip_too_large"
    assert await refused(till, Pay("card", amount="6.00", tip="1.00")) == "more_than_due"
    assert await refused(till, Pay(tip="-1")) == "amount_negative"
    assert await refused(till, Pay("purse", tip="1")) == "tip_not_here"


# -- money given back ----------------------------------------------------------------------------


async def test_money_for_returned_goods_is_given_back_by_the_tender_chosen(till: FakeTill) -> None:
    give_back(till, 499)
    assert await refused(till, Pay(amount="5.00")) == "more_than_owed"
    assert await refused(till, Pay(currency="CHF")) == "refund_home_currency"
    assert await refused(till, Pay("cheque", reference="1")) == "not_refundable"
    assert await refused(till, Pay(tip="1")) == "tip_not_here"
    assert (await done(till, Pay("card", amount="2.00")))["due"] == "-2.99"
    assert (await done(till, Pay()))["total"] == "-4.99"
    assert rows(till) == [("card", "refund", -200), ("cash", "refund", -299)]


async def test_goods_taken_after_money_was_given_back_are_paid_without_change(till: FakeTill) -> None:
    give_back(till, 1000)
    await done(till, Pay(amount="9.00"))
    await done(till, Scan(BIRD_SEED))
    assert await refused(till, Pay(amount="5.00")) == "more_than_due", "change beside a refund settles nothing"
    assert (await done(till, Pay()))["total"] == "-5.01"
    assert rows(till) == [("cash", "refund", -900), ("cash", "payment", 399)]


async def test_money_given_back_in_cash_is_rounded_too(till: FakeTill) -> None:
    till.engine.say([COINS])
    give_back(till, 499)
    assert (await done(till, Pay()))["total"] == "-5.00"
    assert extra(till, ROUNDING) == [-1]


async def test_a_refused_journal_leaves_no_rounding_and_no_tip(till: FakeTill) -> None:
    from app.till.ports import JournalRefused

    till.engine.say([COINS])
    await done(till, Scan(BIRD_SEED))
    till.engine.refusals.append(JournalRefused("disk_full"))
    assert await refused(till, Pay(tip="1.00")) == "disk_full"


# -- the law -------------------------------------------------------------------------------------

amounts = st.none() | st.integers(0, 4000).map(lambda minor: f"{minor // 100}.{minor % 100:02d}")
payments = st.builds(
    Pay,
    st.sampled_from(["cash", "card", "visa", "chf", "tipping", "lunch", "other", "shells"]),
    amounts,
    st.sampled_from([None, None, "CHF", "JPY", "EUR", "GBP"]),
    st.sampled_from([None, None, "0.50", "2", "0.03"]),
)
steps = st.one_of(
    st.builds(Scan, st.sampled_from([BIRD_SEED, LOOSE]), st.sampled_from(["1", "2", "0.333"])),
    payments,
    st.builds(Pay, st.sampled_from(["cash", "cash", "chf", "card"])),
    st.builds(VoidLine, st.integers(1, 9).map(str)),
    st.just(UndoPayment()),
    st.integers(1, 3000),
)


def ties_out(receipt: ReceiptCompleted) -> None:
    lines = sum(line.gross_minor for line in receipt.lines)
    assert receipt.total_minor == lines == sum(row.gross_minor for row in receipt.tax_table)
    assert lines == sum(row.amount_minor for row in receipt.tenders)
    for row in receipt.tenders:
        assert (row.amount_minor < 0) == (row.role in ("change", "refund"))
        if row.foreign_minor:
            assert row.rate, "a foreign amount has its rate"


@settings(max_examples=40, deadline=None)
@given(st.lists(steps, max_size=25), st.sampled_from([0, 5, 10]))
def test_money_in_is_money_out_with_any_tenders_rounding_tips_and_foreign_cash(
    todo: list[Command | int], step: int
) -> None:
    async def run(till: FakeTill) -> None:
        for command in todo:
            if isinstance(command, int):
                give_back(till, command)
            else:
                assert isinstance(await till.runner.run(command), Reply | Refuse)

    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        till = make_till(network, Path(folder))
        till.engine.say(
            [
                FRANCS,
                YEN,
                value("cash_rounding", CashRounding("EUR", "2026-01-01", step)),
                value("tender", Tender("tipping", "EC", "card", excess="tip")),
                value("tender", Tender("lunch", "Essensmarke", "other", excess="change", change_limit_minor=300)),
            ]
        )
        asyncio.run(run(till))
        for receipt in till.engine.printed:
            ties_out(receipt)
            if step and all(row.tender_kind == "cash" for row in receipt.tenders):
                assert receipt.total_minor % step == 0, "what is paid in cash alone is paid in coins"
        assert till.books.passed_over() == {}
        network.close()


@pytest.mark.parametrize("tender", ["card", "shells"])
async def test_paying_needs_something_to_pay_for(till: FakeTill, tender: str) -> None:
    assert await refused(till, Pay(tender)) == "empty_sale"
