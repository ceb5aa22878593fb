"""A receipt that is printed while it is rung, before a printer in trouble, over TCP and over a pseudo-terminal.

Rows of the failure matrix: ringing goes on whatever the printer does, nothing is lost, nothing is on the paper twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from receipts import ShopHead
from tests.app.engine.ringing import Counter, carried, column, pieces_of, total
from tests.contracts.test_printer_contract import Bench, until


class _Look(Mapping[str, str]):
    """What the printer says of itself, as it is whenever somebody looks."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def _now(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self._bench.view)

    def __getitem__(self, key: str) -> str:
        return str(self._now()[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


class TellingBench(Bench):
    """A bench whose printer tells a till, as wiring joins them."""

    counter: Counter | None = None

    def _changed(self) -> None:
        super()._changed()
        if self.counter is not None:
            self.counter.spool.printer_changed()


class Shop:
    """A counter with a printer on a real wire."""

    def __init__(self, bench: TellingBench, **more: Any) -> None:
        self.bench = bench
        self.counter = bench.counter = Counter(bench.printer, **more)
        self.counter.look = _Look(bench)

    def pieces(self) -> list[list[str]]:
        return pieces_of(self.bench.printed.splitlines())

    async def ring(self, name: str) -> None:
        await self.counter.ring(name, 100)

    async def on_paper(self, text: str) -> None:
        await until(lambda: text in self.bench.printed)
        await self.counter.quiet()

    async def stops_before_the_head(self) -> asyncio.Event:
        """The receipt is printed; the next one's head is as soon as that event is set."""
        stopped, goes_on, ready = asyncio.Event(), asyncio.Event(), self.bench.printer.ready

        async def held() -> None:
            if self.counter.heading:
                stopped.set()
                await goes_on.wait()
            await ready()

        self.bench.printer.ready = held  # type: ignore[method-assign]
        await self.counter.pay()
        await stopped.wait()
        return goes_on


@pytest.fixture(params=["tcp", "pty"])
async def shop(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    bench = TellingBench(request.param, tmp_path)
    await bench.start()
    made = Shop(bench)
    await made.ring("Napf")
    await made.on_paper("Napf")
    yield made
    await made.counter.spool.stop(grace_s=0)
    await bench.stop()


async def test_printer_paper_out_mid_receipt(shop: Shop) -> None:
    await shop.bench.fault("paper_out 1")
    await shop.ring("Leine")
    await shop.ring("Stroh")  # on the new roll, with the rest of what the printer had, or behind it
    await until(lambda: shop.bench.view.paper == "out")
    for name in ("Kauknochen", "Ball"):
        await shop.ring(name)
    await shop.bench.fault("paper_in")
    receipt = await shop.counter.pay()
    await shop.on_paper("SUMME")
    pieces = shop.pieces()
    assert sum(map(column, pieces)) == receipt.total_minor == 500, "nothing lost, nothing twice"
    assert "FORTSETZUNG" in "\n".join(pieces[-1])
    assert carried(pieces[-1]) + column(pieces[-1]) == total(pieces[-1]) == 500
    assert shop.counter.kept == {}


async def test_printer_a_new_roll_between_two_lines(shop: Shop) -> None:
    await shop.bench.fault("paper_out")
    await until(lambda: shop.bench.view.paper == "out")
    await shop.bench.fault("paper_in")
    await until(lambda: shop.bench.view.paper == "ok")
    await shop.ring("Leine")
    await shop.counter.pay()
    await shop.on_paper("SUMME")
    first, last = shop.pieces()
    assert (column(first), carried(last), total(last)) == (100, 100, 200)


@pytest.mark.parametrize(("fault", "mended"), [("cover_open", "cover_close"), ("silent", "answer")])
async def test_printer_cover_open_or_silent(shop: Shop, fault: str, mended: str) -> None:
    await shop.bench.hasty()
    await shop.bench.fault(fault)
    await until(lambda: shop.bench.view.power == "OFFLINE")
    for name in ("Leine", "Stroh", "Ball"):
        await shop.ring(name)
    assert shop.counter.spool.status()["waiting"] == 1
    await shop.bench.fault(mended)
    shop.bench.patient()
    await shop.counter.pay()
    await shop.on_paper("SUMME")
    (piece,) = shop.pieces()
    assert column(piece) == total(piece) == 400, "the paper was whole all the time"


@pytest.mark.parametrize("fault", ["drop_at_fence", "unplug"])
async def test_printer_gone_before_the_fence(shop: Shop, fault: str) -> None:
    """The power fails in the middle of a line: the cashier is asked, and the receipt goes on as she says."""
    if fault == "unplug":
        await shop.bench.fault("lose_fence")
    else:
        await shop.bench.fault(fault)
    await shop.ring("Leine")
    if fault == "unplug":
        await until(lambda: "Leine" in shop.bench.printed)
        await shop.bench.fault("unplug")
    await until(lambda: bool(shop.counter.spool.status()["uncertain"]))
    await shop.ring("Stroh")
    await shop.counter.pay()
    if fault == "unplug":
        await shop.bench.fault("plug")
    await shop.counter.until(lambda: shop.counter.spool.status()["waiting"] == 1)
    (name,) = shop.counter.spool.status()["uncertain"]
    assert shop.bench.printed.count("Leine") == 1, "never sent again by itself"
    await shop.counter.spool.accept(name)
    await shop.on_paper("SUMME")
    first, last = shop.pieces()
    assert (column(first), carried(last), total(last)) == (200, 200, 300)
    assert shop.bench.printed.count("Leine") == 1


async def test_any_unplug_and_replug_between_two_lines(shop: Shop) -> None:
    await shop.bench.fault("unplug")
    await until(lambda: shop.bench.view.power != "ONLINE")
    await shop.ring("Leine")
    await shop.bench.fault("plug")
    await shop.counter.pay()
    await shop.on_paper("SUMME")
    (piece,) = shop.pieces()
    assert column(piece) == total(piece) == 200
    assert "Vorgang" in "\n".join(piece)


HEAD = ShopHead(("Zoo Neumann", "Messestand 4", "50679 Köln"))


@pytest.fixture(params=["tcp", "pty"])
async def headed(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Shop]:
    """A shop that prints heads ahead, with a sale open that is on the paper."""
    bench = TellingBench(request.param, tmp_path)
    await bench.start()
    made = Shop(bench, head_ahead=True, shop=HEAD)
    await made.ring("Napf")
    await made.on_paper("Napf")
    yield made
    await made.counter.spool.stop(grace_s=0)
    await bench.stop()


async def test_printer_paper_out_while_the_head_is_printed_ahead(headed: Shop) -> None:
    """Half of it is on the old roll: it is marked and cut off, and the next receipt has a head of its own."""
    goes_on = await headed.stops_before_the_head()
    await headed.bench.fault("paper_out 1")
    goes_on.set()
    await until(lambda: headed.bench.view.paper == "out")
    await headed.ring("Leine")
    await headed.bench.fault("paper_in")
    await headed.counter.pay()
    await until(lambda: headed.bench.printed.count("SUMME") == 2)
    await headed.counter.quiet()
    first, cancelled, last, ahead = headed.pieces()
    assert [column(first), column(last)] == [total(first), total(last)] == [100, 100]
    assert "UNGÜLTIG" in "\n".join(cancelled)
    assert [row.strip() for row in last[:3]] == [row.strip() for row in ahead] == list(HEAD.lines)


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
async def test_printer_paper_changed_while_a_head_hangs(headed: Shop, fault: str) -> None:
    shop = headed
    await shop.counter.pay()
    await shop.counter.quiet()
    assert [row.strip() for row in shop.pieces()[-1]] == list(HEAD.lines)
    await shop.bench.fault(fault)
    await until(lambda: shop.bench.view.trouble == fault)
    await shop.bench.fault({"paper_out": "paper_in", "cover_open": "cover_close"}[fault])
    await shop.ring("Leine")
    await shop.on_paper("Leine")
    _, cancelled, begun = shop.pieces()
    assert "UNGÜLTIG" in "\n".join(cancelled)
    assert [row.strip() for row in begun[:3]] == list(HEAD.lines)


async def test_printer_gone_while_the_head_is_printed_ahead(headed: Shop) -> None:
    """Nobody is asked about a head."""
    goes_on = await headed.stops_before_the_head()
    await headed.bench.fault("drop_at_fence")
    goes_on.set()
    await headed.counter.quiet()
    assert headed.counter.spool.status()["uncertain"] == []
    await headed.ring("Leine")
    await headed.on_paper("Leine")
    _, cancelled, begun = headed.pieces()
    assert "UNGÜLTIG" in "\n".join(cancelled)
    assert [row.strip() for row in begun[:3]] == list(HEAD.lines)
