"""The bytes that let through and bar again, for relays on a serial line. Pure.

The common boards take four bytes: ``A0``, the channel, ``01`` or ``00``, and the low byte of their
sum. For everything else the two byte strings are configuration, written in hexadecimal.
"""

from __future__ import annotations

import msgspec

MAX_PULSE_S = 10.0
"""No gate stays open longer, whatever anybody wants."""
MAX_CHANNEL = 16
MAX_BYTES = 64


class Strokes(msgspec.Struct, frozen=True):
    """What is written to let through (``on``) and to bar again (``off``)."""

    on: bytes
    off: bytes


def board(channel: int = 1) -> Strokes:
    """A relay board's channel, 1 to 16; ``ValueError`` for any other.

    >>> [stroke.hex(" ").upper() for stroke in (board(1).on, board(1).off, board(2).on)]
    ['A0 01 01 A2', 'A0 01 00 A1', 'A0 02 01 A3']
    """
    if not 1 <= channel <= MAX_CHANNEL:
        raise ValueError(f"a relay board has channels 1 to {MAX_CHANNEL}, not {channel}")
    return Strokes(_frame(channel, 1), _frame(channel, 0))


def raw(on: str, off: str) -> Strokes:
    """Two byte strings in hexadecimal (``"A0 01 01 A2"``); ``ValueError`` for anything else, or for equal ones."""
    strokes = Strokes(_bytes(on), _bytes(off))
    if strokes.on == strokes.off:
        raise ValueError("a gate that opens and closes with the same bytes would stay as it is, or toggle")
    return strokes


def _frame(channel: int, state: int) -> bytes:
    return bytes((0xA0, channel, state, (0xA0 + channel + state) & 0xFF))


def _bytes(text: str) -> bytes:
    try:
        found = bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not hexadecimal; write bytes like A0 01 01 A2") from None
    if not 1 <= len(found) <= MAX_BYTES:
        raise ValueError(f"1 to {MAX_BYTES} bytes, not {len(found)}")
    return found
