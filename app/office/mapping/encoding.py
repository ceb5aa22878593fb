"""Bytes of a file to text: the encoding stated, or found. Pure.

Found are byte order marks, UTF-16 without one (every other byte of Latin text is zero), and UTF-8, which no other text
is by accident. What is left is an 8-bit code page: of Windows-1252 and the DOS page 850 that one in which the bytes
above 127 are the letters of European names more often. Both give a character for nearly every byte, so what was found
is told along with what the file holds.
"""

from __future__ import annotations

import codecs
from typing import NamedTuple

from app.text import gettext as _

_LETTERS = {"cp1252": "äöüÄÖÜßéèàç€", "cp850": "äöüÄÖÜßéèàç"}
LOOKED_AT = 4_096
"""Bytes in which UTF-16 is looked for."""
NAMES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "Windows-1252", "cp850": "DOS 850"}


class WrongEncoding(ValueError):
    """Bytes that are no text in the encoding; the text is a sentence with line, column and what to do."""


class Decoded(NamedTuple):
    """The text without a byte order mark and with ``\\n`` between lines, and the encoding it was written in."""

    text: str
    encoding: str


def decode(data: bytes, encoding: str = "auto") -> Decoded:
    """The text of a file. ``encoding``: one of ``plan.ENCODINGS``. ``WrongEncoding``."""
    used = found(data) if encoding == "auto" else encoding
    try:
        text = data.decode(_codec(data, used))
    except UnicodeDecodeError as error:
        raise WrongEncoding(_sentence(data, error, used)) from None
    return Decoded(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"), used)


def found(data: bytes) -> str:
    """The encoding that the bytes look like."""
    if data.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or _zeros(data) is not None:
        return "utf-16"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return max(_LETTERS, key=lambda page: _likeness(data, page))
    return "utf-8"


def _codec(data: bytes, encoding: str) -> str:
    """Python's codec: UTF-16 without a mark has no byte order of its own, so it is looked for."""
    if encoding != "utf-16" or data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return encoding
    return _zeros(data) or "utf-16-le"


def _zeros(data: bytes) -> str | None:
    """UTF-16's byte order by where zeros stand; None: this is no UTF-16."""
    start = data[: LOOKED_AT - LOOKED_AT % 2]
    even, odd = start[::2].count(0), start[1::2].count(0)
    if max(even, odd) * 4 < len(start) or min(even, odd):
        return None
    return "utf-16-be" if even else "utf-16-le" if odd else None


def _likeness(data: bytes, page: str) -> int:
    """How many bytes are common letters on this code page; none if one is no character at all."""
    try:
        data.decode(page)
    except UnicodeDecodeError:
        return -1
    return sum(data.count(letter.encode(page)) for letter in _LETTERS[page])


def _sentence(data: bytes, error: UnicodeDecodeError, used: str) -> str:
    before = data[: error.start].decode(error.encoding, "replace")
    likely = found(data)
    told = _("line {line}, column {column}: byte {byte} is no {encoding}").format(
        line=before.count("\n") + 1,
        column=len(before) - (before.rfind("\n") + 1) + 1,
        byte=f"0x{data[error.start]:02X}",
        encoding=NAMES[used],
    )
    if likely == used:
        return told + _("; save the file as UTF-8")
    return told + _("; it looks like {likely}: state the encoding {name}").format(likely=NAMES[likely], name=likely)
