"""Parking at one till, taking up at any; merging, splitting, giving up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from app.domain.parking import text_of
from app.domain.sale import OpenSale
from app.facts.circulation import ResourceHeld, ResourceHoldReleased, ResourceUsed, SaleParked
from app.facts.sales import SaleAborted
from app.till.commands import (
    Command,
    DropParked,
    Park,
    Pay,
    Redeem,
    Resume,
    Scan,
    Split,
    VoidLine,
    ZReport,
)
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from app.till.queries.every import Queries
from app.till.queries.parked import AskParked
from tests.app.till.asking import done
from tests.app.till.asking import refusal as refused
from tests.app.till.fake_engine import FakeNetwork, FakeTill
from tests.app.till.test_session import voucher_of

OpenTill = Callable[..., FakeTill]
PEN, BIRD_SEED = "17", "0815"


async def parked(till: FakeTill) -> list[dict[str, Any]]:
    answer = await Queries(till.runner).ask(AskParked())
    assert isinstance(answer, Reply)
    found = answer.fields["parked"]
    assert isinstance(found, list)
    return found


def kinds(till: FakeTill) -> list[str]:
    return [record.kind for record in till.engine.written]


async def test_a_sale_parked_at_one_till_is_finished_at_another(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(PEN, quantity="3"))
    await done(one, Scan(BIRD_SEED))
    before = one.runner.view()
    answer = await done(one, Park("Tisch 5"))
    assert (answer["name"], answer["total"], answer["lines"]) == ("Tisch 5", "7.66", 2)
    assert (one.runner.view().lines, one.engine.kept_text) == ((), None)
    park_no = answer["park_no"]
    (row,) = await parked(two)
    assert (row["park_no"], row["name"], row["till_no"], row["cashier"]) == (park_no, "Tisch 5", 1, "anna")
    assert (row["total"], row["lines"], row["currency"]) == ("7.66", 2, "EUR")
    resumed = await done(two, Resume(park_no))
    assert (resumed["total"], resumed["due"], resumed["coverage"]["complete"]) == ("7.66", "7.66", True)
    after = two.runner.view()
    assert (after.sale_id, after.lines, after.payments) == (before.sale_id, before.lines, before.payments)
    assert await parked(one) == await parked(two) == []
    assert (await done(two, Pay()))["receipt_no"] == "2-000001"
    assert (await refused(one, Resume(park_no))).code == "parked_gone"
    assert one.books.overdraws() == []


async def test_holds_stay_held_while_a_sale_is_parked(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "3.00")
    await done(one, Scan(BIRD_SEED))
    await done(one, Redeem(code))
    park_no = (await done(one, Park()))["park_no"]
    voucher = two.books.voucher(code)
    assert voucher is not None
    assert (voucher.held_minor, voucher.balance_minor) == (300, 0)
    assert (await done(two, Resume(park_no)))["due"] == "1.99"
    await done(two, Pay())
    voucher = one.books.voucher(code)
    assert voucher is not None
    assert (voucher.redeemed_minor, voucher.held_minor, voucher.state) == (300, 0, "used_up")


async def test_a_parked_sale_is_merged_into_the_open_one(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "1.00")
    await done(one, Scan(PEN))
    await done(one, Scan(BIRD_SEED))
    await done(one, VoidLine("1"))
    await done(one, Redeem(code))
    park_no = (await done(one, Park()))["park_no"]
    await done(two, Scan(PEN))
    await done(two, Scan(PEN))
    open_id = two.session.sale_id
    assert (await done(two, Resume(park_no)))["total"] == "6.77"
    view = two.runner.view()
    assert ([line.line for line in view.lines], [each.line for each in view.payments]) == ([1, 2, 4], [5])
    assert (two.session.sale_id, view.due_minor) == (open_id, 577)
    await done(two, Pay())
    voucher = one.books.voucher(code)
    assert voucher is not None
    assert voucher.redeemed_minor == 100


async def test_lines_are_split_off_and_finished_elsewhere(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    for code in (PEN, BIRD_SEED, PEN):
        await done(one, Scan(code))
    answer = await done(one, Split("1, 3", "Anna zahlt"))
    assert (answer["lines"], answer["parked_total"], answer["total"]) == (2, "1.78", "4.99")
    assert [line.line for line in one.runner.view().lines] == [2]
    await done(two, Resume(answer["park_no"]))
    assert two.session.sale_id != one.session.sale_id
    assert (await done(two, Pay()))["total"] == "1.78"
    assert (await done(one, Pay()))["total"] == "4.99"


async def test_a_parked_sale_that_nobody_wants_is_given_up(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "3.00")
    await done(one, Scan(BIRD_SEED))
    await done(one, Redeem(code))
    park_no = (await done(one, Park("vergessen")))["park_no"]
    assert (await refused(two, DropParked(park_no, " "))).code == "drop_reason_needed"
    await done(two, Scan(PEN))
    assert (await done(two, DropParked(park_no, "Gast ist fort")))["total"] == "4.99"
    assert two.runner.view().total_minor == 89, "the open sale has nothing to do with it"
    assert kinds(two) == [ResourceHeld.kind, ResourceUsed.kind, SaleAborted.kind, ResourceHoldReleased.kind]
    assert await parked(one) == []
    voucher = one.books.voucher(code)
    assert voucher is not None
    assert voucher.balance_minor == 300
    assert (await refused(one, Resume(park_no))).code == "parked_gone"


async def test_parked_sales_stay_over_a_day_end_and_are_counted_on_it(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    park_no = (await done(till, Park()))["park_no"]
    assert (await done(till, ZReport()))["parked"] == 1
    await done(till, Resume(park_no))
    await done(till, Pay())
    assert (await done(till, ZReport()))["receipts"] == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Park(), "nothing_to_park"),
        (Resume("P9-000001"), "unknown_parked"),
        (Resume(""), "unknown_parked"),
        (Resume("a/b"), "unknown_parked"),
        (Resume("x" * 41), "unknown_parked"),
        (DropParked("P9-000001", "weg"), "unknown_parked"),
        (DropParked("P9-000001", "x" * 101), "park_text_too_long"),
        (Split("1"), "no_sale"),
    ],
)
async def test_slips_without_a_sale(till: FakeTill, command: Command, code: str) -> None:
    assert (await refused(till, command)).code == code


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Park("x" * 61), "park_text_too_long"),
        (Park("a\nb"), "park_text_too_long"),
        (Split(""), "no_lines_chosen"),
        (Split(" , "), "no_lines_chosen"),
        (Split("zwei"), "unknown_line"),
        (Split("9"), "unknown_line"),
        (Split("3"), "split_lines_only"),
        (Split("1,2"), "nothing_left_to_sell"),
        (Split("2"), "paid_more_than_left"),
    ],
)
async def test_slips_with_a_sale(till: FakeTill, command: Command, code: str) -> None:
    await done(till, Scan(PEN))
    await done(till, Scan(BIRD_SEED))
    await done(till, Pay("card", "2.00"))
    assert (await refused(till, command)).code == code


async def test_cash_in_one_drawer_is_not_accounted_for_at_another(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(BIRD_SEED))
    await done(one, Pay("cash", "2.00"))
    park_no = (await done(one, Park()))["park_no"]
    assert (await refused(two, Resume(park_no))).code == "parked_with_cash"
    assert (await done(one, Resume(park_no)))["due"] == "2.99"


async def test_two_customers_cannot_be_on_one_receipt(till: FakeTill) -> None:
    sale = OpenSale("s", "t", "EUR", customer_no="7")
    till.engine.say([SaleParked("P9-000009", "", 9, "t", "otto", "EUR", 0, 0, text_of(sale))])
    await done(till, Scan(PEN))
    counter = till.session._counter
    assert counter.sale is not None
    counter.sale = msgspec.structs.replace(counter.sale, customer_no="8")
    assert (await refused(till, Resume("P9-000009"))).code == "other_customer"


async def test_what_cannot_be_read_or_is_in_other_money_is_refused(till: FakeTill) -> None:
    francs = text_of(OpenSale("s", "t", "CHF"))
    till.engine.say(
        [
            SaleParked("P9-000001", "", 9, "t", "otto", "EUR", 0, 0, "?"),
            SaleParked("P9-000002", "", 9, "t", "otto", "CHF", 0, 0, francs),
            SaleParked("P9-000003", "", 9, "t", "otto", "EUR", 0, 0, francs),
        ]
    )
    codes = [(await refused(till, Resume(f"P9-00000{n}"))).code for n in (1, 2, 3)]
    assert codes == ["parked_unreadable", "parked_other_currency", "parked_unreadable"]


async def test_across_a_partition_a_parked_sale_is_refused(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(PEN))
    park_no = (await done(one, Park()))["park_no"]
    two.engine.connected = False
    assert (await refused(two, Resume(park_no))).code == "parked_unconfirmed"


async def test_taken_up_twice_across_a_partition_is_an_overdraw_at_every_till(
    network: FakeNetwork, open_till: OpenTill
) -> None:
    one, two = open_till(1, "allow"), open_till(2, "allow")
    await done(one, Scan(PEN))
    park_no = (await done(one, Park()))["park_no"]
    two.engine.connected = False
    for till in (one, two):
        network.claims.clear()
        await done(till, Resume(park_no))
        await done(till, Pay())
    network.reconnect()
    for till in (one, two):
        (found,) = till.books.overdraws()
        assert (found["resource"], found["amount"]) == (f"parked/{park_no}", 1)
        assert sorted(use["till_no"] for use in found["uses"]) == [1, 2]


async def test_a_crash_or_a_lost_answer_neither_doubles_nor_loses_a_sale(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    till.engine.refusals.append(JournalRefused("disk_full"))
    assert (await refused(till, Park())).code == "disk_full"
    assert await parked(till) == []
    till.engine.lose_answer = True
    assert (await refused(till, Park())).code == "engine_gone"
    assert len(await parked(till)) == 1
    answer = await till.runner.run(Park())
    assert isinstance(answer, Refuse)
    assert answer.code == "nothing_to_park", "it is parked, and so not open any more"
    assert len(await parked(till)) == 1


async def test_a_lost_answer_to_a_merge_or_a_split_is_made_good(till: FakeTill) -> None:
    await done(till, Scan(PEN))
    park_no = (await done(till, Park()))["park_no"]
    await done(till, Scan(BIRD_SEED))
    till.engine.lose_answer = True
    assert (await refused(till, Resume(park_no))).code == "engine_gone"
    assert (await done(till, Scan(PEN)))["total"] == "6.77"
    till.engine.lose_answer = True
    assert (await refused(till, Split("1"))).code == "engine_gone"
    assert (await done(till, Scan(PEN)))["total"] == "2.67"
    (row,) = await parked(till)
    assert row["total"] == "4.99"
    again = till.restarted()
    assert again.runner.view().total_minor == 267


async def test_another_till_taking_it_up_makes_this_one_wait(open_till: OpenTill, network: FakeNetwork) -> None:
    one, two = open_till(1), open_till(2)
    await done(one, Scan(PEN))
    park_no = (await done(one, Park()))["park_no"]
    network.claims[f"parked/{park_no}"] = "1:7"
    assert (await refused(two, Resume(park_no))).code == "parked_busy"


async def test_a_voided_line_of_a_resumed_sale_gives_its_hold_back(open_till: OpenTill) -> None:
    one, two = open_till(1), open_till(2)
    code = await voucher_of(one, "3.00")
    await done(one, Scan(BIRD_SEED))
    line = (await done(one, Redeem(code)))["line"]
    await done(two, Resume((await done(one, Park()))["park_no"]))
    await done(two, VoidLine(str(line)))
    voucher = one.books.voucher(code)
    assert voucher is not None
    assert voucher.balance_minor == 300
