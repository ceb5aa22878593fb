"""A value with a ``format`` as one text that is kept in the store, and back. Pure."""

from __future__ import annotations

import base64
import binascii
import zlib
from typing import Protocol, TypeVar

import msgspec

UNPACKED_BYTES_MAX = 512 * 1024 * 1024


class Unreadable(ValueError):
    """What is kept is not whole, or of another version."""


class Versioned(Protocol):
    """``format`` is its version."""

    @property
    def format(self) -> int: ...


T = TypeVar("T", bound=Versioned)


def packed(made: Versioned) -> str:
    """As one text."""
    return base64.b64encode(zlib.compress(msgspec.json.encode(made), 1)).decode("ascii")


def unpacked(text: str, kind: type[T], version: int) -> T:
    """The value again. ``Unreadable``."""
    try:
        unpacker = zlib.decompressobj()
        raw = unpacker.decompress(base64.b64decode(text, validate=True), UNPACKED_BYTES_MAX)
        made = msgspec.json.decode(raw, type=kind) if unpacker.eof else None
    except (binascii.Error, zlib.error, msgspec.MsgspecError, ValueError) as error:
        raise Unreadable(str(error)) from None
    if made is None or made.format != version:
        raise Unreadable("of another version, or not whole")
    return made
