"""A report on sheets of A4: which columns are how wide, what wraps, and where pages end. Pure; points throughout.

Upright if it fits, else across; then texts wrap, then letters shrink. The headings stand on every page; a group's
heading never stands alone at a page's end, nor its sum at the next one's beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from app.office.outputs.figures import Manner, at_right, heading
from app.office.outputs.text_file import INDENT, row_cells
from app.office.reports.table import ReportTable, Row, RowStyle
from app.text import gettext as _

A4 = (595.28, 841.89)
EDGE = 42.5
"""Empty at the left and right: 15 mm."""
GAP = 8.0
"""Between two columns."""
SIZES = (9.0, 8.0, 7.0, 6.0)
"""Heights of letters, from the one that is wanted to the smallest that can be read."""
LINE = 1.25
"""Height of a line to its letters' size."""
NARROWEST = 7.0
"""A text column keeps the width of so many letters before the letters shrink."""
STRETCH = 1.6
"""A column is at most so much wider than what is in it."""
WRAP_MOST = 3
"""Lines of one cell; the rest is cut."""
ROWS_MOST = 20_000
"""Some 400 pages: who needs more wants a workbook."""

Measure = Callable[[str, bool], float]
"""How wide a text is at the size 1; True: bold."""


class Piece(msgspec.Struct, frozen=True):
    """A row to be printed: lines of each cell, or one text across; ``height`` in points."""

    style: RowStyle
    cells: tuple[tuple[str, ...], ...]
    height: float


class Layout(msgspec.Struct, frozen=True):
    """``pages`` are their pieces from the top; ``widths`` by column, without the gaps."""

    landscape: bool
    size: float
    widths: tuple[float, ...]
    heads: tuple[tuple[str, ...], ...]
    pages: tuple[tuple[Piece, ...], ...]

    @property
    def head_height(self) -> float:
        """Of the columns' headings, with the rule under them."""
        return max(map(len, self.heads), default=0) * self.size * LINE + 4


def lay(
    table: ReportTable, manner: Manner, measure: Measure, room: Callable[[bool, int], float], *, landscape: bool | None
) -> Layout:
    """``room(landscape, page)``: the height for headings and rows on that page. ``ValueError`` if it cannot be."""
    if len(table.rows) > ROWS_MOST:
        raise ValueError(_("A PDF takes {most} rows, and this report has {count}: save it as XLSX or CSV, or take a "
                           "shorter period.").format(most=ROWS_MOST, count=len(table.rows)))  # fmt: skip
    heads = [heading(each.heading, each.kind, table.currency) for each in table.columns]
    cells = [row_cells(table, row, manner, whole=True) for row in table.rows]
    natural = _natural(table, heads, cells, measure)
    least = [
        width if at_right(column, at) or column.kind == "date" else min(width, NARROWEST)
        for at, (width, column) in enumerate(zip(natural, table.columns, strict=True))
    ]
    full = [max(own, measure(head, True)) for own, head in zip(natural, heads, strict=True)]
    across, size, widths = _fitted(full, natural, least, landscape)
    wrapped = [_wrapped(head, width / size, measure, bold=True) for head, width in zip(heads, widths, strict=True)]
    pieces = [_piece(row, texts, widths, size, measure) for row, texts in zip(table.rows, cells, strict=True)]
    laid = Layout(across, size, tuple(widths), tuple(wrapped), ())
    return msgspec.structs.replace(laid, pages=_paged(pieces, lambda page: room(across, page) - laid.head_height))


def _natural(table: ReportTable, heads: Sequence[str], cells: Sequence[Sequence[str]], measure: Measure) -> list[float]:
    """What each column would take at the size 1; long headings of numbers may wrap."""
    widths = []
    for at, head in enumerate(heads):
        words = max((measure(word, True) for word in head.split()), default=0.0)
        inside = (
            measure(texts[at], row.style in ("sum", "total"))
            for row, texts in zip(table.rows, cells, strict=True)
            if row.style not in ("group", "text", "blank")
        )
        widths.append(max(words, *inside) if table.rows else measure(head, True))
    return widths


