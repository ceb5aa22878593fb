"""Cells: text cut and padded to columns, made harmless, and pages that flip by halves. Pure.

Names and messages come from files and other tills. Whatever is not printable is shown
as ``?``, for an escape character in an article's name must not reach the terminal.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

Part = tuple[str, str]
"""Text and the name of the component class that styles it; an empty name is the widget's own style."""


def harmless(text: str) -> str:
    """The text with everything that is not printable as ``?``."""
    return text if text.isprintable() else "".join(mark if mark.isprintable() else "?" for mark in text)


def left(text: str, width: int) -> str:
    """Exactly ``width`` cells, text at the left, cut at the right."""
    return set_cell_size(harmless(text), max(0, width))


def right(text: str, width: int) -> str:
    """Exactly ``width`` cells, text at the right; ``###`` if it does not fit, for half a number is a wrong number."""
    text = harmless(text)
    room = width - cell_len(text)
    return " " * room + text if room >= 0 else "#" * width


def between(start: str, end: str, width: int) -> str:
    """``start`` at the left and ``end`` at the right of ``width`` cells; ``end`` is kept whole if it can be."""
    room = width - cell_len(end) - 1
    return left(start, room) + " " + end if room > 0 else left(end, width)


def page_top(top: int, target: int, count: int, height: int) -> int:
    """The first row of the page that shows row ``target``: the old page if it does, else moved by half pages.

    >>> page_top(0, 19, 20, 19), page_top(0, 18, 19, 19), page_top(10, 2, 30, 19)
    (9, 0, 1)
    """
    if height <= 0 or count <= 0:
        return 0
    half = max(1, height // 2)
    target = min(max(0, target), count - 1)
    if target >= top + height:
        top += -(-(target - top - height + 1) // half) * half
    elif target < top:
        top -= -(-(top - target) // half) * half
    return max(0, min(top, count - 1))
