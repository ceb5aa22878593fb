"""One open line to a printer: which fence is sent, and what confirms it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from peripherals.claiming import Claims
from peripherals.printer_link import FenceKind, PrinterLink
from peripherals.status import ASK_MAKER, ENABLE_ASB, FENCE, id_fence
from peripherals.wire import Wire

EPSON, OTHER = b"_EPSON\x00", b"_XPRINTER\x00"


class Line(Wire):
    """A line on which the test is the printer."""

    def __init__(self, folder: Path) -> None:
        super().__init__(Claims(folder).claim("printer"))
        self.sent: list[bytes] = []
        self.patience_s: list[float] = []
        self._said: asyncio.Queue[bytes] = asyncio.Queue()

    def says(self, data: bytes) -> None:
        self._said.put_nowait(data)

    async def read(self) -> bytes:
        return await self._said.get()

    def write(self, data: bytes) -> None:
        self.sent.append(data)

    async def drain(self, timeout_s: float) -> None:
        self.patience_s.append(timeout_s)

    async def _close(self) -> None:
        """There is nothing to close."""


Linked = Callable[[FenceKind], tuple[Line, PrinterLink]]


@pytest.fixture
async def linked(tmp_path: Path) -> AsyncIterator[Linked]:
    """Makes a line and a link on it."""
    made: list[tuple[Line, PrinterLink]] = []

    def make(fence: FenceKind) -> tuple[Line, PrinterLink]:
        wire = Line(tmp_path)
        made.append((wire, PrinterLink(wire, numbers=itertools.count(7), answer_s=1, fence=fence)))
        return made[-1]

    yield make
    for wire, link in made:
        await link.close("the test is over")
        await wire.close()


async def heard(wire: Line, data: bytes) -> None:
    """The printer says it, and it has been heard."""
    wire.says(data)
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.parametrize(("maker", "fence"), [(EPSON, id_fence(7)), (OTHER, FENCE), (b"", FENCE)])
async def test_only_a_printer_that_says_it_is_epsons_gets_epsons_fence(
    linked: Linked, maker: bytes, fence: bytes
) -> None:
    wire, link = linked("auto")
    first = link.synchronise()
    assert wire.sent == [ASK_MAKER + ENABLE_ASB + FENCE]
    await heard(wire, maker + b"\x00")
    assert first.done()
    link.fence(b"Bon\n")
    assert wire.sent[1:] == [b"Bon\n" + ENABLE_ASB + fence]


async def test_the_fence_with_a_number_is_confirmed_by_that_number_and_nothing_else(linked: Linked) -> None:
    wire, link = linked("id")
    fence = link.synchronise()
    for answer in (b"\x00", b"\x37\x220006\x00", b"\x37\x220008\x00", b"\x12"):
        await heard(wire, answer)
        assert not fence.done(), answer
    await heard(wire, b"\x37\x220007\x00")
    assert fence.done()


async def test_the_fence_without_a_number_is_not_confirmed_by_an_older_one_with_one_nor_by_noise(
    linked: Linked,
) -> None:
    wire, link = linked("status")
    fence = link.synchronise()
    for answer in (b"\x37\x220007\x00", b"\xff\x00", b"\x12"):
        await heard(wire, answer)
        assert not fence.done(), answer
    await heard(wire, b"\x03")
    assert fence.done()


async def test_noise_ends_a_link_unless_good_answers_come_between(linked: Linked) -> None:
    wire, link = linked("status")
    for _ in range(3):
        await heard(wire, b"\xff" * 5)
        asking = asyncio.create_task(link.refresh())
        for answer in (b"\x12", b"\x12"):
            await heard(wire, answer)
        assert await asking
    await heard(wire, b"\xff" * 9)
    assert link.closed.result() == "garbage"


async def test_what_happens_while_a_chunk_is_sent_is_told_unasked(linked: Linked) -> None:
    wire, link = linked("status")
    link.fence(b"\x1b@Bon\n")
    assert wire.sent == [b"\x1b@" + ENABLE_ASB + b"Bon\n" + ENABLE_ASB + FENCE]
    await heard(wire, bytes.fromhex("18 00 0F 0F"))
    assert link.status.obstacle == "paper_out"


async def test_on_a_serial_line_a_question_waits_until_the_chunk_has_left(tmp_path: Path) -> None:
    wire = Line(tmp_path)
    link = PrinterLink(wire, numbers=itertools.count(7), answer_s=0.1, fence="status", byte_s=1)
    link.fence(b"x" * 24)
    asking = asyncio.create_task(link.refresh())
    for _ in range(5):
        await asyncio.sleep(0)
    assert len(wire.sent) == 1
    assert wire.patience_s[0] > 20, "so long the line may need"
    asking.cancel()
    await asyncio.wait({asking})
    await link.close("the test is over")
    await wire.close()


async def test_one_fence_at_a_time(linked: Linked) -> None:
    _wire, link = linked("status")
    link.fence()
    with pytest.raises(RuntimeError, match="under way"):
        link.fence()
