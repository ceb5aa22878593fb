"""Large digits out of reversed blanks: every terminal can show them, with or without colours.

A digit is three cells wide and five high; ``scale`` doubles its width where there is room.
"""

from __future__ import annotations

HEIGHT = 5

_FONT = {
    "0": ("###", "# #", "# #", "# #", "###"),
    "1": (" # ", "## ", " # ", " # ", "###"),
    "2": ("###", "  #", "###", "#  ", "###"),
    "3": ("###", "  #", "###", "  #", "###"),
    "4": ("# #", "# #", "###", "  #", "  #"),
    "5": ("###", "#  ", "###", "  #", "###"),
    "6": ("###", "#  ", "###", "# #", "###"),
    "7": ("###", "  #", "  #", " # ", " # "),
    "8": ("###", "# #", "###", "# #", "###"),
    "9": ("###", "# #", "###", "  #", "###"),
    ",": (" ", " ", " ", " ", "#"),
    ".": (" ", " ", " ", " ", "#"),
    "-": ("   ", "   ", "###", "   ", "   "),
}


def large(text: str, width: int) -> tuple[str, ...] | None:
    """Five rows of ``#`` and blanks for the amount, at double width if it fits; None if it does not fit at all."""
    if any(mark not in _FONT for mark in text):
        return None
    for scale in (2, 1):
        rows = tuple(
            " ".join("".join(dot * scale for dot in _FONT[mark][row]) for mark in text) for row in range(HEIGHT)
        )
        if len(rows[0]) <= width:
            return rows
    return None
