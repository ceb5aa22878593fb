"""What can be printed, as neutral values, and how printing ended.

A *chunk* is what is sent and confirmed as one: all of its bytes, then a fence that the
printer answers when it has come that far. Whoever has pages makes chunks; only
``escpos.py`` makes bytes.
"""

from __future__ import annotations

from enum import Enum
from typing import Literal

import msgspec

MAX_CHUNK_BYTES = 256 * 1024
"""More is no chunk: a receipt of two hundred lines stays below."""


class Text(msgspec.Struct, frozen=True):
    """One line, already cut to the paper's columns; ended by a line feed."""

    text: str
    bold: bool = False
    tall: bool = False
    wide: bool = False
    centred: bool = False
    red: bool = False
    """Bold where the printer has one colour."""


class Symbol(msgspec.Struct, frozen=True):
    """A code for scanners, centred. ``code128`` takes printable ASCII of at most 20 characters."""

    data: str
    kind: Literal["qr", "code128"] = "qr"


class Feed(msgspec.Struct, frozen=True):
    """Empty lines, 1 to 255."""

    lines: int


class Cut(msgspec.Struct, frozen=True):
    """Feed past the knife and cut; on a printer without knife only feed."""


class Logo(msgspec.Struct, frozen=True):
    """The shop's logo, centred, if the printer was given one; else nothing."""


class Picture(msgspec.Struct, frozen=True):
    """Black and white dots, ``across`` in a row. ``rows`` from the top, each padded to whole bytes; a 1 is black."""

    across: int
    rows: bytes

    @property
    def row_bytes(self) -> int:
        """Bytes of a row."""
        return (self.across + 7) // 8


Instruction = Text | Symbol | Feed | Cut | Logo


class Chunk(msgspec.Struct, frozen=True):
    """What is sent and confirmed as one."""

    instructions: tuple[Instruction, ...]


class Outcome(Enum):
    """How a chunk ended. Only ``NOT_SENT`` may be sent again without asking a person."""

    PRINTED = "printed"
    """The fence was answered."""
    NOT_SENT = "not_sent"
    """Not one byte left: the printer was known to be unable before the first."""
    UNCERTAIN = "uncertain"
    """Bytes left and no fence came back: it may be on the paper, in part or in whole, now or later."""


class Result(msgspec.Struct, frozen=True):
    """The outcome; ``reason`` is a code: ``offline``, ``paper_out``, ``cover_open``, ``failure``, ``connection_lost``
    or ``no_fence``; empty when printed."""

    outcome: Outcome
    reason: str = ""
