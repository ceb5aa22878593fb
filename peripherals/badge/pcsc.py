"""Badge readers that PC/SC knows (``address = "pcsc:"`` or ``"pcsc:ACS ACR122"``): the one place that imports pyscard.

pyscard is an extra (``pcsc`` in pyproject.toml), for it is built from source against pcscd's headers. Its
monitor classes never recover from a restart of pcscd, so this uses the low level: a thread waits for a card, asks it
for its number (``FF CA 00 00 00`` -> UID, ``90 00``) and ends with the first failure; the device opens it anew, with a
new context. As a line it brings each number as hex and CR, as a serial reader would.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from peripherals.badge.codec import PCSC
from peripherals.claiming import Claim, Claimed, Claims
from peripherals.wire import Wire, WireError

GET_UID = [0xFF, 0xCA, 0x00, 0x00, 0x00]
DONE = [0x90, 0x00]
WAIT_MS = 250
"""So long the thread waits for a card before it looks whether anybody still wants one."""
OPEN_S = 5.0
MAX_UNREAD = 16
UNAVAILABLE = "pyscard is not installed: pip install pyscard"


async def open_reader(address: str, claims: Claims) -> Wire:
    """The reader whose name begins like that (any, if none is named); ``WireError`` if it cannot be used."""
    try:
        claim = await asyncio.to_thread(claims.claim, address)
    except Claimed as error:
        raise WireError("CLAIMED", str(error)) from None
    wire = _CardWire(claim)
    try:
        async with asyncio.timeout(OPEN_S):
            await wire.open(address.removeprefix(PCSC).strip())
    except TimeoutError:
        await wire.close()
        raise WireError("TIMEOUT", "pcscd does not answer") from None
    except BaseException:
        await wire.close()
        raise
    return wire


class _CardWire(Wire):
    """Numbers of cards as lines of hex; there is nothing to write to it."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim)
        self._loop = asyncio.get_running_loop()
        self._numbers: deque[bytes] = deque(maxlen=MAX_UNREAD)
        self._news = asyncio.Event()
        self._ended: OSError | None = None
        self._wanted = threading.Event()
        self._wanted.set()
        self._opened: asyncio.Future[None] = self._loop.create_future()
        self._thread: threading.Thread | None = None

    async def open(self, name: str) -> None:
        """Begin to wait for cards; ``WireError`` if there is no such reader."""
        self._thread = threading.Thread(target=self._work, args=(name,), name="pcsc", daemon=True)
        self._thread.start()
        await asyncio.shield(self._opened)

    async def read(self) -> bytes:
        while not self._numbers:
            if self._ended is not None:
                raise self._ended
            self._news.clear()
            await self._news.wait()
        data = b"".join(self._numbers)
        self._numbers.clear()
        return data

    def write(self, data: bytes) -> None:
        """Cards are only asked for their number."""

    async def drain(self, timeout_s: float) -> None:
        """Nothing is ever on its way."""

    async def _close(self) -> None:
        self._wanted.clear()
        self._opened.cancel()
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join, OPEN_S)

    # -- in the thread

    def _work(self, name: str) -> None:
        try:
            cards = _Cards(name)
        except OSError as error:
            self._tell(self._lose, error)
            return
        self._tell(self._stands)
        try:
            while self._wanted.is_set():
                if (uid := cards.next_uid()) is not None:
                    self._tell(self._take, uid.hex().upper().encode() + b"\r")
        except OSError as error:
            self._tell(self._lose, error)
        finally:
            cards.release()

    def _tell(self, what: Callable[..., None], *values: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(what, *values)

    # -- on the loop

    def _stands(self) -> None:
        if not self._opened.done():
            self._opened.set_result(None)

    def _take(self, data: bytes) -> None:
        self._numbers.append(data)
        self._news.set()

    def _lose(self, error: OSError) -> None:
        if not self._opened.done():
            self._opened.set_exception(error)
        self._ended = error
        self._news.set()


class _Cards:
    """One context of PC/SC and one reader in it."""

    def __init__(self, name: str) -> None:
        """``WireError`` if pyscard, pcscd or the reader is not there."""
        try:
            from smartcard import scard
        except ImportError:
            raise WireError("NOHARDWARE", UNAVAILABLE) from None
        self._scard = scard
        result, self._context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
        self._check(result)
        result, readers = scard.SCardListReaders(self._context, [])
        found = [each for each in readers if each.startswith(name)] if result == scard.SCARD_S_SUCCESS else []
        if not found:
            self.release()
            raise WireError("NOHARDWARE", f"PC/SC knows no reader {name or 'at all'}; is it plugged in?")
        self._reader = found[0]
        self._state = scard.SCARD_STATE_UNAWARE

    def next_uid(self) -> bytes | None:
        """The number of a card that was put there; None: none was, for a moment. ``OSError``: the reader is gone."""
        scard = self._scard
        result, states = scard.SCardGetStatusChange(self._context, WAIT_MS, [(self._reader, self._state)])
        if result == scard.SCARD_E_TIMEOUT:
            return None
        self._check(result)
        _name, state, _atr = states[0]
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            raise ConnectionResetError("the reader is gone")
        # Cards put there and taken away are counted in the upper half: another one may lie there at once.
        is_the_same = bool(self._state & scard.SCARD_STATE_PRESENT) and self._state >> 16 == state >> 16
        self._state = state & ~scard.SCARD_STATE_CHANGED
        if not state & scard.SCARD_STATE_PRESENT or is_the_same:
            return None
        return self._uid()

    def release(self) -> None:
        """Done with it."""
        self._scard.SCardReleaseContext(self._context)

    def _uid(self) -> bytes | None:
        """The card's number; None for a card that was taken away already, or tells none."""
        scard = self._scard
        result, card, protocol = scard.SCardConnect(
            self._context, self._reader, scard.SCARD_SHARE_SHARED, scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        )
        if result != scard.SCARD_S_SUCCESS:
            return None
        try:
            result, answer = scard.SCardTransmit(card, protocol, GET_UID)
        finally:
            scard.SCardDisconnect(card, scard.SCARD_LEAVE_CARD)
        told = result == scard.SCARD_S_SUCCESS and len(answer) > 2 and list(answer[-2:]) == DONE
        return bytes(answer[:-2]) if told else None

    def _check(self, result: int) -> None:
        if result != self._scard.SCARD_S_SUCCESS:
            raise WireError("FAILURE", f"PC/SC: {self._scard.SCardGetErrorMessage(result)}")
