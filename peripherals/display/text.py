"""What a display shows: two lines, each with a text at the left and an amount at the right. Pure.

Names come from files and other tills, and a display has twenty places and one code page. A
control character would move its cursor, so none gets through; a character that it does not have
becomes the nearest one that it has (``é`` in ASCII is ``e``, ``ä`` is ``ae``), or ``?``. The
amount is kept whole, since half a number is a wrong number; the text beside it is cut.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

COLUMNS = 20

Line = tuple[str, str]
"""Text at the left and amount at the right."""
Lines = tuple[Line, Line]
"""The upper and the lower line."""
Charset = Literal["cp858", "ascii"]

BLANK: Lines = (("", ""), ("", ""))

_IN_WORDS = {
    "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS", "€": "EUR", "£": "GBP",
    "×": "x", "–": "-", "—": "-", "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "…": "...", "æ": "ae",
    "Æ": "AE", "ø": "o", "Ø": "O", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "\u00a0": " ",
}  # fmt: skip


def encoded(line: Line, charset: Charset) -> bytes:
    """The line as exactly ``COLUMNS`` bytes of the charset, none of them a control character.

    >>> encoded(("Müsli", "1,20"), "ascii")
    b'Muesli          1,20'
    """
    text, amount = (_spelled(part, charset) for part in line)
    if len(amount) > COLUMNS:
        amount = "#" * COLUMNS
    room = COLUMNS - len(amount) - (1 if amount else 0)
    beside = text[: max(0, room)].ljust(max(0, room))
    return (f"{beside} {amount}" if amount and room >= 0 else beside + amount).encode(charset)


def _spelled(text: str, charset: Charset) -> str:
    return "".join(_nearest(mark, charset) for mark in unicodedata.normalize("NFC", text)).strip()


def _nearest(mark: str, charset: Charset) -> str:
    """The character, or what stands for it on this display."""
    category = unicodedata.category(mark)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category in ("Cf", "Mn", "Me"):
        return ""
    if _has(mark, charset):
        return mark
    if mark in _IN_WORDS:
        return _IN_WORDS[mark]
    bare = "".join(part for part in unicodedata.normalize("NFKD", mark) if _has(part, charset))
    return bare or ("?" if category[0] != "Z" else " ")


def _has(mark: str, charset: Charset) -> bool:
    try:
        # In both, what is below 20h and 7Fh are commands.
        return all(byte >= 0x20 and byte != 0x7F for byte in mark.encode(charset))
    except UnicodeEncodeError:
        return False
