"""The head of the next sale's paper, printed behind the cut of the last: gone on under only if it is known to be right.

``test_while_ringing.py`` has the law over whole days.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from app.engine.print_jobs import AHEAD, decode_ahead
from app.facts.sales import ReceiptCompleted, ZReportClosed
from peripherals.print_job import Outcome, Result
from receipts import ShopHead
from receipts.test_page import test_page as page_of_test
from tests.app.engine.ringing import SHOP, Counter, Tray, carried, column, total
from tests.golden.documents import DOCUMENTS

PRINTED = Result(Outcome.PRINTED)
LOST = Result(Outcome.UNCERTAIN, "connection_lost")
REFUSED = Result(Outcome.NOT_SENT, "paper_out")
HEAD = ["               Zoo Neumann"]


class Shop:
    """Counters one after the other at the same printer."""

    def __init__(self) -> None:
        self.tray = Tray()
        self.made: list[Counter] = []

    @property
    def counter(self) -> Counter:
        return self.made[-1]

    @property
    def pieces(self) -> list[list[str]]:
        return self.tray.pieces()

    def start(self, kept: dict[str, str] | None = None, **more: Any) -> Counter:
        self.made.append(Counter(self.tray, kept, **{"head_ahead": True, **more}))
        return self.counter

    async def again(self, **more: Any) -> Counter:
        """The till is closed, or killed, and started anew."""
        sale = self.counter.sale
        self.start(await self.counter.kill(), **more).sale = sale
        await self.counter.quiet()
        return self.counter

    async def sells(self, name: str = "Napf") -> ReceiptCompleted:
        await self.counter.ring(name)
        await self.counter.quiet()
        receipt = await self.counter.pay()
        await self.counter.quiet()
        return receipt

    async def sells_before_a_printer_that_stops(self) -> asyncio.Event:
        """The receipt is printed; the head is as soon as that event is set."""
        stopped, goes_on = asyncio.Event(), asyncio.Event()

        async def ready() -> None:
            if self.counter.heading:
                stopped.set()
                await goes_on.wait()

        self.tray.ready = ready  # type: ignore[method-assign]
        await self.counter.ring()
        await self.counter.pay()
        await stopped.wait()
        return goes_on

    def sure(self) -> bool | None:
        """What is kept of the head; None: nothing."""
        return decode_ahead(self.counter.kept[AHEAD]).sure if AHEAD in self.counter.kept else None


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    made = Shop()
    made.start()
    yield made
    for counter in made.made:
        await counter.spool.stop(grace_s=0)


@pytest.fixture
async def headed(shop: Shop) -> Shop:
    """One receipt is sold, and the head of the next hangs out."""
    await shop.sells()
    assert shop.pieces[1:] == [HEAD]
    assert shop.sure() is True
    return shop


def z_report() -> ZReportClosed:
    (found,) = (each for each in DOCUMENTS.values() if isinstance(each, ZReportClosed) and each.z_no)
    return found


async def journal(counter: Counter, document: Any) -> None:
    await counter.become(None, (), document)
    await counter.quiet()


async def test_the_first_line_costs_one_line_and_its_day_and_transaction(shop: Shop) -> None:
    await shop.counter.quiet()
    assert shop.tray.paper == [], "at the first start nothing is ahead"
    await shop.counter.ring("Napf")
    await shop.counter.pay()
    await shop.counter.quiet()
    there = len(shop.tray.paper)
    await shop.counter.ring("Leine", sale_id="3f2a9c1b" * 4)
    await shop.counter.quiet()
    assert [row for row in shop.tray.paper[there:] if row] == [
        "21.11.2026                 Beginn 09:31:05",
        "Vorgang 3F2A9C1B",
        "-" * 42,
        "1 × Leine                           3,49 A",
    ]
    assert AHEAD not in shop.counter.kept
    await shop.counter.pay()
    await shop.counter.quiet()
    for piece in shop.pieces[:2]:
        assert [row for row in piece if "Zoo Neumann" in row] == HEAD == piece[:1]
        assert column(piece) == total(piece) == 349
    assert shop.pieces[2:] == [HEAD]
    assert shop.counter.kept.keys() == {AHEAD}


@pytest.mark.parametrize(("end", "mark"), [("void", "UNGÜLTIG"), ("receipt", "SUMME")])
async def test_it_comes_behind_the_cut_of_what_is_no_receipt_too(headed: Shop, end: str, mark: str) -> None:
    await headed.counter.ring()
    await headed.counter.quiet()
    await (headed.counter.become(None) if end == "void" else headed.counter.pay())
    await headed.counter.quiet()
    assert mark in "\n".join(headed.pieces[1])
    assert headed.pieces[2:] == [HEAD]


async def test_the_day_end_is_printed_under_it_and_nothing_is_expected_behind(headed: Shop) -> None:
    await journal(headed.counter, z_report())
    piece = headed.pieces[1]
    assert piece[:1] == HEAD
    assert "TAGESABSCHLUSS" in "".join(piece).replace(" ", "")
    assert len(headed.pieces) == 2
    assert "Zoo Neumann" not in "\n".join(piece[1:])
    assert headed.counter.kept == {}


async def test_what_has_another_head_comes_behind_its_mark_and_cut(headed: Shop) -> None:
    await headed.counter.spool.test_page(page_of_test("Test", "Works", 42))
    await headed.counter.quiet()
    await headed.sells("Leine")
    _, cancelled, other, sold = headed.pieces[:4]
    assert cancelled[:1] == HEAD
    assert "*** UNGÜLTIG ***" in "\n".join(cancelled)
    assert " ".join(row.strip() for row in cancelled).endswith("Kein Beleg: Kopf nicht gebraucht.")
    assert "Works" in "\n".join(other)
    assert sold[:1] == HEAD
    assert column(sold) == total(sold) == 349


async def test_copies_and_training_bear_their_mark_under_it(headed: Shop) -> None:
    await headed.counter.spool.copy(await headed.sells("Leine"))
    await headed.counter.quiet()
    assert [row.strip() for row in headed.pieces[2][:2]] == ["Zoo Neumann", "*** ZWEITDRUCK ***"]
    headed.counter.training = True
    await headed.counter.ring("Stroh")
    await headed.counter.quiet()
    assert [row.strip() for row in headed.pieces[3][:2]] == ["Zoo Neumann", "*** TRAINING - KEIN BELEG ***"]
    assert "nicht gebraucht" not in headed.tray.text


async def test_closing_the_till_leaves_it(headed: Shop) -> None:
    await headed.again()
    assert headed.pieces[1:] == [HEAD]
    await headed.sells("Leine")
    assert headed.tray.text.count("Zoo Neumann") == 3
    assert column(headed.pieces[1]) == total(headed.pieces[1]) == 349


@pytest.mark.parametrize(
    "now",
    [{"shop": ShopHead(("Zoo Neumann & Sohn",))}, {"named": "another printer"}],
    ids=["another name", "another printer"],
)
async def test_what_the_head_would_not_say_now_is_not_gone_on_under(headed: Shop, now: dict[str, Any]) -> None:
    await headed.again(**now)
    await headed.sells("Leine")
    first = now.get("shop", SHOP).lines[0]
    assert "UNGÜLTIG" in "\n".join(headed.pieces[1])
    assert headed.pieces[2][0].strip() == first
    assert column(headed.pieces[2]) == total(headed.pieces[2]) == 349


async def test_a_line_that_the_head_has_more_now_is_printed_under_it(headed: Shop) -> None:
    await headed.again(shop=ShopHead((*SHOP.lines, "Neue Straße 1")))
    await headed.sells("Leine")
    assert [row.strip() for row in headed.pieces[1][:2]] == ["Zoo Neumann", "Neue Straße 1"]
    assert headed.tray.text.count("Zoo Neumann") == 3


async def test_another_logo_is_not_gone_on_under(headed: Shop) -> None:
    """Blocks say that there is one, bytes say which."""
    kept = await headed.counter.kill()
    composed = headed.start(kept).spool._compose_bytes
    headed.counter.spool._compose_bytes = lambda chunk: b"\x1b@" + composed(chunk)
    await headed.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(headed.pieces[1])
    assert headed.pieces[2][:1] == HEAD


async def test_switched_off_a_whole_receipt_is_printed_under_it_and_nothing_ahead(headed: Shop) -> None:
    await headed.again(while_ringing=False)
    await headed.sells("Leine")
    assert len(headed.pieces) == 2
    assert headed.pieces[1][:1] == HEAD
    assert headed.tray.text.count("Zoo Neumann") == 2
    assert headed.counter.kept == {}


@pytest.mark.parametrize("comes_out", [True, False])
async def test_killed_in_the_middle_it_is_cut_off_and_nobody_is_asked(shop: Shop, comes_out: bool) -> None:
    shop.tray.ends = [(True, PRINTED), (True, PRINTED), (comes_out, None)]
    await shop.counter.ring()
    await shop.counter.quiet()
    await shop.counter.pay()
    await shop.tray.holding.wait()
    assert shop.sure() is False
    await shop.again()
    assert shop.counter.spool.status()["uncertain"] == []
    await shop.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(shop.pieces[1])
    assert shop.pieces[2][:1] == HEAD
    assert column(shop.pieces[2]) == total(shop.pieces[2]) == 349


async def test_one_of_which_no_answer_came_is_cut_off_and_the_next_is_printed_again(shop: Shop) -> None:
    shop.tray.ends = [(True, PRINTED), (True, PRINTED), (True, LOST)]
    await shop.sells()
    assert shop.sure() is False
    await shop.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(shop.pieces[1])
    assert shop.pieces[2][:1] == HEAD
    assert shop.pieces[3:] == [HEAD]
    assert shop.sure() is True


@pytest.mark.parametrize("look", [{"paper": "out"}, {"paper": "ok", "trouble": "cover_open"}])
async def test_paper_that_somebody_was_at_is_doubted_even_after_a_restart(headed: Shop, look: dict[str, str]) -> None:
    headed.counter.look = look
    headed.counter.spool.printer_changed()
    await headed.counter.until(lambda: headed.sure() is False)
    await headed.again()
    await headed.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(headed.pieces[1])
    assert headed.pieces[2][:1] == HEAD


async def test_a_line_that_was_not_sent_is_sent_under_it_later(headed: Shop) -> None:
    headed.tray.ends = [(False, REFUSED), (False, REFUSED)]
    await headed.sells("Leine")
    assert headed.tray.text.count("Zoo Neumann") == 3
    assert "UNGÜLTIG" not in headed.tray.text
    assert column(headed.pieces[1]) == total(headed.pieces[1]) == 349


async def test_a_new_roll_before_the_line_could_be_sent_cancels_it(headed: Shop) -> None:
    async def refused(data: bytes, sent: Callable[[], None]) -> Result:
        headed.tray.print_chunk = printing  # type: ignore[method-assign]
        headed.counter.look = {"paper": "out"}
        headed.counter.spool.printer_changed()
        return REFUSED

    printing = headed.tray.print_chunk
    headed.tray.print_chunk = refused  # type: ignore[method-assign]
    await headed.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(headed.pieces[1])
    assert headed.pieces[2][:1] == HEAD


async def test_it_does_not_wait_for_a_printer_that_cannot_print(shop: Shop) -> None:
    goes_on = await shop.sells_before_a_printer_that_stops()
    assert shop.counter.spool.status()["waiting"] == 0, "nobody waits for it"
    await shop.counter.ring("Leine")
    goes_on.set()
    await shop.counter.quiet()
    assert shop.tray.text.count("Zoo Neumann") == 2
    assert "Leine" in shop.tray.paper[-1]
    assert shop.counter.kept.keys() == {"open_sale", f"spool/{shop.counter.job_of_sale()}"}


async def test_a_line_of_which_no_answer_came_is_not_marked_invalid(headed: Shop) -> None:
    """Somebody looks: the line under the head is there, and the receipt goes on with a head of its own."""
    headed.tray.ends = [(True, LOST)]
    await headed.counter.ring("Leine")
    await headed.counter.until(lambda: bool(headed.counter.spool.status()["uncertain"]))
    name = headed.counter.job_of_sale()
    await headed.again()
    await headed.counter.spool.accept(name)
    await headed.counter.pay()
    await headed.counter.quiet()
    _, first, last = headed.pieces[:3]
    assert first[:1] == last[:1] == HEAD
    assert (column(first), carried(last), total(last)) == (349, 349, 349)
    assert "UNGÜLTIG" not in headed.tray.text


@pytest.mark.parametrize("killed", [False, True])
async def test_a_page_that_may_have_begun_under_it_is_cut_off_before_the_next(headed: Shop, killed: bool) -> None:
    headed.tray.ends = [(False, None if killed else LOST)]
    await headed.counter.become(None, (), z_report())
    await headed.counter.until(lambda: headed.tray.holding.is_set() or bool(headed.counter.spool.status()["uncertain"]))
    if killed:
        await headed.again()
    await headed.sells("Leine")
    assert headed.pieces[1:2] == [HEAD]
    assert headed.pieces[2][:1] == HEAD
    assert column(headed.pieces[2]) == total(headed.pieces[2]) == 349


async def test_a_new_roll_while_the_line_is_composed_cancels_it(headed: Shop) -> None:
    spool, loop = headed.counter.spool, asyncio.get_running_loop()
    composed = spool._compose_bytes

    async def new_roll() -> None:
        headed.counter.look = {"paper": "out"}
        spool.printer_changed()

    def slowly(chunk: Any) -> bytes:
        spool._compose_bytes = composed
        asyncio.run_coroutine_threadsafe(new_roll(), loop).result()
        return composed(chunk)

    spool._compose_bytes = slowly
    await headed.sells("Leine")
    assert "UNGÜLTIG" in "\n".join(headed.pieces[1])
    assert headed.pieces[2][:1] == HEAD


async def test_no_byte_of_it_leaves_before_the_disk_knows(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    goes_on = await shop.sells_before_a_printer_that_stops()
    shop.counter.full = True
    goes_on.set()
    await shop.counter.until(lambda: "could not be kept" in caplog.text)
    assert len(shop.pieces) == 1
    shop.counter.full = False
    await shop.counter.quiet()
    assert shop.pieces[1:] == [HEAD]


async def test_one_that_cannot_be_composed_costs_nothing_else(shop: Shop) -> None:
    goes_on = await shop.sells_before_a_printer_that_stops()
    composed = shop.counter.spool._compose_bytes

    def fails(_: Any) -> bytes:
        raise ValueError("a slip of the library")

    shop.counter.spool._compose_bytes = fails
    goes_on.set()
    await shop.counter.quiet()
    shop.counter.spool._compose_bytes = composed
    await shop.sells("Leine")
    assert column(shop.pieces[1]) == total(shop.pieces[1]) == 349
    assert shop.pieces[2:] == [HEAD]


async def test_what_is_kept_of_it_and_cannot_be_read_costs_a_head(headed: Shop) -> None:
    headed.counter.kept[AHEAD] = "{}"
    await headed.again()
    await headed.sells("Leine")
    assert headed.pieces[1][:2] == HEAD * 2
    assert column(headed.pieces[1]) == total(headed.pieces[1]) == 349
