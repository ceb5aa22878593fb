"""A PDF read back by what did not write it: its letters with their places, and the picture's symbols."""

from __future__ import annotations

import ctypes
from typing import Any, NamedTuple

import pypdfium2
from pypdfium2 import raw


class Letter(NamedTuple):
    """A character and where it begins: points from the left, and its baseline's height."""

    char: str
    x: float
    y: float


def sheets(data: bytes) -> list[list[list[Letter]]]:
    """The letters of each sheet, by lines from top to bottom and from left to right; without spaces."""
    opened = pypdfium2.PdfDocument(data)
    try:
        return [_lines(page.get_textpage()) for page in opened]
    finally:
        opened.close()


def _lines(page: Any) -> list[list[Letter]]:
    by_height: dict[float, list[Letter]] = {}
    x, y = ctypes.c_double(), ctypes.c_double()
    for index in range(page.count_chars()):
        raw.FPDFText_GetCharOrigin(page, index, x, y)
        # A hyphen at the end of a line is one that the reader would leave out.
        char = chr(raw.FPDFText_GetUnicode(page, index)).replace("\x02", "-")
        if not char.isspace() and not raw.FPDFText_IsGenerated(page, index):
            by_height.setdefault(round(y.value, 2), []).append(Letter(char, x.value, y.value))
    return [sorted(line, key=lambda letter: letter.x) for _, line in sorted(by_height.items(), reverse=True)]


def sizes(data: bytes) -> list[tuple[float, float]]:
    """Width and length of each sheet, in points."""
    opened = pypdfium2.PdfDocument(data)
    try:
        return [opened.get_page_size(index) for index in range(len(opened))]
    finally:
        opened.close()
