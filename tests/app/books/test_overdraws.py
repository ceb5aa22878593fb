"""Overdraws in the books: one list whatever the order of facts, and settlements that never give too much."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.overdraws import FindOverdraw, ListOverdraws, Overdraw
from app.books.questions.receivables import FindReceivable
from app.books.questions.resources import AskBalance
from app.books.questions.vouchers import AllVouchers
from app.domain.overdraw import UNGRANTED_AFTER_MS
from app.facts.base import Fact
from app.facts.circulation import (
    ClaimCoverage,
    CustomerSet,
    DeliveryNoteIssued,
    OverdrawSettled,
    ReceivablePaid,
    ResourceGranted,
    ResourceHeld,
    ResourceHoldReleased,
    ResourceUsed,
    VoucherIssued,
)
from replication.core.model import Record
from tests.app.books.shelf import CODES, MEMBERS, Books, arrival, records_of

CODE = CODES[0]
VOUCHER = f"voucher/{CODE}"
APART = ClaimCoverage(complete=False, promised=("b",), missing=("c",))
TOGETHER = ClaimCoverage(complete=True, promised=("b", "c"), missing=())
NAMES = (VOUCHER, "return/1-000001/1", "credit/10001", "settling/10001", "coupon/none")

ISSUED = VoucherIssued(CODE, "multi_purpose", 500, "EUR", "t0", 1, "1-000001")


def held(hold_id: str, amount: int, *, till_no: int = 1, coverage: ClaimCoverage = APART, name: str = VOUCHER) -> Fact:
    capacity = 5 if name.startswith("return/") else 0
    return ResourceHeld(hold_id, name, amount, "s", till_no, f"t-{hold_id}", coverage, capacity, cashier="anna")


def used(hold_id: str, amount: int, name: str = VOUCHER) -> Fact:
    return ResourceUsed(hold_id, name, amount, f"R-{hold_id}", "u")


def settled(
    number: str, hold_id: str, amount: int, *, before: int = 0, name: str = VOUCHER, how: str = "written_off"
) -> Fact:
    return OverdrawSettled(number, name, hold_id, before, amount, how, "Abend", "chef", 3, "t9")  # type: ignore[arg-type]


@pytest.fixture
def twice_used(books: Books) -> Books:
    """A voucher of 5.00, of which two tills took 4.00 and 3.00."""
    say(books, ("a", ISSUED), ("a", held("h1", 400)), ("b", held("h2", 300, till_no=2)))
    say(books, ("a", used("h1", 400)), ("b", used("h2", 300)))
    return books


def say(books: Books, *said: tuple[str, Fact]) -> None:
    """Facts after all that were said before."""
    positions = books.writer.positions()
    count = sum(positions.values())
    records = []
    for record in records_of([("a", ISSUED)] * count + list(said))[count:]:
        before = sum(1 for each in records if each.feed == record.feed)
        records.append(msgspec.structs.replace(record, seq=positions.get(record.feed, 0) + before + 1))
    books.writer.apply(records)


def listed(books: Books) -> Sequence[Overdraw]:
    return books.reader.ask(ListOverdraws())


def the_one(books: Books) -> Overdraw:
    (found,) = listed(books)
    assert books.reader.ask(FindOverdraw(found.resource)) == found
    return found


def left(books: Books, name: str = VOUCHER) -> int:
    return books.reader.ask(AskBalance(name)).left


def test_the_use_that_took_it_below_zero_caused_it(twice_used: Books) -> None:
    found = the_one(twice_used)
    assert (found.resource, found.amount, found.open, found.final, found.settled) == (VOUCHER, 200, 200, 200, 0)
    assert (found.state, found.since, found.ungranted) == ("open", "t-h2", False)
    assert found.caused_by == found.uses[1]
    assert [(use.receipt_no, use.till_no, use.cashier, use.beyond) for use in found.uses] == [
        ("R-h1", 1, "anna", 0),
        ("R-h2", 2, "anna", 200),
    ]
    assert [use.coverage for use in found.uses] == [APART, APART]


def test_hybrid_time_and_then_the_member_say_who_was_first(books: Books) -> None:
    """The records of ``records_of`` share a hybrid time two by two; what comes first to these books is no matter."""
    said = [("a", ISSUED), ("a", ISSUED), ("c", held("h1", 400, till_no=3)), ("b", held("h2", 400, till_no=2))]
    for record in reversed(records_of(said)[2:]):
        books.writer.apply([record])
    books.writer.apply(records_of(said[:2]))
    caused_by = the_one(books).caused_by
    assert caused_by is not None
    assert (caused_by.till_no, caused_by.held, caused_by.receipt_no) == (3, True, "")


def test_a_settled_overdraw_stays_listed_and_the_books_balance(twice_used: Books) -> None:
    say(twice_used, ("c", settled("x", "h2", 200)))
    found = the_one(twice_used)
    assert (found.state, found.amount, found.open, found.settled, found.twice) == ("settled", 200, 0, 200, 0)
    (settlement,) = found.settlements
    assert (settlement.how, settlement.reason, settlement.user, settlement.till_no) == (
        "written_off", "Abend", "chef", 3,
    )  # fmt: skip
    assert left(twice_used) == 0
    view = twice_used.reader.voucher(CODE)
    assert view is not None
    assert (view.state, view.balance_minor, view.redeemed_minor) == ("used_up", 0, 700)
    assert twice_used.reader.ask(AllVouchers(None)) == (view,)


def test_settled_in_parts(twice_used: Books) -> None:
    say(twice_used, ("c", settled("x", "h2", 150)))
    found = the_one(twice_used)
    assert (found.state, found.open, found.settled, left(twice_used)) == ("partly_settled", 50, 150, -50)
    say(twice_used, ("a", settled("y", "h2", 50, before=150, how="charged")))
    found = the_one(twice_used)
    assert (found.state, found.open, found.settled, found.twice) == ("settled", 0, 200, 0)
    assert [each.how for each in found.settlements] == ["written_off", "charged"]


def test_settled_by_two_offices_at_once_it_counts_once_and_is_seen(twice_used: Books) -> None:
    say(twice_used, ("a", settled("x", "h2", 200)), ("c", settled("y", "h2", 150, how="charged")))
    found = the_one(twice_used)
    assert (found.state, found.settled, found.twice, left(twice_used)) == ("settled", 200, 150, 0)
    assert len(found.settlements) == 2


def test_what_is_settled_does_not_cover_what_is_used_afterwards(twice_used: Books) -> None:
    say(twice_used, ("a", settled("x", "h2", 200)), ("c", settled("y", "h2", 200)))
    say(twice_used, ("c", held("h3", 100, till_no=3)))
    found = the_one(twice_used)
    assert (found.state, found.amount, found.open, found.final) == ("partly_settled", 300, 100, 0)
    assert found.caused_by is not None
    assert (found.caused_by.hold_id, found.since) == ("h3", "t-h3")
    assert left(twice_used) == -100


def test_more_is_never_settled_than_was_used(twice_used: Books) -> None:
    say(twice_used, ("a", settled("x", "h2", 10_000)))
    assert left(twice_used) == 100, "h2 as a whole: what is left is what h1 left"


def test_a_settlement_counts_only_once_its_use_is_known(books: Books) -> None:
    say(books, ("a", ISSUED), ("c", settled("x", "h2", 200)))
    assert left(books) == 500
    assert the_one(books).state == "settled"
    say(books, ("a", held("h1", 400)), ("b", held("h2", 300)), ("b", used("h2", 300)))
    assert (left(books), the_one(books).settled) == (0, 200)


def test_a_reload_after_a_settlement_is_there_to_be_used(twice_used: Books) -> None:
    say(twice_used, ("a", settled("x", "h2", 200)), ("a", ResourceGranted("g", VOUCHER, 300, "t", 1)))
    assert left(twice_used) == 300
    assert the_one(twice_used).state == "settled"


def test_what_an_open_sale_holds_is_an_overdraw_but_not_final(books: Books) -> None:
    say(books, ("a", ISSUED), ("a", held("h1", 400)), ("b", held("h2", 300)), ("b", used("h2", 300)))
    found = the_one(books)
    assert (found.amount, found.final) == (200, 0)
    say(books, ("a", ResourceHoldReleased("h1", VOUCHER, "t", "void")))
    assert listed(books) == ()


def test_goods_returned_twice_are_measured_by_what_the_holds_say_was_sold(books: Books) -> None:
    name = "return/1-000001/1"
    say(books, ("a", held("h1", 5, name=name)), ("b", held("h2", 5, name=name)), ("b", used("h2", 5, name)))
    found = the_one(books)
    assert (found.resource, found.amount, found.final) == (name, 5, 0)


def test_a_receivable_paid_twice_is_open_no_more_when_settled(books: Books) -> None:
    name = "receivable/10001/note/D1"
    say(books, ("a", DeliveryNoteIssued("D1", "1-000001", 1, "10001", "t", "2026-11-21", "EUR", 400)))
    for number in ("h1", "h2"):
        say(books, ("a", held(number, 400, name=name)), ("a", used(number, 400, name)))
    say(books, ("a", settled("x", "h2", 400, name=name, how="corrected")))
    assert the_one(books).state == "settled"
    view = books.reader.ask(FindReceivable("D1"))
    assert view is not None
    assert (view.open_minor, view.state) == (0, "paid")


def test_a_settled_credit_is_still_owed(books: Books) -> None:
    name = "credit/10001"
    say(books, ("a", CustomerSet("10001", credit_limit_minor=500)))
    for number in ("h1", "h2"):
        say(books, ("a", held(number, 400, name=name)), ("a", used(number, 400, name)))
    found = the_one(books)
    assert (found.amount, found.state, found.ungranted) == (300, "open", False)
    say(books, ("a", settled("x", "h2", 300, name=name, how="charged")))
    assert the_one(books).state == "settled"
    say(books, ("a", ReceivablePaid("p", "10001", 800, "1-000009", "t", 1)), ("a", held("h3", 600, name=name)))
    found = the_one(books)
    assert found.caused_by is not None
    assert (found.open, found.caused_by.hold_id) == (100, "h3")


def test_a_credit_beyond_a_lowered_limit_is_none_if_everybody_was_asked_beyond_it(books: Books) -> None:
    name = "credit/10001"
    say(books, ("a", CustomerSet("10001", credit_limit_minor=900)), ("a", held("h1", 300, name=name)))
    say(books, ("a", held("h2", 400, name=name, coverage=TOGETHER)))
    say(books, ("a", CustomerSet("10001", credit_limit_minor=400)))
    assert listed(books) == ()


def test_what_nobody_granted_is_listed_after_a_day_of_facts(books: Books) -> None:
    say(books, ("a", held("h1", 400, name="voucher/unheard")), ("a", used("h1", 400, "voucher/unheard")))
    assert listed(books) == ()
    later = records_of([("b", held("h2", 1))])[0]

    def at(wall_ms: int) -> Record:
        return msgspec.structs.replace(later, hlc=f"{wall_ms:016d}-00000")

    books.writer.apply([at(UNGRANTED_AFTER_MS - 1)])
    assert listed(books) == ()
    books.writer.apply([msgspec.structs.replace(at(UNGRANTED_AFTER_MS), seq=2, body={**later.body, "hold_id": "h3"})])
    found = the_one(books)
    assert (found.resource, found.amount, found.ungranted) == ("voucher/unheard", 400, True)
    say(books, ("c", VoucherIssued("unheard", "multi_purpose", 400, "EUR", "t", 1, "1-000001")))
    assert listed(books) == ()


names = st.sampled_from(NAMES)
holds = st.sampled_from(["h1", "h2", "h3", "h4"])
amounts = st.integers(1, 9)
facts: st.SearchStrategy[Fact] = st.one_of(
    st.builds(held, holds, amounts, till_no=st.integers(1, 3), coverage=st.sampled_from([APART, TOGETHER]), name=names),
    st.builds(used, holds, amounts, names),
    st.builds(ResourceHoldReleased, holds, names, st.just("t"), st.just("void")),
    st.builds(
        settled, st.sampled_from(["x", "y", "z"]), holds, amounts, before=st.integers(0, 5), name=names,
        how=st.sampled_from(["written_off", "charged", "corrected"]),
    ),
    st.builds(ResourceGranted, st.sampled_from(["g1", "g2"]), st.just(VOUCHER), amounts, st.just("t"), st.just(1)),
    st.builds(CustomerSet, st.just("10001"), credit_limit_minor=amounts),
    st.builds(ReceivablePaid, st.sampled_from(["p1", "p2"]), st.just("10001"), amounts, st.just("r"), st.just("t"),
              st.just(1), reversal=st.booleans()),
)  # fmt: skip


def _explain_every_balance(pair: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int) -> None:
    records = records_of(said)
    one, other = pair
    one.writer.rebuild(records)
    other.writer.rebuild([])
    for batch in arrival(records, random.Random(seed)):
        other.writer.apply(batch)
    found = listed(one)
    assert found == listed(other)
    by_name = {each.resource: each for each in found}
    for name in (VOUCHER, "return/1-000001/1"):
        balance = one.reader.ask(AskBalance(name))
        assert balance == other.reader.ask(AskBalance(name))
        missing = by_name[name].open if name in by_name else 0
        if balance.granted:
            assert missing == max(0, -balance.left)
            assert name not in by_name or by_name[name].left == max(0, balance.left)
    for each in found:
        assert each.amount == each.open + each.settled == sum(use.beyond for use in each.uses)
        assert (each.caused_by is None) == (each.amount == 0)
        assert each.final <= sum(use.amount for use in each.uses if not use.held)


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), facts), max_size=25), st.integers(0, 2**32))
def test_the_list_is_the_same_in_any_order_and_explains_every_balance(
    two_books: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int
) -> None:
    _explain_every_balance(two_books, said, seed)


@settings(max_examples=10)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), facts), max_size=25), st.integers(0, 2**32))
def test_the_list_is_the_same_in_any_order_and_explains_every_balance_on_a_server(
    both_books: tuple[Books, Books], said: list[tuple[str, Fact]], seed: int
) -> None:
    _explain_every_balance(both_books, said, seed)
