"""The durable print queue: printed once, never twice in silence, and never in the sale's way."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.engine.printing import cash_moved
from app.engine.spool import MAX_JOBS, Spool, State, UnknownJob
from app.facts.base import Fact
from app.facts.circulation import VoucherIssued
from app.facts.sales import AuditLogged, CashMoved, ReceiptCompleted, TenderRow, ZReportClosed
from peripherals.cash_drawer import DrawerOutcome, DrawerResult
from peripherals.claiming import Claims
from peripherals.escpos import Composer, profile
from peripherals.print_job import Chunk, Outcome, Result
from peripherals.printer import PosPrinter, Timings
from peripherals.simulators.printer import PrinterSimulator
from receipts import GERMAN, Page, ShopHead, compose, documents
from receipts.test_page import test_page as page_of_test
from tests.golden.documents import DOCUMENTS

GOLDEN = Path(__file__).parents[2] / "golden" / "receipt.json"
SAMPLE = msgspec.json.decode(GOLDEN.read_bytes(), type=ReceiptCompleted)
PLAIN = msgspec.structs.replace(SAMPLE, lines=SAMPLE.lines[:3])
SHOP = ShopHead(("Zoo Neumann",))
PRINTED = Result(Outcome.PRINTED)
FAST = Timings(poll_s=0.04, answer_s=0.15, fence_s=0.4, silent_s=0.5, print_byte_s=0)


def numbered(receipt: ReceiptCompleted, number: int) -> ReceiptCompleted:
    return msgspec.structs.replace(receipt, receipt_no=f"1-{number:06d}")


def page_of(document: Fact) -> Page | None:
    return documents.page_of(document, SHOP, GERMAN)


class Disk:
    """Kept values as they would survive a crash, and everything ever written to them."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}
        self.states: list[str] = []
        self.full = False
        self.writing = 0

    async def keep(self, values: dict[str, str | None]) -> None:
        self.writing += 1
        try:
            await asyncio.sleep(0)
        finally:
            self.writing -= 1
        if self.full:
            raise OSError(28, "No space left on device")
        for key, value in values.items():
            if value is None:
                self.kept.pop(key, None)
                self.states.append("gone")
            else:
                self.kept[key] = value
                self.states.append(msgspec.json.decode(value)["state"])


class PaperTray:
    """A printer that ends chunks as told; None holds the next chunk until it is cancelled."""

    def __init__(self, *results: Result | None) -> None:
        self.results = list(results)
        self.printed: list[str] = []
        self.disk: Disk | None = None
        self.on = asyncio.Event()
        self.on.set()
        self.holding = asyncio.Event()

    async def ready(self) -> None:
        await self.on.wait()

    async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result:
        if self.disk is not None:
            assert self.disk.states[-1] == "sending", "SENDING is on disk before the first byte"
        result = self.results.pop(0) if self.results else PRINTED
        if result is not None and result.outcome is Outcome.NOT_SENT:
            return result
        self.printed.append(data.decode("cp858"))
        sent()
        if result is None:
            self.holding.set()
            await asyncio.Event().wait()
        assert result is not None
        return result


class Desk:
    """A spool on a disk and a printer, and the engine's part of a sale."""

    def __init__(self, printer: Any, disk: Disk, drawer: Any = None, copies: int = 0) -> None:
        self.printer = printer
        self.disk = disk
        composer = Composer(profile("default"))
        self.spool = Spool(
            keep=disk.keep,
            printer=printer,
            compose_page=page_of,
            compose_bytes=composer.compose,
            columns=42,
            copy_mark=GERMAN.copy_mark,
            copies=copies,
            drawer=drawer,
            retry_s=0.02,
        )
        if isinstance(printer, PaperTray):
            printer.disk = disk

    async def sell(self, receipt: Fact) -> None:
        await self.disk.keep(self.spool.entries_for(receipt))
        self.spool.enqueue(receipt)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(30):
            while not holds():
                await asyncio.sleep(0.005)

    async def idle(self) -> None:
        """Until nothing waits and nothing is being written: a job that ends leaves the queue first, then the disk."""
        await self.until(lambda: self.spool.status()["waiting"] == 0 and not self.disk.writing)

    def state(self, receipt: ReceiptCompleted) -> State | None:
        job = self.spool.job(receipt.receipt_no)
        return None if job is None else job.state


