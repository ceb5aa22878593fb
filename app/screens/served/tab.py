"""What a tab sends: textual-serve's client writes JSON lists, ``[kind, ...]``, one a websocket message.

Any page of this server can send anything, so every field is checked; what is not understood is None and does nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import msgspec

from app.screens.served.program import Size

SMALLEST, LARGEST = Size(20, 5), Size(500, 200)
MAX_MESSAGE_BYTES = 65_536


class Typed(msgspec.Struct, frozen=True):
    """Keys or a paste, as the bytes of a terminal."""

    data: bytes


class Resized(msgspec.Struct, frozen=True):
    """The tab has another size."""

    size: Size


class Ping(msgspec.Struct, frozen=True):
    """To be answered with the same text."""

    text: str


def read(message: str) -> Typed | Resized | Ping | None:
    """The message; None if it means nothing to a till."""
    try:
        # Not msgspec: it refuses half a pair of surrogates, and what is typed must not be lost in silence.
        said = json.loads(message)
    except (ValueError, RecursionError):
        return None
    match said:
        case ["stdin", str(text)]:
            # Half a pair is no UTF-8: the driver makes of it what it makes of any such byte.
            return Typed(text.encode("utf-8", "surrogatepass"))
        case ["resize", {"width": int(width), "height": int(height)}]:
            return Resized(_bounded(width, height))
        case ["ping", str(text)]:
            return Ping(text)
    return None


def first_size(query: Mapping[str, str]) -> Size:
    """The size with which a tab begins; 80x24 if it does not say."""
    width, height = (query.get(name, "") for name in ("width", "height"))
    return _bounded(_number(width, 80), _number(height, 24))


def _number(text: str, default: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else default


def _bounded(width: int, height: int) -> Size:
    return Size(
        min(max(width, SMALLEST.columns), LARGEST.columns),
        min(max(height, SMALLEST.rows), LARGEST.rows),
    )
