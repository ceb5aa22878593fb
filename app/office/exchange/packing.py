"""Rows on their way through the control socket: packed to a third, so that a catalogue fits into one frame. Pure.

Each row is a line of JSON: its number in the file, and a text (or null: the file says nothing) for each column.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from app.office.rows import MAX_LINES, BadRow, Rows
from app.text import gettext as _

UNPACKED_BYTES_MAX = 128 * 1024 * 1024
PACKED_CHARACTERS_MAX = 15 * 1024 * 1024
"""With the rest of the request below a frame of the control socket."""


class TooMuch(ValueError):
    """More rows than one file may have; the text is a sentence."""


def pack(columns: Sequence[str], rows: Iterable[tuple[int, Mapping[str, str]]]) -> str:
    """The rows as one text. ``TooMuch``."""
    return pack_values([line, *(row.get(name) for name in columns)] for line, row in rows)


def pack_values(values: Iterable[Any]) -> str:
    """Values of JSON, one after the other, as one text. ``TooMuch``."""
    packer = zlib.compressobj(6)
    parts: list[bytes] = []
    size = 0
    for value in values:
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        raw = text.encode("utf-8", "replace") + b"\n"
        size += len(raw)
        parts.append(packer.compress(raw))
        if size > UNPACKED_BYTES_MAX:
            raise TooMuch(_too_much())
    parts.append(packer.flush())
    packed = base64.b64encode(b"".join(parts)).decode("ascii")
    if len(packed) > PACKED_CHARACTERS_MAX:
        raise TooMuch(_too_much())
    return packed


def unpack(columns: Sequence[str], packed: str) -> Rows:
    """The rows again, one after the other. ``ValueError`` (also while they are taken) for what is none."""
    return Rows(tuple(columns), _rows(tuple(columns), unpack_values(packed)))


def unpack_values(packed: str) -> Iterator[Any]:
    """The values again. ``ValueError`` (also while they are taken) for what is none."""
    try:
        raw = base64.b64decode(packed, validate=True)
        unpacker = zlib.decompressobj()
        text = unpacker.decompress(raw, UNPACKED_BYTES_MAX)
    except (binascii.Error, zlib.error) as error:
        raise ValueError("no packed rows") from error
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise ValueError("too many packed rows")
    return _values(text)


def _values(text: bytes) -> Iterator[Any]:
    start = 0
    while start < len(text):
        end = text.find(b"\n", start)
        yield json.loads(text[start:end])
        start = end + 1


def _rows(columns: tuple[str, ...], values: Iterable[Any]) -> Iterator[tuple[int, dict[str, str] | BadRow]]:
    for count, (line, *cells) in enumerate(values, 1):
        if count > MAX_LINES:
            raise ValueError("no packed rows")
        yield line, {name: cell for name, cell in zip(columns, cells, strict=True) if cell is not None}


def _too_much() -> str:
    return _("the file holds too much to be taken over at once; split it")
