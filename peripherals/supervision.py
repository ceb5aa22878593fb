"""One owner per device: claims it, opens its line, and tries again when that is lost.

Pauses between tries: 0.5 s, doubling to 30 s, with jitter, so that several tills do not knock at a shared device in
step. A device that was healthy for ten seconds is tried at once again at the shortest pause: a plug that is pulled and
put back costs half a second, and a device that is off costs little.
"""

from __future__ import annotations

import asyncio
import logging
import random
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Literal

import msgspec

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.opening import open_wire
from peripherals.wire import Wire, WireError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
HEALTHY_AFTER_S = 10.0

State = Literal["CLOSED", "IDLE", "BUSY", "ERROR"]
Power = Literal["ONLINE", "OFF", "OFFLINE"]

_log = logging.getLogger(__name__)


class Backoff:
    """Pauses in seconds, each between half and all of its step; bounded by ``longest_s``."""

    def __init__(
        self, rng: random.Random, *, first_s: float = FIRST_PAUSE_S, longest_s: float = LONGEST_PAUSE_S
    ) -> None:
        self._rng = rng
        self._first_s = first_s
        self._longest_s = longest_s
        self._step_s = first_s

    def pause_s(self, healthy_for_s: float) -> float:
        """The pause after a device that had been healthy for this long failed."""
        if healthy_for_s >= HEALTHY_AFTER_S:
            self._step_s = self._first_s
        step_s = self._step_s
        self._step_s = min(self._step_s * 2, self._longest_s)
        return step_s * self._rng.uniform(0.5, 1.0)


class DeviceView(msgspec.Struct, frozen=True):
    """How a device is, in the words of UnifiedPOS.

    ``error``: ``CLOSED``, ``CLAIMED``, ``DISABLED``, ``NOHARDWARE``, ``OFFLINE``, ``FAILURE``, ``TIMEOUT``, ``BUSY``,
    or of EXTENDED errors the cause in small letters (``cover_open``, ``overweight``); empty: none. ``detail`` is for
    people who look closer.
    """

    name: str
    kind: str
    state: State
    power: Power
    error: str = ""
    detail: str = ""


class Device(ABC):
    """A device at ``address``. Run ``run`` as a task as long as it is in use."""

    def __init__(
        self,
        name: str,
        kind: str,
        address: str,
        line: Line = Line(),  # noqa: B008 - a frozen value
        *,
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        """``name`` is what people call it, ``kind`` its class."""
        self.name = name
        self.kind = kind
        self.address = address
        self._line = line
        self._claims = claims
        self._backoff = Backoff(rng)
        self._on_change = on_change
        self._view = DeviceView(name, kind, "CLOSED", "OFF", "CLOSED")

    async def run(self) -> None:
        """Keep the device until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            opened_at = loop.time()
            try:
                wire = await self.opened()
            except WireError as error:
                self.became("CLOSED", "OFF", error.code, error.reason)
            else:
                opened_at = loop.time()
                await self._served(wire)
            await asyncio.sleep(self._backoff.pause_s(loop.time() - opened_at))

    def view(self) -> DeviceView:
        """How it is now."""
        return self._view

    async def test(self) -> str:
        """Do something that a person beside it can see, if it can; what is wrong (an ``error``), or nothing."""
        return self._view.error

    def became(self, state: State = "IDLE", power: Power = "ONLINE", error: str = "", detail: str = "") -> None:
        """It is so from now on; who wants to know is told if that is new."""
        view = DeviceView(self.name, self.kind, state, power, error, detail)
        if view != self._view:
            self._view = view
            self._on_change()

    async def opened(self) -> Wire:
        """Claim the device and open its line; ``WireError`` if that cannot be."""
        return await open_wire(self.address, self._line, claims=self._claims)

    @abstractmethod
    async def serve(self, wire: Wire) -> None:
        """Use the line until it is lost: return, or raise ``OSError``. Begins by finding out who answers there."""

    async def _served(self, wire: Wire) -> None:
        reason = ""
        try:
            await self.serve(wire)
        except OSError as error:  # TimeoutError is one
            reason = error.strerror or str(error)
        except Exception:  # noqa: BLE001 - a fault in one device must not end the others, nor itself for good
            _log.exception("%s (%s) failed; it is tried again", self.name, self.kind)
            reason = "failed"
        finally:
            await wire.close()
        self.became("CLOSED", "OFF", "OFFLINE", reason)
