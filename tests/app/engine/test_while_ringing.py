"""Receipts that are printed while they are rung: the paper comes to the total, and nothing is on it twice."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest

from app.engine.print_jobs import AHEAD
from app.engine.spool import State
from app.facts.circulation import OrderPlaced, SaleParked
from peripherals.print_job import Outcome, Result
from receipts.test_page import test_page as page_of_test
from tests.app.engine.ringing import AMOUNT, NAMES, Counter, Tray, carried, column, total

PRINTED = Result(Outcome.PRINTED)
LOST = Result(Outcome.UNCERTAIN, "connection_lost")
REFUSED = Result(Outcome.NOT_SENT, "paper_out")


@pytest.fixture
async def counters() -> AsyncIterator[Callable[..., Counter]]:
    made: list[Counter] = []

    def make(tray: Tray | None = None, kept: dict[str, str] | None = None, **more: Any) -> Counter:
        made.append(Counter(tray or Tray(), kept, **more))
        return made[-1]

    yield make
    for counter in made:
        await counter.spool.stop(grace_s=0)


Make = Callable[..., Counter]


async def test_a_sale_is_printed_line_by_line_on_one_piece_of_paper(counters: Make) -> None:
    counter = counters()
    for number, name in enumerate(NAMES, 1):
        await counter.ring(name)
        await counter.quiet()
        assert f"1 × {name}" in counter.tray.paper[-1]
        assert counter.tray.chunks == number
    assert "SUMME" not in counter.tray.text
    await counter.take_back(2)
    await counter.quiet()
    assert counter.tray.paper[-1].split() == ["Storno", "1", "×", "Leine", "-3,49", "A"]
    receipt = await counter.pay()
    await counter.quiet()
    (piece,) = counter.tray.pieces()
    assert column(piece) == total(piece) == receipt.total_minor == 3 * 349
    assert [row for row in piece if "Zoo Neumann" in row or "Beginn" in row or "Beleg" in row] == [
        "               Zoo Neumann",
        "21.11.2026                 Beginn 09:31:05",
        f"Beleg {receipt.receipt_no}                     Kasse 1",
    ]
    assert counter.kept == {}


async def test_switched_off_the_receipt_is_printed_whole_at_the_end(counters: Make) -> None:
    counter = counters(while_ringing=False)
    await counter.ring()
    await counter.quiet()
    assert counter.tray.paper == []
    await counter.pay()
    await counter.quiet()
    assert counter.tray.chunks == 1
    (piece,) = counter.tray.pieces()
    assert "Beginn" not in counter.tray.text
    assert column(piece) == total(piece) == 349


async def test_what_is_rung_while_the_printer_cannot_print_waits_as_one_chunk(counters: Make) -> None:
    counter = counters()
    await counter.ring()
    await counter.quiet()
    counter.tray.on.clear()
    for number in range(60):
        await counter.ring(NAMES[number % 4])
    await counter.take_back(3)
    assert counter.spool.status()["waiting"] == 1
    assert counter.tray.chunks == 1
    counter.tray.on.set()
    await counter.quiet()
    assert counter.tray.chunks == 2
    assert "Storno" not in counter.tray.text, "what was never on the paper need not be taken back there"
    await counter.pay()
    await counter.quiet()
    (piece,) = counter.tray.pieces()
    assert column(piece) == total(piece) == 60 * 349


async def test_a_sale_of_which_nothing_is_printed_yet_gets_its_receipt_whole(counters: Make) -> None:
    counter = counters()
    counter.tray.on.clear()
    await counter.ring()
    await counter.pay()
    counter.tray.on.set()
    await counter.quiet()
    assert counter.tray.chunks == 1
    assert "Vorgang" not in counter.tray.text
    assert counter.kept == {}


@pytest.mark.parametrize(("end", "mark"), [("void", "UNGÜLTIG"), ("parked", "GEPARKT"), ("ordered", "BESTELLT")])
async def test_a_sale_that_becomes_no_receipt_is_marked_and_cut(counters: Make, end: str, mark: str) -> None:
    counter = counters()
    await counter.ring(sale_id="a" * 32)
    await counter.quiet()
    facts: dict[str, Any] = {
        "void": (),
        "parked": (SaleParked("P1", "", 1, "2026-11-21T09:32:11.000Z", "", "EUR", 349, 1, "{}", "a" * 32),),
        "ordered": (
            OrderPlaced("A1", 1, "2026-11-21T09:32:11.000Z", "", "EUR", (), 349, sale_id="a" * 32),
        ),
    }  # fmt: skip
    printed = facts["ordered"][0] if end == "ordered" else None
    await counter.become(None, facts[end], printed)
    await counter.quiet()
    first, *rest = counter.tray.pieces()
    assert f"*** {mark} ***" in "\n".join(first)
    assert total(first) is None
    assert len(rest) == (end == "ordered"), "the order's slip is a piece of its own, behind"
    assert counter.kept == {}
    await counter.ring(sale_id="a" * 32)  # parked sales keep their id
    await counter.pay()
    await counter.quiet()
    last = counter.tray.pieces()[-1]
    assert column(last) == total(last) == 349


async def test_a_chunk_nobody_knows_of_waits_for_a_person_and_all_that_belongs_behind_it(counters: Make) -> None:
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    counter.tray.ends = [(True, LOST)]
    await counter.ring("Leine")
    await counter.until(lambda: bool(counter.spool.status()["uncertain"]))
    name = counter.job_of_sale()
    assert counter.spool.status()["uncertain"] == [name]
    await counter.ring("Stroh")
    receipt = await counter.pay()
    await counter.spool.test_page(page_of_test("Test", "Works", 42))
    await counter.until(lambda: "Works" in counter.tray.text)
    assert "Stroh" not in counter.tray.text
    assert "SUMME" not in counter.tray.text
    await counter.spool.accept(name)
    await counter.quiet()
    first, other, last = counter.tray.pieces()
    assert column(first) == carried(last) == 698
    assert "Works" in "\n".join(other)
    assert f"Beleg {receipt.receipt_no}" in "\n".join(last)
    assert "FORTSETZUNG" in "\n".join(last)
    assert carried(last) + column(last) == total(last) == 3 * 349
    assert counter.tray.text.count("Leine") == 1
    assert counter.kept == {}


async def test_a_chunk_that_did_not_come_out_is_printed_again_and_marked(counters: Make) -> None:
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    counter.tray.ends = [(False, LOST)]
    await counter.ring("Leine")
    await counter.until(lambda: bool(counter.spool.status()["uncertain"]))
    await counter.spool.reprint(counter.job_of_sale())
    await counter.ring("Stroh")
    await counter.pay()
    await counter.quiet()
    first, last = counter.tray.pieces()
    assert column(first) == carried(last) == 349
    assert [row.strip() for row in last if "***" in row] == ["*** ZWEITDRUCK ***", "*** FORTSETZUNG ***"]
    assert carried(last) + column(last) == total(last) == 3 * 349


async def test_something_else_in_between_is_cut_off_before_and_behind(counters: Make) -> None:
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    await counter.spool.test_page(page_of_test("Test", "Works", 42))
    await counter.quiet()
    await counter.ring("Leine")
    await counter.pay()
    await counter.quiet()
    first, other, last = counter.tray.pieces()
    assert first[-1].strip() == "Fortsetzung folgt"
    assert not any("Napf" in row or "Leine" in row for row in other)
    assert carried(last) + column(last) == total(last) == 698


async def test_after_a_new_roll_the_receipt_goes_on_with_a_head_of_its_own(counters: Make) -> None:
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    counter.look = {"paper": "out"}
    counter.spool.printer_changed()
    counter.tray.ends = [(True, REFUSED)] * 3
    await counter.ring("Leine")
    await counter.ring("Stroh")
    counter.look = {"paper": "ok"}
    counter.spool.printer_changed()
    await counter.pay()
    await counter.quiet()
    first, last = counter.tray.pieces()
    assert column(first) == carried(last) == 349
    assert carried(last) + column(last) == total(last) == 3 * 349


async def test_a_sale_with_other_items_in_the_queue_waits_for_its_turn(counters: Make) -> None:
    counter = counters()
    counter.tray.on.clear()
    await counter.ring("Napf")
    await counter.pay()
    await counter.ring("Leine")
    counter.tray.on.set()
    await counter.quiet()
    first, second = counter.tray.pieces()
    assert total(first) == 349
    assert "Leine" in "\n".join(second)


async def test_killed_while_sending_asks_and_killed_in_between_goes_on(counters: Make) -> None:
    tray = Tray()
    first = counters(tray)
    await first.ring("Napf")
    await first.quiet()
    tray.ends = [(True, None)]
    await first.ring("Leine")
    await tray.holding.wait()
    sale, name = first.sale, first.job_of_sale()
    second = counters(tray, await first.kill())
    second.sale = sale
    await second.quiet()
    assert second.spool.status()["uncertain"] == [name]
    job = second.spool.job(name)
    assert job is not None
    assert (job.state, job.reason) == (State.UNCERTAIN, "restarted")
    await second.spool.accept(name)
    await second.ring("Stroh")
    await second.quiet()
    sale = second.sale
    third = counters(tray, await second.kill())
    third.sale = sale
    await third.quiet()
    assert tray.text.count("Stroh") == 1
    await third.pay()
    await third.quiet()
    pieces = tray.pieces()
    assert sum(map(column, pieces)) == total(pieces[-1]) == 3 * 349
    assert carried(pieces[-1]) + column(pieces[-1]) == 3 * 349
    assert third.kept == {}


async def test_a_sale_that_ended_while_the_till_was_off_is_marked_at_the_start(counters: Make) -> None:
    first = counters()
    await first.ring()
    await first.quiet()
    kept = await first.kill()
    second = counters(first.tray, {key: value for key, value in kept.items() if key != "open_sale"})
    await second.quiet()
    assert "UNGÜLTIG" in second.tray.text
    assert second.kept == {}


async def test_switched_off_in_the_middle_of_a_sale_its_receipt_is_printed_whole(counters: Make) -> None:
    first = counters()
    await first.ring()
    await first.quiet()
    sale = first.sale
    second = counters(first.tray, await first.kill(), while_ringing=False)
    second.sale = sale
    await second.pay()
    await second.quiet()
    last = second.tray.pieces()[-1]
    assert column(last) == total(last) == 349
    assert second.kept == {}


async def test_a_receipt_the_disk_did_not_take_leaves_the_sale_on_its_paper(counters: Make) -> None:
    counter = counters()
    await counter.ring()
    await counter.quiet()
    counter.full = True
    with pytest.raises(OSError, match="No space"):
        await counter.pay()
    counter.full = False
    await counter.ring("Leine")
    await counter.quiet()
    assert "Leine" in counter.tray.paper[-1]
    await counter.pay()
    await counter.quiet()
    (piece,) = counter.tray.pieces()
    assert column(piece) == total(piece) == 698


async def test_a_step_that_is_told_late_prints_nothing_that_the_receipt_is_to_say(counters: Make) -> None:
    """Keeping the last line and journalling the receipt may end in either order."""
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    counter.tray.on.clear()
    await counter.ring("Leine")
    receipt = counter.receipt()
    counter.kept.update({key: value for key, value in counter.spool.entries_for(receipt).items() if value})
    counter.spool.rung(counter.kept["open_sale"])
    counter.tray.on.set()
    await counter.until(lambda: not counter.spool._wake.is_set())  # it has looked and sleeps again
    counter.spool.enqueue(receipt)
    counter.spool.rung(None)
    await counter.quiet()
    (piece,) = counter.tray.pieces()
    assert column(piece) == total(piece) == 698


async def test_a_chunk_that_cannot_be_printed_leaves_the_receipt_to_be_printed_whole(counters: Make) -> None:
    counter = counters()
    await counter.ring("Napf")
    await counter.quiet()
    composed = counter.spool._compose_bytes

    def fails_once(_: Any) -> bytes:
        counter.spool._compose_bytes = composed
        raise ValueError("a slip of the library")

    counter.spool._compose_bytes = fails_once
    await counter.ring("Leine")
    name = counter.job_of_sale()
    await counter.until(lambda: bool(counter.spool.status()["failed"]))
    await counter.pay()
    await counter.quiet()
    assert column(counter.tray.pieces()[-1]) == total(counter.tray.pieces()[-1]) == 698
    await counter.spool.accept(name)
    assert counter.kept == {}


async def test_a_sale_that_cannot_be_read_is_left_alone_and_the_queue_goes_on(counters: Make) -> None:
    counter = counters()
    counter.spool.rung('{"sale_id": "x", "lines": 7}')
    await counter.spool.test_page(page_of_test("Test", "Works", 42))
    await counter.quiet()
    assert "Works" in counter.tray.text


class Day(Tray):
    """A printer whose chunks end by chance, a till that is killed by chance, and a cashier who tells the truth."""

    def __init__(self, rng: random.Random, make: Make) -> None:
        super().__init__()
        self.rng = rng
        self.make = make
        self.truth: dict[str, bool] = {}
        """Whether the chunk came out, by job."""
        self.sold: dict[str, tuple[str, int]] = {}
        """Mark of the sale and total, by receipt."""
        self.counter: Counter = make(self)

    def drawn(self) -> tuple[bool, Result | None]:
        end = self.rng.choices(
            [(True, PRINTED), (True, LOST), (False, LOST), (False, REFUSED), (True, None), (False, None)],
            [70, 5, 5, 10, 4, 4],
        )[0]
        sending = [no for no, job in self.counter.spool._jobs.items() if job.state is State.SENDING]
        assert len(sending) + self.counter.spool._head.under_way == 1
        self.truth.update(dict.fromkeys(sending, end[0]))
        return end

    def at_rest(self) -> bool:
        assert self.counter.spool._worker is not None
        assert not self.counter.spool._worker.done()
        status = self.counter.spool.status()
        moves = status["waiting"] or self.counter.writing or self.counter.heading
        return self.holding.is_set() or bool(status["uncertain"]) or not moves

    async def settle(self) -> None:
        """Until nothing moves: a killed till is started anew, and somebody says what lies there."""
        while True:
            await self.counter.until(self.at_rest)
            if self.holding.is_set():
                self.holding.clear()
                sale, numbers = self.counter.sale, self.counter.numbers
                self.counter = self.make(self, await self.counter.kill())
                self.counter.sale, self.counter.numbers = sale, numbers
            elif uncertain := self.counter.spool.status()["uncertain"]:
                there = self.truth[uncertain[0]]
                await (self.counter.spool.accept if there else self.counter.spool.reprint)(uncertain[0])
            else:
                return

    async def act(self) -> None:
        act = self.rng.choices(["ring", "take", "pay", "void", "else", "wait"], [50, 12, 10, 3, 3, 30])[0]
        counter, sale = self.counter, self.counter.sale
        if act == "ring":
            price = self.rng.randrange(1, 5000)
            await counter.ring(self.rng.choice(NAMES), price, sale_id=f"{self.rng.getrandbits(128):032x}")
        elif act == "take" and sale is not None and len(sale.lines) > 1:
            await counter.take_back(self.rng.choice(sale.lines).line)
        elif act == "pay" and sale is not None:
            receipt = await counter.pay()
            self.sold[receipt.receipt_no] = (sale.sale_id[:8].upper(), receipt.total_minor)
        elif act == "void" and sale is not None:
            await counter.become(None)
        elif act == "else":
            await counter.spool.test_page(page_of_test("Test", "Works", 42))


@pytest.mark.parametrize(("seed", "head_ahead"), [(seed, seed % 3 == 0) for seed in range(30)])
async def test_whatever_happens_each_receipts_paper_comes_to_its_total_and_nothing_is_on_it_twice(
    counters: Make, seed: int, *, head_ahead: bool
) -> None:
    """Lines, voids, ends, lost answers, refusals, kills, other paper in between; the next head printed ahead or not."""
    day = Day(random.Random(seed), partial(counters, head_ahead=head_ahead))
    for _ in range(60):
        await day.act()
        await (day.settle() if day.rng.random() < 0.4 or day.holding.is_set() else asyncio.sleep(0))
    await day.settle()
    left = {"open_sale", f"spool/{day.counter.job_of_sale()}"} if day.counter.sale else set()
    assert day.counter.kept.keys() <= left | ({AHEAD} if head_ahead else set())

    on_paper: dict[str, int] = {}
    by_sale: dict[str, int] = {}
    marks = {number: mark for number, (mark, _) in day.sold.items()}
    for piece in day.pieces():
        heads, amounts = sum("Zoo Neumann" in row for row in piece), any(AMOUNT.search(row) for row in piece)
        assert heads == 1 if amounts else heads <= 1, piece
        assert not (amounts and "nicht gebraucht" in "\n".join(piece))
        named = [row.split()[1] for row in piece if row.split()[0] in ("Vorgang", "Beleg")]
        mark = next((marks.get(name, name) for name in named), "")
        by_sale[mark] = by_sale.get(mark, 0) + column(piece)
        if (stands := total(piece)) is not None:
            number = next(name for name in named if name in marks)
            assert number not in on_paper, "printed twice"
            assert carried(piece) + column(piece) == stands
            on_paper[number] = stands
    assert on_paper == {number: amount for number, (_, amount) in day.sold.items()}
    assert {mark: by_sale[mark] for mark, _ in day.sold.values()} == dict(day.sold.values())
