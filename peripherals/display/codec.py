"""Two lines -> the bytes of a LineDisplay, in the command set that it is switched to. Pure.

============  ==============================  ==============================  ==============
              Epson ESC/POS                   CD5220                          AEDEX
============  ==============================  ==============================  ==============
begin         ``1B 40``                       ``1B 40``                       –
clear         ``0C``                          ``0C``                          two blank lines
upper line    ``1F 24 01 01`` + 20            ``1B 51 41`` + 20 + ``0D``      ``21 23 31`` + 20 + ``0D``
lower line    ``1F 24 01 02`` + 20            ``1B 51 42`` + 20 + ``0D``      ``21 23 32`` + 20 + ``0D``
code page     ``1B 74 13`` (CP858)            the same                        – (ASCII)
============  ==============================  ==============================  ==============

Each line is placed by itself and is always twenty characters: forty in a row make some displays
scroll. A CD5220 that has been sent a line takes nothing but lines until ``0C`` ends that mode, so
the code page goes between the two.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from peripherals.display.text import BLANK, Charset, Lines, encoded

CommandSet = Literal["epson", "cd5220", "aedex"]

CODE_PAGE = b"\x1b\x74\x13"


class Codec(msgspec.Struct, frozen=True):
    """How a display is written to. ``before`` and ``after`` each of the two lines."""

    begin: bytes
    clear: bytes
    before: tuple[bytes, bytes]
    after: bytes
    charset: Charset
    renew: bytes
    """Before other text: what gives the display back its code page if it was switched off meanwhile."""

    def show(self, lines: Lines) -> bytes:
        """Other text than was there before."""
        return self.renew + self.again(lines)

    def again(self, lines: Lines) -> bytes:
        """The text that is there already, without a flicker: in case the display lost it."""
        upper, lower = (
            before + encoded(line, self.charset) + self.after for before, line in zip(self.before, lines, strict=True)
        )
        return upper + lower

    def blank(self) -> bytes:
        """Nothing."""
        return self.clear or self.again(BLANK)


def codec(command_set: CommandSet, charset: Charset | None = None) -> Codec:
    """The codec of a command set. ``charset``: ``ascii`` for a display without CP858; AEDEX has no other."""
    if command_set == "aedex":
        return Codec(b"", b"", (b"\x21\x23\x31", b"\x21\x23\x32"), b"\x0d", charset or "ascii", b"")
    has = charset or "cp858"
    page = CODE_PAGE if has == "cp858" else b""
    begin = b"\x1b\x40" + page
    if command_set == "epson":
        return Codec(begin, b"\x0c", (b"\x1f\x24\x01\x01", b"\x1f\x24\x01\x02"), b"", has, page)
    return Codec(begin, b"\x0c", (b"\x1b\x51\x41", b"\x1b\x51\x42"), b"\x0d", has, b"\x0c" + page)