@pytest.fixture
async def desks() -> AsyncIterator[Callable[..., Desk]]:
    made: list[Desk] = []

    def make(printer: Any, disk: Disk | None = None, drawer: Any = None, copies: int = 0) -> Desk:
        desk = Desk(printer, disk or Disk(), drawer, copies)
        made.append(desk)
        desk.spool.restore(desk.disk.kept)
        desk.spool.start()
        return desk

    yield make
    for desk in made:
        await desk.spool.stop(grace_s=0)


async def test_a_receipt_is_printed_and_leaves_nothing_behind(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.sell(PLAIN)
    await desk.idle()
    assert desk.disk.states == ["queued", "sending", "gone"]
    assert desk.disk.kept == {}
    assert "Rückgeld" in desk.printer.printed[0]


async def test_receipt_and_slip_are_sent_and_confirmed_one_after_the_other(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.sell(SAMPLE)
    await desk.idle()
    assert desk.disk.states == ["queued", "sending", "queued", "sending", "gone"]
    assert ["7K3M-9QXA" in each for each in desk.printer.printed] == [False, True]


async def test_a_lost_fence_is_uncertain_and_never_sent_again_by_itself(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray(Result(Outcome.UNCERTAIN, "connection_lost")))
    await desk.sell(PLAIN)
    await desk.sell(numbered(PLAIN, 43))
    await desk.idle()
    await asyncio.sleep(0.1)
    assert desk.state(PLAIN) is State.UNCERTAIN
    status = desk.spool.status()
    assert (status["waiting"], status["uncertain"], status["failed"]) == (0, ["1-000042"], [])
    assert len(desk.printer.printed) == 2
    assert "1-000043" in desk.printer.printed[1]


async def test_a_reprint_is_marked_and_only_what_was_uncertain_is(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray(Result(Outcome.UNCERTAIN, "no_fence")))
    await desk.sell(SAMPLE)
    await desk.idle()
    await desk.spool.reprint(SAMPLE.receipt_no)
    await desk.idle()
    assert ["ZWEITDRUCK" in each for each in desk.printer.printed] == [False, True, False]
    assert "GUTSCHEIN" in desk.printer.printed[2]
    assert desk.disk.kept == {}


async def test_accepting_goes_on_behind_the_uncertain_section(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray(Result(Outcome.UNCERTAIN, "no_fence"), Result(Outcome.UNCERTAIN, "no_fence")))
    await desk.sell(SAMPLE)
    await desk.idle()
    await asyncio.gather(desk.spool.accept("1-000042"), desk.spool.accept("1-000042"), return_exceptions=True)
    await desk.until(lambda: len(desk.printer.printed) == 2)
    await desk.idle()
    assert desk.state(SAMPLE) is State.UNCERTAIN
    await desk.spool.accept("1-000042")
    assert desk.state(SAMPLE) is None
    assert desk.disk.kept == {}
    with pytest.raises(UnknownJob):
        await desk.spool.accept("1-000042")
    with pytest.raises(UnknownJob):
        await desk.spool.reprint("1-000099")


async def test_killed_while_sending_is_uncertain_at_restart_while_the_queue_prints(desks: Callable[..., Desk]) -> None:
    disk = Disk()
    first = desks(PaperTray(None), disk)
    await first.sell(PLAIN)
    await first.sell(numbered(PLAIN, 43))
    await first.printer.holding.wait()
    assert first.state(PLAIN) is State.AWAITING_FENCE
    await first.spool.stop(grace_s=0)

    second = desks(PaperTray(), disk)
    await second.idle()
    assert second.state(PLAIN) is State.UNCERTAIN
    job = second.spool.job(PLAIN.receipt_no)
    assert job is not None
    assert job.reason == "restarted"
    assert len(second.printer.printed) == 1
    assert "1-000043" in second.printer.printed[0]
    assert list(disk.kept) == ["spool/1-000042"]


async def test_killed_between_journal_and_paper_prints_at_restart(desks: Callable[..., Desk]) -> None:
    disk = Disk()
    off = PaperTray()
    off.on.clear()
    first = desks(off, disk)
    await disk.keep(first.spool.entries_for(PLAIN))
    await first.spool.stop()
    second = desks(PaperTray(), disk)
    await second.idle()
    assert len(second.printer.printed) == 1
    assert "ZWEITDRUCK" not in second.printer.printed[0]


async def test_with_the_printer_off_sales_go_on_and_the_queue_is_kept(desks: Callable[..., Desk]) -> None:
    tray = PaperTray()
    tray.on.clear()
    desk = desks(tray)
    async with asyncio.timeout(30):
        for number in range(1, 51):
            await desk.sell(numbered(PLAIN, number))
    assert desk.spool.status()["waiting"] == 50
    assert len(desk.disk.kept) == 50
    assert tray.printed == []
    tray.on.set()
    await desk.idle()
    assert [f"1-{number:06d}" in each for number, each in enumerate(tray.printed, 1)] == [True] * 50


async def test_a_printer_that_could_not_is_asked_again_with_a_pause(desks: Callable[..., Desk]) -> None:
    refused = Result(Outcome.NOT_SENT, "paper_out")
    desk = desks(PaperTray(refused, refused))
    await desk.sell(PLAIN)
    await desk.idle()
    assert desk.disk.states == ["queued", "sending", "queued", "sending", "queued", "sending", "gone"]
    assert len(desk.printer.printed) == 1


async def test_nothing_is_sent_while_the_disk_does_not_take_the_state(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.disk.keep(desk.spool.entries_for(PLAIN))
    desk.disk.full = True
    desk.spool.enqueue(PLAIN)
    await asyncio.sleep(0.1)
    assert desk.printer.printed == []
    assert desk.state(PLAIN) is State.QUEUED
    desk.disk.full = False
    await desk.idle()
    assert len(desk.printer.printed) == 1


async def test_a_page_that_cannot_be_printed_fails_once_and_the_next_is_printed(desks: Callable[..., Desk]) -> None:
    bad = msgspec.structs.replace(SAMPLE.lines[3], voucher_code="X" * 1_300)
    broken = msgspec.structs.replace(SAMPLE, lines=(bad,))
    desk = desks(PaperTray())
    await desk.sell(broken)
    await desk.sell(numbered(PLAIN, 43))
    await desk.idle()
    assert desk.spool.status()["failed"] == ["1-000042"]
    assert [("1-000043" in each) for each in desk.printer.printed] == [False, True]
    await desk.spool.accept("1-000042")
    assert desk.disk.kept == {}


async def test_a_receipt_that_cannot_be_laid_out_does_not_stop_the_sale(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.sell(msgspec.structs.replace(PLAIN, finished_at="yesterday"))
    await desk.sell(numbered(PLAIN, 43))
    await desk.idle()
    assert len(desk.printer.printed) == 1


async def test_damaged_kept_jobs_are_passed_over(desks: Callable[..., Desk]) -> None:
    disk = Disk()
    disk.kept = {"spool/1-000001": "{", "spool/1-000002": '{"page":{"sections":[]}}', "open_sale": "x"}
    desk = desks(PaperTray(), disk)
    await desk.sell(PLAIN)
    await desk.idle()
    assert len(desk.printer.printed) == 1


async def test_a_copy_is_marked_and_gives_no_voucher_out_again(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.spool.copy(SAMPLE)
    await desk.idle()
    assert len(desk.printer.printed) == 1
    assert "ZWEITDRUCK" in desk.printer.printed[0]
    assert "9QXA" not in desk.printer.printed[0]
    closed = DOCUMENTS["z-report"]
    assert isinstance(closed, ZReportClosed)
    await desk.spool.copy(closed)
    await desk.idle()
    assert "ZWEITDRUCK" in desk.printer.printed[1]


async def test_a_shop_that_wants_two_copies_gets_them_at_once_and_vouchers_once(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray(), copies=2)
    await desk.sell(SAMPLE)
    await desk.idle()
    assert ["ZWEITDRUCK" in each for each in desk.printer.printed] == [False, True, True, False]
    assert ["7K3M-9QXA" in each for each in desk.printer.printed] == [False, False, False, True]
    training = DOCUMENTS["training"]
    assert isinstance(training, ReceiptCompleted)
    await desk.sell(training)
    await desk.idle()
    assert len(desk.printer.printed) == 5, "of what is no receipt there is no copy"
    await desk.sell(DOCUMENTS["invoice"])
    await desk.sell(DOCUMENTS["order"])
    await desk.idle()
    assert ["ZWEITDRUCK" in each for each in desk.printer.printed[5:]] == [False, True, True, False]


async def test_a_copy_brings_what_goes_with_a_receipt_and_is_marked_once(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray(Result(Outcome.UNCERTAIN, "no_fence")))
    delivered = DOCUMENTS["invoiced"]
    assert isinstance(delivered, ReceiptCompleted)
    await desk.spool.copy(delivered)
    await desk.idle()
    await desk.spool.reprint(f"{delivered.receipt_no}-copy")
    await desk.idle()
    assert [each.count("ZWEITDRUCK") for each in desk.printer.printed] == [1, 1, 1]
    assert ["LIEFERSCHEIN" in each for each in desk.printer.printed] == [False, False, True]


async def test_what_is_not_journalled_is_printed_and_what_has_no_page_refused(desks: Callable[..., Desk]) -> None:
    desk = desks(PaperTray())
    await desk.spool.print_unkept(DOCUMENTS["sync-protocol"])
    await desk.idle()
    assert "ABGLEICHPROTOKOLL" in desk.printer.printed[0]
    with pytest.raises(ValueError, match="not printed"):
        await desk.spool.print_unkept(AuditLogged("a", 1, "login", "anna", "2026-11-21T09:32:11.000Z", "2026-11-21"))


async def test_a_test_page_is_printed_once_however_often_it_was_wanted_meanwhile(desks: Callable[..., Desk]) -> None:
    tray = PaperTray()
    tray.on.clear()
    desk = desks(tray)
    for _ in range(3):
        await desk.spool.test_page(page_of_test("Test", "Works", 42))
    assert desk.spool.status()["waiting"] == 1
    tray.on.set()
    await desk.idle()
    assert len(tray.printed) == 1
    assert "Works" in tray.printed[0]


async def test_the_queue_has_a_limit_and_the_sale_does_not_notice(desks: Callable[..., Desk]) -> None:
    tray = PaperTray()
    tray.on.clear()
    desk = desks(tray)
    for number in range(MAX_JOBS):
        desk.spool._jobs[f"x{number}"] = desk.spool._jobs.get("x0") or _job()
    await desk.sell(PLAIN)
    assert desk.state(PLAIN) is None
    assert desk.disk.kept == {}


def _job() -> Any:
    from app.engine.spool import Job

    return Job(compose(PLAIN, SHOP, GERMAN))


class Drawer:
    state = "closed"

    def __init__(self) -> None:
        self.opened = 0

    async def open(self) -> DrawerResult:
        self.opened += 1
        return DrawerResult(DrawerOutcome.OPENED)


async def test_the_drawer_opens_after_the_journal_and_only_for_cash(desks: Callable[..., Desk]) -> None:
    drawer = Drawer()
    tray = PaperTray()
    tray.on.clear()
    desk = desks(tray, drawer=drawer)
    desk.spool.entries_for(PLAIN)
    await asyncio.sleep(0.02)
    assert drawer.opened == 0
    await desk.sell(PLAIN)
    await desk.until(lambda: drawer.opened == 1)
    by_voucher = msgspec.structs.replace(
        numbered(PLAIN, 43), tenders=(TenderRow("voucher", "EUR", 5013, "3HJK8WWP2D41T"),)
    )
    await desk.sell(by_voucher)
    await asyncio.sleep(0.02)
    assert drawer.opened == 1
    assert not cash_moved(by_voucher)
    assert desk.spool.status()["drawer"] == {
        "outcome": "opened", "reason": "", "opened": 1, "state": "closed",
    }  # fmt: skip


async def test_every_document_has_a_job_of_its_own_and_none_gives_a_voucher_away(desks: Callable[..., Desk]) -> None:
    off = PaperTray()
    off.on.clear()
    desk = desks(off)
    for document in DOCUMENTS.values():
        await desk.sell(document)
    jobs = [key.removeprefix("spool/") for key in desk.disk.kept]
    assert len(jobs) == len(set(jobs)) == len(DOCUMENTS)
    assert not any(code in job for job in jobs for code in ("7K3M9QXA0PWTB", "5ABCDEFGH1230"))
    assert "z_report-1-7" in jobs
    assert "invoice-R-26-008" in jobs
    second = desks(PaperTray(), desk.disk)
    await second.idle()
    assert second.disk.kept == {}, "what was queued is printed after a restart, whatever it is"


MOVED = CashMoved("m1", 1, 7, "pay_in", "EUR", 1500, SAMPLE.finished_at, "2026-11-21", "Anna")
OPENED = AuditLogged("a1", 1, "open_drawer", "anna", SAMPLE.finished_at, "2026-11-21")


def paid_by(tender: TenderRow, receipt_type: str = "receipt") -> ReceiptCompleted:
    return msgspec.structs.replace(PLAIN, tenders=(tender,), receipt_type=receipt_type)


@pytest.mark.parametrize(
    ("document", "opens"),
    [
        (paid_by(TenderRow("card", "EUR", 5013, tender_kind="card")), False),
        (paid_by(TenderRow("bar", "EUR", 5013, tender_kind="cash")), True),
        (paid_by(TenderRow("chf", "CHF", 5013, tender_kind="foreign_cash", foreign_minor=5000, rate="1.0026")), True),
        (paid_by(TenderRow("cheque", "EUR", 5013, "4711", tender_kind="cheque")), True),
        (paid_by(TenderRow("lunch", "EUR", 5013, tender_kind="other", opens_drawer=True)), True),
        (paid_by(TenderRow("cash", "EUR", -5013, role="refund", tender_kind="cash")), True),
        (paid_by(TenderRow("cash", "EUR", 5013, tender_kind="cash"), "training"), False),
        (MOVED, True),
        (msgspec.structs.replace(MOVED, movement="difference"), False),
        (OPENED, True),
        (msgspec.structs.replace(OPENED, action="login"), False),
        (VoucherIssued("7K3M9QXA0PWTB", "multi_purpose", 1, "EUR", SAMPLE.finished_at, 1, ""), False),
    ],
)
def test_the_drawer_opens_for_what_lies_in_it(document: Fact, opens: bool) -> None:
    assert cash_moved(document) is opens


async def test_opening_the_drawer_prints_nothing(desks: Callable[..., Desk]) -> None:
    drawer = Drawer()
    desk = desks(PaperTray(), drawer=drawer)
    await desk.sell(OPENED)
    await desk.until(lambda: drawer.opened == 1)
    assert desk.disk.kept == {}
    assert desk.printer.printed == []


async def test_over_the_real_wire_a_dropped_connection_never_prints_twice(
    desks: Callable[..., Desk], tmp_path: Path
) -> None:
    paper: list[str] = []
    simulator = PrinterSimulator(on_paper=paper.append)
    port = await simulator.start_tcp()
    printer = PosPrinter(f"127.0.0.1:{port}", claims=Claims(tmp_path), rng=random.Random(1), timings=FAST)
    running = asyncio.create_task(printer.run())
    desk = desks(printer)
    await printer.ready()
    await simulator.command("paper_out 4")
    await desk.sell(PLAIN)
    await desk.until(lambda: "".join(paper).count("\n") == 4)
    await simulator.command("drop")
    await desk.until(lambda: desk.state(PLAIN) is State.UNCERTAIN)
    await desk.sell(numbered(PLAIN, 43))
    await simulator.command("paper_in")
    await desk.idle()
    shown = "".join(paper)
    assert shown.count("Beleg 1-000042") == 1
    assert shown.count("Beleg 1-000043") == 1
    assert shown.index("1-000042") < shown.index("1-000043")
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await desk.spool.stop()
    await simulator.stop()


async def test_stopping_lets_a_section_under_way_finish(desks: Callable[..., Desk]) -> None:
    class Slow(PaperTray):
        async def print_chunk(self, data: bytes, sent: Callable[[], None]) -> Result:
            sent()
            self.holding.set()
            await asyncio.sleep(0.1)
            return PRINTED

    desk = desks(Slow())
    await desk.sell(PLAIN)
    await desk.printer.holding.wait()
    await desk.spool.stop(grace_s=30)
    assert desk.disk.kept == {}


def test_a_job_of_a_receipt_is_small() -> None:
    spool = Spool(
        keep=Disk().keep, printer=PaperTray(), compose_page=page_of, compose_bytes=_bytes, columns=42, copy_mark="COPY"
    )
    (text,) = spool.entries_for(SAMPLE).values()
    assert text is not None
    assert len(text) < 4000


def _bytes(_: Chunk) -> bytes:
    return b""
