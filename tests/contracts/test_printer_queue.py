"""Receipts before a printer that is in trouble, over TCP and over a pseudo-terminal: none is lost, none comes twice."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from app.engine.spool import Spool, State
from app.facts.sales import ReceiptCompleted
from app.screens.till.device_news import trouble_of
from peripherals.escpos import Composer, profile
from receipts import GERMAN, Page, ShopHead, compose
from receipts.documents import Document
from tests.contracts.test_printer_contract import Bench, until

SAMPLE = msgspec.json.decode(
    (Path(__file__).parents[1] / "golden" / "receipt.json").read_bytes(), type=ReceiptCompleted
)
PLAIN = msgspec.structs.replace(SAMPLE, lines=SAMPLE.lines[:2])


def numbered(number: int) -> ReceiptCompleted:
    """A receipt without slips."""
    return msgspec.structs.replace(PLAIN, receipt_no=f"1-{number:06d}")


class Till:
    """A spool before the printer of a bench."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.kept: dict[str, str] = {}
        self.spool = self._spool()
        self.spool.start()

    def _spool(self) -> Spool:
        return Spool(
            keep=self._keep,
            printer=self.bench.printer,
            compose_page=self._page,
            compose_bytes=Composer(profile("default")).compose,
            columns=42,
            copy_mark=GERMAN.copy_mark,
            retry_s=0.02,
            look=lambda: msgspec.structs.asdict(self.bench.view),
        )

    async def _keep(self, values: dict[str, str | None]) -> None:
        for key, value in values.items():
            if value is None:
                self.kept.pop(key, None)
            else:
                self.kept[key] = value

    def _page(self, document: Document) -> Page | None:
        assert isinstance(document, ReceiptCompleted)
        return compose(document, ShopHead(("Zoo Neumann",)), GERMAN)

    async def sell(self, number: int) -> str:
        receipt = numbered(number)
        await self._keep(self.spool.entries_for(receipt))
        self.spool.enqueue(receipt)
        return receipt.receipt_no

    async def killed(self) -> None:
        """The process is gone at once, and a new one is there with what was kept."""
        kept = dict(self.kept)
        await self.spool.stop(grace_s=0)
        self.kept = kept
        self.spool = self._spool()
        self.spool.restore(kept)
        self.spool.start()

    async def all_printed(self) -> None:
        await until(lambda: not self.kept)

    def printed(self, number: int) -> int:
        return self.bench.printed.count(f"Beleg 1-{number:06d}")


@pytest.fixture(params=["tcp", "pty"])
async def till(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Till]:
    bench = Bench(request.param, tmp_path)
    await bench.start()
    made = Till(bench)
    yield made
    await made.spool.stop(grace_s=0)
    await bench.stop()


@pytest.mark.parametrize(
    ("fault", "repair"), [("cover_open", "cover_close"), ("silent", "answer"), ("unplug", "plug"), ("break", "mend")]
)
async def test_the_queue_grows_and_nothing_is_lost(till: Till, fault: str, repair: str) -> None:
    await till.bench.printer.ready()
    await till.bench.hasty()
    await till.bench.fault(fault)
    await until(lambda: till.bench.view.power != "ONLINE")
    for number in (1, 2, 3):
        await till.sell(number)
    assert till.spool.status()["waiting"] == 3
    await till.bench.fault(repair)
    till.bench.patient()
    await till.all_printed()
    assert [till.printed(number) for number in (1, 2, 3)] == [1, 1, 1]
    assert till.spool.status()["uncertain"] == []


async def test_printer_off_at_payment(till: Till) -> None:
    """What the screens warn of before a card payment; the receipt of a cash sale waits."""
    await till.bench.printer.ready()
    assert trouble_of({"printer": till.spool.status()}) == ""
    await till.bench.fault("unplug")
    await until(lambda: trouble_of({"printer": till.spool.status()}) != "")
    await till.sell(1)
    assert till.spool.status()["waiting"] == 1
    await till.bench.fault("plug")
    await till.all_printed()
    assert till.printed(1) == 1
    assert trouble_of({"printer": till.spool.status()}) == ""


async def test_printer_till_killed_in_sending(till: Till) -> None:
    await till.bench.printer.ready()
    await till.bench.fault("paper_out 3")
    first = await till.sell(1)
    second = await till.sell(2)
    await until(lambda: till.bench.printed.count("\n") == 3)
    await till.killed()
    job = till.spool.job(first)
    assert job is not None
    assert job.state is State.UNCERTAIN
    await till.bench.fault("paper_in")
    await until(lambda: till.spool.job(second) is None)
    assert [till.printed(number) for number in (1, 2)] == [1, 1], "the printer held the first, nobody sent it again"
    await till.spool.accept(first)
    await till.all_printed()
    assert till.printed(1) == 1


async def test_what_nobody_can_know_is_printed_again_only_as_a_copy(till: Till) -> None:
    await till.bench.printer.ready()
    await till.bench.fault("drop_at_fence")
    first = await till.sell(1)
    await until(lambda: till.spool.status()["uncertain"] == [first])
    second = await till.sell(2)
    await until(lambda: till.spool.job(second) is None)
    assert till.printed(1) == 1
    await till.spool.reprint(first)
    await till.all_printed()
    assert till.printed(1) == 2
    assert till.bench.printed.count("ZWEITDRUCK") == 1
