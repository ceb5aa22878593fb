"""What an ESC/POS printer says about itself: the codec of its replies. Pure.

A printer answers on one wire in four ways, interleaved as it likes; they are told apart
by bit patterns only:

=====================  ====================  ==========================================
reply to               length                pattern (of the first byte)
=====================  ====================  ==========================================
``DLE EOT n``          1, at once            ``0xx1xx10``  (byte & 93h == 12h)
``GS a`` (ASB)         4, unasked            ``0xx1xx00``  (& 93h == 10h), then 3 × ``0xx0xxxx``
``GS r 1``, fence B    1, in print order     ``0xx0xxxx``  (& 90h == 0)
``GS ( H``, fence A    7, in print order     ``37 22 d1 d2 d3 d4 00``
``GS I 66``            some, in print order  ``5F`` text ``00``; only while it is awaited
=====================  ====================  ==========================================

XON and XOFF are passed over. Any other byte is *noise*: it is counted, for a line that carries noise has the
wrong speed or a fault, and what it seems to say then is not to be believed. The parser never raises.
"""

from __future__ import annotations

from typing import Literal

import msgspec

ENABLE_ASB = b"\x1d\x61\x0f"
"""``ESC @`` switches it off: to be sent again behind it."""
INITIALIZE = b"\x1b\x40"
FENCE = b"\x1d\x72\x01"
ASK_MAKER = b"\x1d\x49\x42"
"""``GS I 66``: who made it. Epson's answer ``_EPSON``; many others say nothing."""
MAX_INFO_BYTES = 80
OFFLINE_CAUSE, PRINTER, PAPER = 2, 1, 4

Paper = Literal["ok", "near_end", "out"]


def ask(n: int) -> bytes:
    """``DLE EOT n``: 1 printer and drawer, 2 cause of being offline, 3 error, 4 paper sensors."""
    return bytes((0x10, 0x04, n))


def id_fence(number: int) -> bytes:
    """``GS ( H``: answered with ``number`` (0 to 9999, as four digits) when printing is complete. Epson only."""
    return b"\x1d\x28\x48\x06\x00\x30\x30" + f"{number % 10_000:04d}".encode("ascii")


class RealTime(msgspec.Struct, frozen=True):
    """The answer to the ``DLE EOT`` that was asked last."""

    byte: int


class AutoStatus(msgspec.Struct, frozen=True):
    """Four bytes of automatic status back."""

    data: bytes


class FencePassed(msgspec.Struct, frozen=True):
    """A fence was reached. ``number`` is that of fence A; -1 for fence B, which carries none."""

    number: int = -1


class Maker(msgspec.Struct, frozen=True):
    """The answer to ``ASK_MAKER``."""

    name: str


Reply = RealTime | AutoStatus | FencePassed | Maker


class PrinterStatus(msgspec.Struct, frozen=True):
    """A printer as it last described itself. ``drawer_high`` is the raw level of the drawer's sensor."""

    cover_open: bool = False
    paper: Paper = "ok"
    failure: bool = False
    drawer_high: bool = False

    @property
    def obstacle(self) -> str:
        """Why it cannot print now: ``cover_open``, ``paper_out`` or ``failure``; empty if it can."""
        if self.cover_open:
            return "cover_open"
        if self.paper == "out":
            return "paper_out"
        return "failure" if self.failure else ""


def after_real_time(status: PrinterStatus, n: int, byte: int) -> PrinterStatus:
    """The status after the answer ``byte`` to ``DLE EOT n``; each n tells a part and leaves the rest as it was."""
    replace = msgspec.structs.replace
    if n == PRINTER:
        return replace(status, drawer_high=bool(byte & 0x04))
    if n == OFFLINE_CAUSE:
        # Only the sensor (n = 4) says that there is paper again.
        paper: Paper = "out" if byte & 0x20 else status.paper
        return replace(status, cover_open=bool(byte & 0x04), failure=bool(byte & 0x40), paper=paper)
    if n == PAPER:
        return replace(status, paper=_paper(near_end=bool(byte & 0x0C), out=bool(byte & 0x60)))
    return status


def after_auto_status(status: PrinterStatus, data: bytes) -> PrinterStatus:
    """The status after four bytes of ASB, which tell all of it."""
    return msgspec.structs.replace(
        status,
        cover_open=bool(data[0] & 0x20),
        failure=bool(data[1] & 0x2C),
        paper=_paper(near_end=bool(data[2] & 0x03), out=bool(data[2] & 0x0C)),
        drawer_high=bool(data[0] & 0x04),
    )


def _paper(*, near_end: bool, out: bool) -> Paper:
    return "out" if out else "near_end" if near_end else "ok"


class ReplyParser:
    """Bytes in, replies out; holds at most one unfinished reply.

    ``noise`` counts the bytes that no printer sends. ``maker_awaited`` is set by whoever sends ``ASK_MAKER``: without
    it the byte that such an answer begins with is noise, lest one stray byte swallow what follows.
    """

    def __init__(self) -> None:
        self.noise = 0
        self.maker_awaited = False
        self._auto = b""
        self._process = b""
        self._info: bytearray | None = None

    def feed(self, data: bytes) -> list[Reply]:
        """The replies that are complete with these bytes."""
        replies: list[Reply] = []
        for byte in data:
            reply = self._one(byte)
            if reply is not None:
                replies.append(reply)
        return replies

    def _one(self, byte: int) -> Reply | None:
        if self._info is not None:
            return self._in_info(byte)
        if self._process:
            if len(self._process) > 1 or byte == 0x22:
                return self._in_process(byte)
            self.noise, self._process = self.noise + 1, b""  # a lone 37h; what follows is read for itself
        if byte == 0x37:
            self._process, self._auto = bytes((byte,)), b""
            return None
        if byte == 0x5F and self.maker_awaited:
            self._info = bytearray()
            return None
        if byte & 0x93 == 0x12:
            return RealTime(byte)
        if byte & 0x93 == 0x10:
            self._auto = bytes((byte,))
            return None
        if byte & 0x90:
            self.noise += byte not in _FLOW_CONTROL
            return None
        if not self._auto:
            return FencePassed()
        self._auto += bytes((byte,))
        if len(self._auto) < 4:
            return None
        done, self._auto = self._auto, b""
        return AutoStatus(done)

    def _in_process(self, byte: int) -> Reply | None:
        self._process += bytes((byte,))
        if len(self._process) < 7:
            return None
        digits, self._process = self._process[2:6], b""
        if digits.isdigit():
            return FencePassed(int(digits))
        self.noise += 7
        return None

    def _in_info(self, byte: int) -> Reply | None:
        if byte < 0x20 and byte & 0x93 == 0x12:
            return RealTime(byte)  # real-time answers do not wait for the end of this one
        if self._info is None or not byte or len(self._info) >= MAX_INFO_BYTES:
            name, self._info, self.maker_awaited = bytes(self._info or b""), None, False
            return Maker(name.decode("ascii", "replace"))
        self._info.append(byte)
        return None


_FLOW_CONTROL = (0x11, 0x13)
"""XON, XOFF."""
