"""Laws of the day end: Z reports partition the receipts, a drawer is the sum of its facts, all sums tie out."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.cash import AskDrawers
from app.books.questions.parked import AskParked
from app.books.questions.periods import AskLastZ, AskPeriod, AskZReports
from app.facts import codec
from app.facts.circulation import SaleParked
from app.facts.sales import CashMoved, Period, ReceiptCompleted, SaleAborted, ZReportClosed
from app.till.commands import (
    CashTransfer,
    Command,
    DropParked,
    OpeningFloat,
    Park,
    Pay,
    PayIn,
    PayOut,
    Resume,
    Scan,
    SellVoucher,
    Split,
    UndoPayment,
    VoidSale,
    ZReport,
)
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeNetwork, FakeTill, make_till

amounts = st.sampled_from(["0.01", "1", "5,00", "12.34", "50"])
scans = st.builds(Scan, st.sampled_from(["0815", "17", "4711"]), st.sampled_from(["1", "0.5", "7"]))
payments = st.builds(Pay, st.sampled_from(["cash", "card"]), st.none() | amounts)
currencies = st.none() | st.just("CHF")
single: st.SearchStrategy[Command] = st.one_of(
    scans,
    st.builds(SellVoucher, amounts),
    payments,
    st.just(UndoPayment()),
    st.just(VoidSale()),
    st.builds(OpeningFloat, amounts, currencies),
    st.builds(PayIn, amounts, st.just("Kaffeekasse"), currencies),
    st.builds(PayOut, amounts, st.just("Porto"), currencies),
    st.builds(CashTransfer, amounts),
    st.just(Park()),
    st.builds(Split, st.sampled_from(["1", "2", "1,2"])),
    st.builds(Resume, st.integers(0, 5).map(str)),
    st.builds(DropParked, st.integers(0, 5).map(str), st.just("vergessen")),
)
day_ends: st.SearchStrategy[Command] = st.one_of(
    st.just(ZReport()),
    st.builds(lambda amount: ZReport({"EUR": amount}), amounts),
    st.builds(lambda count: ZReport({"EUR": {"10": count}, "CHF": {"5": count}}), st.integers(0, 9)),
)
steps: st.SearchStrategy[tuple[Command, ...]] = st.one_of(
    # Whole sales, so that days have some; then whatever else may come in between.
    st.tuples(scans, payments, st.just(Pay())),
    st.tuples(scans, scans, st.just(Pay(amount="50"))),
    st.tuples(scans, st.just(Park())),
    st.tuples(single),
    st.tuples(st.just(VoidSale()), day_ends),
)
days = st.lists(st.tuples(st.integers(0, 1), steps), min_size=12, max_size=30).map(
    lambda day: [(who, command) for who, commands in day for command in commands]
)


async def work(tills: Sequence[FakeTill], todo: Sequence[tuple[int, Command]]) -> None:
    parked: list[str] = []
    for who, drawn in todo:
        command = drawn
        if isinstance(drawn, Resume | DropParked):
            if not parked:
                continue
            park_no = parked[int(drawn.park_no) % len(parked)]
            command = Resume(park_no) if isinstance(drawn, Resume) else DropParked(park_no, drawn.reason)
        answer = await tills[who].runner.run(command)
        assert isinstance(answer, Reply | Refuse)
        if isinstance(answer, Reply) and isinstance(command, Park | Split):
            parked.append(answer.fields["park_no"])


def facts_of(till: FakeTill) -> list[Any]:
    """What the till has said, in order."""
    return [codec.read(record.kind, record.body) for record in till.engine.written]


def ties_out(figures: Period) -> None:
    gross = figures.gross_minor
    assert gross == sum(row.gross_minor for row in figures.tax_table)
    assert gross == sum(row.net_minor + row.tax_minor for row in figures.tax_table)
    assert gross == sum(row.amount_minor for row in figures.tenders)
    assert gross == sum(row.amount_minor for row in figures.business_cases)
    goods = {row.key: row.amount_minor for row in figures.business_cases}
    assert goods.get("sale", 0) == sum(row.amount_minor for row in figures.article_groups)


def drawer_of(facts: Sequence[Any], z_no: int, currency: str) -> int:
    """What the drawer should hold, added up fact by fact."""
    held = 0
    for fact in facts:
        if isinstance(fact, CashMoved) and (fact.z_no, fact.currency) == (z_no, currency):
            held += fact.amount_minor if fact.movement != "difference" else 0
        elif isinstance(fact, ReceiptCompleted) and (fact.z_no, fact.currency) == (z_no, currency):
            held += sum(row.amount_minor for row in fact.tenders if row.tender == "cash")
    return held


@settings(max_examples=25, deadline=None)
@given(days)
def test_z_reports_partition_the_receipts_and_the_drawer_is_its_facts(todo: list[tuple[int, Command]]) -> None:
    network = FakeNetwork()
    with TemporaryDirectory() as folder:
        tills = [make_till(network, Path(folder), number) for number in (1, 2)]
        asyncio.run(work(tills, todo))
        for till in tills:
            _check_till(till, tills)
        _check_network(tills)
        network.close()


def _check_till(till: FakeTill, tills: Sequence[FakeTill]) -> None:
    till_no, facts = till.engine.till_no, facts_of(till)
    z_reports = [fact for fact in facts if isinstance(fact, ZReportClosed)]
    assert [fact.z_no for fact in z_reports] == list(range(1, len(z_reports) + 1))
    closed = 0
    for fact in facts:
        if isinstance(fact, ZReportClosed):
            closed = fact.z_no
        elif isinstance(fact, ReceiptCompleted | SaleAborted):
            assert fact.z_no == closed + 1, "what is booked belongs to the Z report that comes after it"
    receipts = [fact for fact in facts if isinstance(fact, ReceiptCompleted)]
    for books in (each.books for each in tills):
        assert books.ask(AskLastZ(till_no)) == closed
        assert books.ask(AskZReports(till_no)) == tuple(reversed(z_reports))
        for z_no in range(1, closed + 2):
            figures = books.ask(AskPeriod(till_no, "EUR", z_no=z_no))
            ties_out(figures)
            mine = [receipt for receipt in receipts if receipt.z_no == z_no]
            assert (figures.receipts, figures.gross_minor) == (len(mine), sum(each.total_minor for each in mine))
            assert figures.first_receipt_no == (mine[0].receipt_no if mine else "")
            assert figures.last_receipt_no == (mine[-1].receipt_no if mine else "")
            drawers = books.ask(AskDrawers(till_no, z_no, "EUR"))
            assert drawers == figures.drawers
            for drawer in drawers:
                assert drawer.expected_minor == drawer_of(facts, z_no, drawer.currency)
            if z_no <= closed:
                _check_printed(z_reports[z_no - 1].figures, figures)
    assert sum(len([each for each in receipts if each.z_no == z.z_no]) for z in z_reports) == sum(
        z.figures.receipts for z in z_reports
    )


def _check_printed(printed: Period, summed: Period) -> None:
    """What was printed is what the books sum up to, now and for ever; counted drawers besides."""
    assert {**_plain(printed), "drawers": ()} == {**_plain(summed), "drawers": ()}
    for drawer, again in zip(printed.drawers, summed.drawers, strict=False):
        assert (drawer.currency, drawer.expected_minor) == (again.currency, again.expected_minor)
        assert drawer.difference_minor == again.difference_minor


def _plain(figures: Period) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in figures.__struct_fields__}


def _check_network(tills: Sequence[FakeTill]) -> None:
    first, second = tills
    assert first.books.fingerprint() == second.books.fingerprint()
    assert first.books.overdraws() == []
    assert first.books.passed_over() == {}
    everything = first.books.ask(AskPeriod(None, "EUR", day=first.clock.day))
    ties_out(everything)
    turnover = first.books.turnover(None, None)
    assert (turnover.gross_minor, turnover.receipts) == (everything.gross_minor, everything.receipts)
    z_reports = first.books.ask(AskZReports(None))
    still_open = first.books.ask(AskPeriod(None, "EUR"))
    ties_out(still_open)
    closed_gross = sum(each.figures.gross_minor for each in z_reports)
    assert everything.gross_minor == closed_gross + still_open.gross_minor, "every receipt is in one of them"
    assert everything.receipts == sum(each.figures.receipts for each in z_reports) + still_open.receipts
    for z_report in z_reports:
        left = {each.currency: each.expected_minor + each.difference_minor for each in z_report.figures.drawers}
        carried = {
            fact.currency: fact.amount_minor
            for till in tills
            for fact in facts_of(till)
            if isinstance(fact, CashMoved)
            and (fact.till_no, fact.z_no, fact.reason) == (z_report.till_no, z_report.z_no + 1, f"Z {z_report.z_no}")
        }
        assert carried == {currency: amount for currency, amount in left.items() if amount}
    parked = first.books.ask(AskParked())
    said = [fact for till in tills for fact in facts_of(till) if isinstance(fact, SaleParked)]
    assert {each.park_no for each in parked} <= {each.park_no for each in said}
    assert len({each.park_no for each in said}) == len(said)
    open_ids = {till.session.sale_id for till in tills}
    assert not open_ids & {each.sale_id for each in parked}, "a sale is open or parked, never both"
