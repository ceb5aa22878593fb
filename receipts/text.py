"""A page as plain text: what a screen, a log, `tillmesh drive` and the golden tests show.

Symbols have no place in plain text and are left out: what they say stands beside
them in words. A cut is a dashed line between sections.
"""

from __future__ import annotations

from receipts.layout import LaidLine, lay
from receipts.page import Page


def text(page: Page, width: int = 42) -> str:
    """The page at ``width`` columns, each line ended by a line feed."""
    sections: list[str] = []
    for section in page.sections:
        lines = [_plain(laid, width) for laid in lay(section, width) if isinstance(laid, LaidLine)]
        sections.append("".join(f"{line}\n" for line in lines))
    cut = ("- " * width)[:width].rstrip() + "\n"
    return cut.join(sections)


def _plain(line: LaidLine, width: int) -> str:
    return " " * ((width - len(line.text)) // 2) + line.text if line.centred else line.text
