"""Readers that PC/SC knows, with a PC/SC that is played: cards, a reader that is pulled, a pcscd that restarts."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from peripherals.badge.codec import Presented, Unreadable
from peripherals.badge.device import BadgeReader
from peripherals.badge.pcsc import GET_UID, UNAVAILABLE
from peripherals.claiming import Claims
from peripherals.line import Line
from tests.peripherals.echoing import until

ACR = "ACS ACR122U 00 00"
UID = [0x04, 0xA1, 0xB2, 0xC3]


class Scard(types.ModuleType):
    """``smartcard.scard`` as far as it is used: a card that may lie on the reader, a service that may fail."""

    SCARD_S_SUCCESS, SCARD_E_TIMEOUT, SCARD_E_NO_SERVICE = 0, 1, 2
    SCARD_SCOPE_USER = SCARD_SHARE_SHARED = SCARD_LEAVE_CARD = 0
    SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 = 1, 2
    SCARD_STATE_UNAWARE, SCARD_STATE_CHANGED, SCARD_STATE_UNKNOWN = 0, 2, 4
    SCARD_STATE_UNAVAILABLE, SCARD_STATE_EMPTY, SCARD_STATE_PRESENT = 8, 16, 32

    def __init__(self) -> None:
        super().__init__("smartcard.scard")
        self.readers = [ACR]
        self.serves = True
        self.card: list[int] | None = None
        self.asked: list[list[int]] = []
        self._count = 0
        self.contexts = 0
        self.released = 0
        self._changed = threading.Event()

    def put(self, card: list[int] | None) -> None:
        self.card = card
        self._count += 1 << 16
        self._changed.set()

    def SCardEstablishContext(self, _scope: int) -> tuple[int, int]:  # noqa: N802 - its name
        self.contexts += 1
        return (0 if self.serves else self.SCARD_E_NO_SERVICE), self.contexts

    def SCardReleaseContext(self, _context: int) -> int:  # noqa: N802
        self.released += 1
        return 0

    def SCardListReaders(self, _context: int, _groups: list[str]) -> tuple[int, list[str]]:  # noqa: N802
        return 0, self.readers

    def SCardGetStatusChange(self, _context: int, _wait: int, states: Any) -> tuple[int, Any]:  # noqa: N802
        ((reader, known),) = states
        if self._state() == known:
            self._changed.wait(0.01)
            self._changed.clear()
        if not self.serves:
            return self.SCARD_E_NO_SERVICE, []
        if reader not in self.readers:
            return 0, [(reader, self.SCARD_STATE_UNKNOWN, [])]
        state = self._state()
        if state == known:
            return self.SCARD_E_TIMEOUT, []
        return 0, [(reader, state | self.SCARD_STATE_CHANGED, [])]

    def _state(self) -> int:
        return self._count | (self.SCARD_STATE_PRESENT if self.card else self.SCARD_STATE_EMPTY)

    def SCardConnect(self, *_how: Any) -> tuple[int, int, int]:  # noqa: N802
        return (0, 1, 1) if self.card else (self.SCARD_E_TIMEOUT, 0, 0)

    def SCardTransmit(self, _card: int, _protocol: int, command: list[int]) -> tuple[int, list[int]]:  # noqa: N802
        assert command == GET_UID
        card = self.card or []
        self.asked.append(card)
        return 0, [*card, 0x90, 0x00] if len(card) > 1 else [0x6A, 0x81]

    def SCardDisconnect(self, _card: int, _how: int) -> int:  # noqa: N802
        return 0

    def SCardGetErrorMessage(self, code: int) -> str:  # noqa: N802
        return f"error {code}"


@pytest.fixture
def scard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scard]:
    played = Scard()
    package = types.ModuleType("smartcard")
    package.scard = played  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "smartcard", package)
    monkeypatch.setitem(sys.modules, "smartcard.scard", played)
    yield played
    played.serves = False


class Desk:
    def __init__(self, folder: Path, address: str = "pcsc:") -> None:
        self.heard: list[Presented | Unreadable] = []
        self.device = BadgeReader(
            "desk", address, Line(), hear=self.heard.append, claims=Claims(folder), rng=random.Random(7)
        )
        self._task = asyncio.create_task(self.device.run())

    async def aclose(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def stands(self) -> None:
        await until(lambda: self.device.view().state == "IDLE")


async def test_a_card_is_presented_once_by_its_number_and_a_dumb_one_is_not(scard: Scard, tmp_path: Path) -> None:
    async with contextlib.aclosing(Desk(tmp_path)) as desk:
        await desk.stands()
        scard.put(UID)
        await until(lambda: desk.heard)
        scard.put([0])
        await until(lambda: [0] in scard.asked)
        scard.put(None)
        scard.put([1, 2, 3, 4, 5, 6, 7])
        await until(lambda: len(desk.heard) == 2)
    assert desk.heard == [Presented("04A1B2C3"), Presented("01020304050607")]
    assert scard.released == scard.contexts, "nothing of PC/SC is left behind"


async def test_a_restarted_pcscd_and_a_replugged_reader_are_found_again(scard: Scard, tmp_path: Path) -> None:
    async with contextlib.aclosing(Desk(tmp_path, "pcsc:ACS ACR122")) as desk:
        await desk.stands()
        scard.serves = False
        await until(lambda: desk.device.view().error == "FAILURE")
        scard.serves, scard.readers = True, []
        await until(lambda: desk.device.view().error == "NOHARDWARE")
        scard.readers = ["Other 00", "ACS ACR122U 01 00"]
        await desk.stands()
        scard.put(UID)
        await until(lambda: desk.heard)


async def test_without_pyscard_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "smartcard", None)
    async with contextlib.aclosing(Desk(tmp_path)) as desk:
        await until(lambda: desk.device.view().error == "NOHARDWARE")
        assert desk.device.view().detail == UNAVAILABLE