def _fitted(
    full: list[float], natural: list[float], least: list[float], landscape: bool | None
) -> tuple[bool, float, list[float]]:
    """Sheet, size of letters and widths of columns: the first combination into which everything fits."""
    sheets = [landscape] if landscape is not None else [False, True]
    # Headings wrap before the sheet lies across.
    for wanted, sizes, ways in ((full, SIZES[:1], sheets[:1]), (natural, SIZES[:1], sheets), (least, SIZES, sheets)):
        for size in sizes:
            for across in ways:
                room = A4[0 if not across else 1] - 2 * EDGE - GAP * (len(natural) - 1)
                if sum(wanted) * size <= room:
                    return across, size, _shared(natural, wanted, room / size, size)
    raise ValueError(_("The report has too many columns for a sheet of A4: leave some out, or save it as XLSX."))


def _shared(natural: list[float], least: list[float], room: float, size: float) -> list[float]:
    """The room shared out: to each what it needs least, then towards its own width, then a little beyond."""
    widths = list(least)
    lacking = [own - has for own, has in zip(natural, widths, strict=True)]
    share = min(1.0, (room - sum(widths)) / sum(lacking)) if sum(lacking) > 0 else 0.0
    widths = [has + share * lack for has, lack in zip(widths, lacking, strict=True)]
    stretch = min(STRETCH, room / sum(widths)) if sum(widths) > 0 else 1.0
    return [width * stretch * size for width in widths]


def _piece(row: Row, texts: Sequence[str], widths: Sequence[float], size: float, measure: Measure) -> Piece:
    bold = row.style != "line"
    if row.style in ("group", "text", "blank"):
        across = (sum(widths) + GAP * (len(widths) - 1)) / size
        lines = _wrapped(texts[0], across, measure, bold=row.style == "group") or ("",)
        before = size * 0.6 if row.style == "group" else 0.0
        return Piece(row.style, (lines,), len(lines) * size * LINE + before)
    cells = tuple(_wrapped(text, width / size, measure, bold=bold) for text, width in zip(texts, widths, strict=True))
    return Piece(row.style, cells, max(1, *map(len, cells)) * size * LINE + (3 if bold else 1))


def _wrapped(text: str, width: float, measure: Measure, *, bold: bool) -> tuple[str, ...]:
    """The text in lines of this width (at the size 1), broken at blanks, and in words that are longer than a line."""
    text = text.rstrip()
    if not text or measure(text, bold) <= width * 1.001:
        return (text,) if text else ()
    indent = text[: len(text) - len(text.lstrip())]
    lines: list[str] = []
    line = indent
    for word in _broken(text.split(), width - measure(indent + INDENT, bold), measure, bold=bold):
        joined = f"{line} {word}" if line.strip() else line + word
        if line.strip() and measure(joined, bold) > width * 1.001:
            lines.append(line)
            joined = indent + INDENT + word
        line = joined
    if line.strip():
        lines.append(line)
    return (*lines[: WRAP_MOST - 1], f"{lines[WRAP_MOST - 1][:-2]}..") if len(lines) > WRAP_MOST else tuple(lines)


def _broken(words: Sequence[str], width: float, measure: Measure, *, bold: bool) -> Iterator[str]:
    """The words, those that are wider than a line in pieces."""
    for word in words:
        rest = word
        while len(rest) > 1 and measure(rest, bold) > width:
            fits = next((n for n in range(len(rest) - 1, 1, -1) if measure(rest[:n], bold) <= width), 1)
            yield rest[:fits]
            rest = rest[fits:]
        yield rest


def _paged(pieces: Sequence[Piece], room: Callable[[int], float]) -> tuple[tuple[Piece, ...], ...]:
    pages: list[list[Piece]] = [[]]
    used = 0.0
    for block in _blocks(pieces):
        height = sum(piece.height for piece in block)
        if pages[-1] and used + height > room(len(pages) - 1):
            pages.append([])
            used = 0.0
        if not pages[-1] and block[0].style == "blank" and len(pages) > 1:
            continue
        for piece in block:
            if pages[-1] and used + piece.height > room(len(pages) - 1):  # a block that is longer than a page
                pages.append([])
                used = 0.0
            pages[-1].append(piece)
            used += piece.height
    return tuple(tuple(page) for page in pages)


def _blocks(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """What stays together: headings with what follows them, and sums with what they follow."""
    blocks: list[list[Piece]] = []
    for piece in pieces:
        together = blocks and (blocks[-1][-1].style == "group" or piece.style in ("sum", "total"))
        if together:
            blocks[-1].append(piece)
        else:
            blocks.append([piece])
    return blocks
