"""QR codes as squares: for PDF and screens, which have no command for them. segno is imported at the first use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

Level = Literal["l", "m"]
QUIET = 4
"""Modules of white that belong around a code (ISO/IEC 18004)."""
_CODEWORDS_AT_L = (19, 34, 55, 80, 108, 136, 156, 194, 232, 274, 324, 370, 428, 461, 523, 589, 647, 721, 795, 861, 932,
                   1006, 1094, 1174, 1276)  # fmt: skip
"""Data codewords of versions 1, 2, … (ISO/IEC 18004, table 7); larger ones fit no screen."""


def matrix(data: str, level: Level) -> tuple[tuple[bool, ...], ...]:
    """The code's modules, row by row, True for dark, without the white around it. ``ValueError``: too much for a code.

    >>> len(matrix("7K3M9QXA0PWTB", "m"))
    21
    """
    return _modules(data, level)


def matrix_of(text: str, letters: str) -> tuple[tuple[bool, ...], ...]:
    """Likewise of ``text`` and ``letters`` one after the other, at level L: for screens, which have no creases.

    ``letters`` (0-9, A-Z) take 5½ bits each, those of ``text`` (UTF-8) 8 bits a byte.
    """
    from segno import consts

    return _modules([(text, consts.MODE_BYTE, "utf-8"), (letters, consts.MODE_ALPHANUMERIC)], "l")


def side_of(text: str, letters: int) -> int:
    """How many modules ``matrix_of`` has on a side for so many letters. ``ValueError`` if no version here holds it.

    >>> side_of("Beleg 1-000043", 110), len(matrix_of("Beleg 1-000043", "0" * 110))
    (37, 37)
    """
    size = len(text.encode())
    for version, codewords in enumerate(_CODEWORDS_AT_L, 1):
        of_size, of_letters = (8, 9) if version < 10 else (16, 11)
        if 4 + of_size + 8 * size + 4 + of_letters + (11 * letters + 1) // 2 <= 8 * codewords:
            return 17 + 4 * version
    raise ValueError(f"{size} bytes and {letters} letters are too many for a QR code on a screen")


def _modules(data: Any, level: Level) -> tuple[tuple[bool, ...], ...]:
    import segno

    # A higher level that would fit too makes no larger code, but another one than paper shows.
    made = segno.make(data, error=level, micro=False, boost_error=False)
    return tuple(tuple(bool(module) for module in row) for row in made.matrix)


def runs(row: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where each run of dark modules begins, and how many it has.

    >>> list(runs((True, True, False, True)))
    [(0, 2), (3, 1)]
    """
    start = 0
    while start < len(row):
        end = start
        while end < len(row) and row[end] == row[start]:
            end += 1
        if row[start]:
            yield start, end - start
        start = end
