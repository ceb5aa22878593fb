"""A section at a width: lines of at most ``width`` columns, symbols, and the cut at its end.

One layout serves paper and plain text, so that what the screen shows is what the
customer holds. Centring is left to who shows the line: paper centres to the dot.

Text from outside (article names, shop lines) is made harmless here first (``characters.py``), so that a character is
a column and a name cannot carry printer commands.
"""

from __future__ import annotations

import msgspec

from receipts.characters import harmless
from receipts.page import Block, Gap, Line, Logo, Pair, Rule, Section, Symbol, SymbolKind, Table

MIN_WIDTH = 20
"""Narrower paper is not sold; below it amounts would not fit beside any text."""


_NO_BREAK = "\u00a0"


class LaidLine(msgspec.Struct, frozen=True):
    """One printed line; ``text`` has no trailing spaces and fits the width (half of it when ``wide``).

    A ``centred`` one has no leading spaces either.
    """

    text: str
    bold: bool = False
    tall: bool = False
    wide: bool = False
    centred: bool = False
    red: bool = False
    """Red where the printer has red, bold elsewhere."""


class LaidSymbol(msgspec.Struct, frozen=True):
    """A symbol, centred."""

    data: str
    kind: SymbolKind


class LaidLogo(msgspec.Struct, frozen=True):
    """The shop's logo, centred, where it can be shown."""


class LaidCut(msgspec.Struct, frozen=True):
    """The end of the piece."""


Laid = LaidLine | LaidSymbol | LaidLogo | LaidCut


def lay(section: Section, width: int) -> tuple[Laid, ...]:
    """The section at ``width`` columns. ``ValueError`` below ``MIN_WIDTH``."""
    if width < MIN_WIDTH:
        raise ValueError(f"paper of {width} columns is too narrow: at least {MIN_WIDTH} are needed")
    laid: list[Laid] = []
    for block in section.blocks:
        laid.extend(_block(block, width))
    if section.cut:
        laid.append(LaidCut())
    return tuple(laid)


def wrap(text: str, width: int, indent: int = 0) -> list[str]:
    """Lines of at most ``width`` characters, broken at spaces; further lines are indented.

    Words longer than a line are cut; leading spaces of the text stay. Never empty. A no-break space holds its words
    together (``§ 4 Abs. 5``) and is a space on paper.
    """
    indent = min(indent, width // 2)
    lines: list[str] = []
    rest = text.rstrip()
    while True:
        lead = " " * indent if lines else ""
        room = width - len(lead)
        if len(rest) <= room:
            lines.append(lead + rest)
            return [line.replace(_NO_BREAK, " ").rstrip() for line in lines]
        body = len(rest) - len(rest.lstrip())
        space = rest.rfind(" ", body + 1, room + 1)
        cut = space if space > 0 else room
        lines.append((lead + rest[:cut]).rstrip())
        rest = rest[cut:].strip()


def _block(block: Block, width: int) -> list[Laid]:
    match block:
        case Line():
            return _line(block, width)
        case Pair():
            return _pair(block, width)
        case Table():
            return _table(block, width)
        case Rule():
            return [LaidLine("-" * width)]
        case Gap():
            return [LaidLine("")]
        case Symbol():
            return [LaidSymbol(block.data, block.kind)]
        case Logo():
            return [LaidLogo()]


def _line(line: Line, width: int) -> list[Laid]:
    text = harmless(line.text)
    # A word that is too long for wide letters is better narrow than broken.
    wide = line.wide and max(map(len, text.split()), default=0) <= width // 2
    rows = wrap(text, width // 2 if wide else width, line.indent)
    if line.align == "center":
        return [LaidLine(row.strip(), line.bold, line.tall, wide, centred=True, red=line.red) for row in rows]
    return [LaidLine(row, line.bold, line.tall, wide, red=line.red) for row in rows]


def _pair(pair: Pair, width: int) -> list[Laid]:
    left, right = harmless(pair.left), harmless(pair.right)
    if len(right) > width // 2 + 4:
        rows = wrap(left, width, pair.indent) + [row.rjust(width) for row in wrap(right.strip(), width)]
    else:
        rows = wrap(left, width - len(right) - 1, pair.indent)
        rows[-1] = rows[-1].ljust(width - len(right)) + right
    return [LaidLine(row.rstrip(), pair.bold, pair.tall) for row in rows]


def _table(table: Table, width: int) -> list[Laid]:
    rows = [tuple(harmless(cell) for cell in row) for row in table.rows]
    if not rows:
        return []
    columns = [max(len(row[index]) for row in rows) for index in range(len(rows[0]))]
    slack = width - sum(columns)
    gaps = len(columns) - 1
    if slack < gaps:
        return _table_as_pairs(rows, width)
    # The slack goes in equal parts to the right columns, so that their edges line up; what is left over to the first.
    share = slack // gaps if gaps else 0
    widths = [width - sum(columns[1:]) - share * gaps] + [column + share for column in columns[1:]]
    laid: list[Laid] = []
    for row in rows:
        cells = [row[0].ljust(widths[0])] + [cell.rjust(room) for cell, room in zip(row[1:], widths[1:], strict=True)]
        laid.append(LaidLine("".join(cells).rstrip()))
    return laid


def _table_as_pairs(rows: list[tuple[str, ...]], width: int) -> list[Laid]:
    """A table too wide for the paper, cell under cell: nothing a receipt must carry is ever cut off."""
    head, *body = rows
    laid: list[Laid] = []
    for row in body:
        laid.extend(_line(Line(row[0]), width))
        for name, cell in zip(head[1:], row[1:], strict=True):
            laid.extend(_pair(Pair(f"  {name}", cell), width))
    return laid
