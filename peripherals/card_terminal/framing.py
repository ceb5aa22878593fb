"""How APDUs travel: bare on TCP, in frames on a serial line. Pure: bytes in, APDUs and bytes to send out.

Serial, 9600 8N2: ``10 02`` APDU ``10 03`` CRC-low CRC-high, every ``10`` of the APDU doubled; the checksum is
CRC-16/KERMIT over the APDU as it was before that, and ``03``. The other side answers ``06`` (whole) or ``15`` (not).
What was not answered is never said again by itself; what was refused with ``15`` is, unless it moves money: a
terminal that took it and was misheard would charge twice. Its line is then lost, and the terminal asked.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

from peripherals.card_terminal.apdu import MAX_DATA_BYTES, MONEY, Apdu, Malformed, decode

ACK, NAK = 0x06, 0x15
DLE, STX, ETX = 0x10, 0x02, 0x03
MAX_TRIES = 3
"""How often a frame is said, and how often a broken one is heard, before the line is given up."""
MAX_QUEUED = 32
MAX_FRAME_BYTES = 2 * (MAX_DATA_BYTES + 5) + 6


class Framing(Protocol):
    """One connection's framing. ``Malformed`` from ``receive`` or ``send``: give the line up."""

    def receive(self, data: bytes) -> list[Apdu]:
        """The APDUs that are whole now."""

    def send(self, apdu: Apdu) -> None:
        """Say this when its turn has come (``take_output``)."""

    def take_output(self) -> bytes:
        """The bytes to send now."""

    @property
    def half(self) -> bool:
        """Whether a message has begun and is not whole."""


class TcpFraming:
    """Bare APDUs: TCP has what a serial line lacks."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._output = bytearray()

    def receive(self, data: bytes) -> list[Apdu]:
        self._buffer += data
        apdus = []
        while (found := decode(bytes(self._buffer))) is not None:
            apdu, used = found
            apdus.append(apdu)
            del self._buffer[:used]
        return apdus

    def send(self, apdu: Apdu) -> None:
        self._output += apdu.encoded()

    @property
    def half(self) -> bool:
        return bool(self._buffer)

    def take_output(self) -> bytes:
        output, self._output = bytes(self._output), bytearray()
        return output


class SerialFraming:
    """Frames with a checksum, each answered before the next is sent."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._output = bytearray()
        self._queue: deque[Apdu] = deque()
        self._said = 0
        """How often the first of the queue was said; 0: not yet."""
        self._misheard = 0

    def receive(self, data: bytes) -> list[Apdu]:
        self._buffer += data
        apdus = []
        while self._buffer:
            used, apdu = self._next()
            if not used:
                break
            del self._buffer[:used]
            if apdu is not None:
                apdus.append(apdu)
        if len(self._buffer) > MAX_FRAME_BYTES:
            raise Malformed("a frame without an end")
        return apdus

    def send(self, apdu: Apdu) -> None:
        if len(self._queue) >= MAX_QUEUED:
            raise Malformed("the terminal answers no frame")
        self._queue.append(apdu)
        if not self._said:
            self._say()

    def take_output(self) -> bytes:
        output, self._output = bytes(self._output), bytearray()
        return output

    @property
    def half(self) -> bool:
        return bool(self._buffer)

    def _next(self) -> tuple[int, Apdu | None]:
        """What the buffer begins with: the bytes used (0: more are needed), and the APDU if it was one."""
        first = self._buffer[0]
        if first == ACK:
            self._acknowledged()
            return 1, None
        if first == NAK:
            self._refused()
            return 1, None
        if first != DLE:
            return 1, None  # noise between frames
        if len(self._buffer) < 2:
            return 0, None
        if self._buffer[1] != STX:
            return 1, None
        return self._frame()

    def _frame(self) -> tuple[int, Apdu | None]:
        content, used = unescaped(bytes(self._buffer[2:]))
        if content is None:
            return 0, None
        used += 2
        if len(self._buffer) < used + 2:
            return 0, None
        checked = int.from_bytes(self._buffer[used : used + 2], "little") == kermit(content + bytes((ETX,)))
        found = decode(content) if checked else None
        if found is None or found[1] != len(content):
            self._misheard += 1
            if self._misheard >= MAX_TRIES:
                raise Malformed("frames with wrong checksums")
            self._output.append(NAK)
            return used + 2, None
        self._misheard = 0
        self._output.append(ACK)
        return used + 2, found[0]

    def _acknowledged(self) -> None:
        if self._said:
            self._queue.popleft()
            self._said = 0
            if self._queue:
                self._say()

    def _refused(self) -> None:
        if not self._said:
            return
        if self._said >= MAX_TRIES or self._queue[0].control in MONEY:
            raise Malformed("the terminal refuses what it hears")
        self._say()

    def _say(self) -> None:
        self._said += 1
        self._output += framed(self._queue[0].encoded())


def framed(content: bytes) -> bytes:
    """The APDU's bytes as a frame.

    >>> framed(bytes.fromhex("800000")).hex(" ")
    '10 02 80 00 00 10 03 f5 1f'
    """
    checksum = kermit(content + bytes((ETX,))).to_bytes(2, "little")
    return bytes((DLE, STX)) + content.replace(b"\x10", b"\x10\x10") + bytes((DLE, ETX)) + checksum


def unescaped(data: bytes) -> tuple[bytes | None, int]:
    """What stands before ``10 03``, with the bytes used including that; None as long as it has not come.

    A lone ``10`` begins something else: what was heard so far is no frame, and its checksum will say so.
    """
    content = bytearray()
    at = 0
    while at + 1 < len(data) or (at < len(data) and data[at] != DLE):
        if data[at] != DLE:
            content.append(data[at])
            at += 1
        elif data[at + 1] == ETX:
            return bytes(content), at + 2
        else:
            content.append(data[at + 1])
            at += 2
    return None, 0


def kermit(data: bytes) -> int:
    """CRC-16/KERMIT (polynomial 1021h reflected, starting at 0).

    >>> hex(kermit(b"123456789"))
    '0x2189'
    """
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _REMAINDERS[(crc ^ byte) & 0xFF]
    return crc


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0x8408 if byte & 1 else 0)
    return byte


_REMAINDERS = tuple(map(_remainder, range(256)))
