"""A report as a PDF on A4: head, logo, chart, table with headings on every page, foot with page numbers.

Set in Helvetica, which every reader of PDF has: nothing is embedded, and the text can be searched and copied. Its
letters are those of Windows-1252, so € and umlauts are there; what is not gets its likeness (``receipts/pdf.py``). The
same table, form and time give the same bytes.
"""

from __future__ import annotations

import io
from datetime import UTC, datetime
from functools import cache

import msgspec

from app.office.outputs import picture
from app.office.outputs.chart import Chart, Wanted, chart_of
from app.office.outputs.figures import Manner, at_right, figure
from app.office.outputs.pdf_layout import A4, EDGE, GAP, LINE, Layout, Measure, Piece, lay
from app.office.reports.table import ReportTable
from app.text import gettext as _
from receipts.pdf import ENCODING, encodable

TOP, BOTTOM = 36.0, 48.0
"""Empty above, and below the rows: the foot stands in there."""
TITLE, SUBTITLE, SMALL = 16.0, 10.0, 7.5
LOGO = (120.0, 42.0)
"""A logo is at most so wide and high."""
INK, SOFT, RULE, BAND = (20, 20, 20), (100, 100, 100), (120, 130, 140), (238, 241, 244)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Paper(msgspec.Struct, frozen=True):
    """The form: lines above and below, a logo (bytes of a PNG or JPEG), how it lies (None: as it fits).

    ``chart``: its style, empty for none; ``chart_key``: the column that is drawn instead of the first sum.
    ``made_at``: when the report was run, as it stands in the foot; None: it does not say.
    """

    head: str = ""
    foot: str = ""
    page_numbers: bool = True
    logo: bytes = b""
    landscape: bool | None = None
    chart: Wanted = "bars"
    chart_key: str = ""
    made_at: datetime | None = None


def pdf_file(table: ReportTable, manner: Manner, paper: Paper) -> bytes:
    """The report. ``ValueError`` in a sentence for what does not fit, and for a logo that is none."""
    return _Sheets(table, manner, paper).made()


class _Sheets:
    """One report in the making; y is reckoned from the top of the sheet."""

    def __init__(self, table: ReportTable, manner: Manner, paper: Paper) -> None:
        import fpdf

        self._table, self._manner, self._paper = table, manner, paper
        self._file = fpdf.FPDF(unit="pt", format="A4")
        self._file.core_fonts_encoding = ENCODING
        self._file.set_auto_page_break(auto=False)
        self._file.set_margin(0)
        self._file.set_creation_date(paper.made_at or EPOCH)
        self._file.set_title(encodable(table.title))
        self._chart: Chart | None = chart_of(table, manner, paper.chart_key, paper.chart) if paper.chart else None
        measure = self._measure()
        self._laid: Layout = lay(table, manner, measure, self._room, landscape=paper.landscape)
        self._notes = [*table.notes, *([said] if self._chart and (said := picture.left_out(self._chart)) else [])]

    def made(self) -> bytes:
        pages = self._laid.pages
        y = 0.0
        for number, pieces in enumerate(pages):
            y = self._begin(number)
            if self._table.rows:
                y = self._headings(y)
            for piece in pieces:
                y = self._row(piece, y)
        self._below(y)
        count = self._file.pages_count
        for number in range(1, count + 1):
            self._file.page = number
            self._file.set_font("Helvetica", "", TITLE)  # the page's own last one is not what fpdf2 remembers
            self._foot(number, count)
        return bytes(self._file.output())

    def _measure(self) -> Measure:
        """Widths at the size 1, each character's asked once."""

        @cache
        def of(mark: str, bold: bool) -> float:
            self._file.set_font("Helvetica", "B" if bold else "", 100)
            return float(self._file.get_string_width(mark)) / 100

        return lambda text, bold: sum(of(mark, bold) for mark in encodable(text))

    # -- what stands where

    def _room(self, landscape: bool, page: int) -> float:
        return A4[0 if landscape else 1] - BOTTOM - self._top(page, landscape=landscape)

    def _top(self, page: int, *, landscape: bool) -> float:
        """Where the table begins."""
        if page:
            return TOP + SUBTITLE * LINE + 8
        y = TOP + (SMALL * LINE * len(self._paper.head.splitlines()) + 6 if self._paper.head else 0)
        y += TITLE * LINE + (SUBTITLE * LINE if self._table.subtitle else 0) + 10
        if self._paper.logo:
            y = max(y, TOP + LOGO[1] + 8)
        return y + (self._chart_height(landscape=landscape) + 10 if self._chart else 0)

    def _chart_height(self, *, landscape: bool) -> float:
        """Of a first page at most half."""
        assert self._chart is not None
        return min(picture.height_of(self._chart), A4[0 if landscape else 1] * 0.5)

    @property
    def _width(self) -> float:
        return A4[1 if self._laid.landscape else 0] - 2 * EDGE

    # -- drawing

    def _begin(self, number: int) -> float:
        """A page with its head; where the table begins on it."""
        self._file.add_page(orientation="L" if self._laid.landscape else "P")
        across = self._laid.landscape
        if number:
            self._text(EDGE, TOP, self._table.title, SUBTITLE, bold=True)
            self._text(EDGE, TOP, self._table.subtitle, SUBTITLE, colour=SOFT, right=self._width)
            return self._top(number, landscape=across)
        y = TOP
        if self._paper.head:
            for line in self._paper.head.splitlines():
                self._text(EDGE, y, line, SMALL, colour=SOFT)
                y += SMALL * LINE
            y += 6
        if self._paper.logo:
            self._logo()
        self._text(EDGE, y, self._table.title, TITLE, bold=True)
        self._text(EDGE, y + TITLE * LINE, self._table.subtitle, SUBTITLE, colour=SOFT)
        top = self._top(0, landscape=across)
        if self._chart:
            height = self._chart_height(landscape=across)
            drawn = picture.svg(self._chart, self._manner, self._width, height)
            self._file.image(io.BytesIO(drawn), x=EDGE, y=top - height - 10, w=self._width, h=height)
        return top

    def _logo(self) -> None:
        from PIL import Image, UnidentifiedImageError

        try:
            with Image.open(io.BytesIO(self._paper.logo), formats=("PNG", "JPEG")) as logo:
                across, down = logo.size
        except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
            raise ValueError(_("The logo cannot be read: it must be a PNG or a JPEG.")) from None
        scale = min(LOGO[0] / across, LOGO[1] / down)
        left = EDGE + self._width - across * scale
        self._file.image(io.BytesIO(self._paper.logo), x=left, y=TOP, w=across * scale, h=down * scale)

    def _headings(self, y: float) -> float:
        laid = self._laid
        x = EDGE
        bottom = y + laid.head_height
        for index, (lines, width) in enumerate(zip(laid.heads, laid.widths, strict=True)):
            high = bottom - 4 - len(lines) * laid.size * LINE
            for at, line in enumerate(lines):
                right = width if at_right(self._table.columns[index], index) else 0
                self._text(x, high + at * laid.size * LINE, line, laid.size, bold=True, right=right)
            x += width + GAP
        self._rule(EDGE, bottom - 2, self._table_width, 0.8)
        return bottom

    @property
    def _table_width(self) -> float:
        return sum(self._laid.widths) + GAP * (len(self._laid.widths) - 1)

    def _row(self, piece: Piece, y: float) -> float:
        laid = self._laid
        if piece.style in ("group", "text", "blank"):
            high = y + piece.height - len(piece.cells[0]) * laid.size * LINE
            for at, line in enumerate(piece.cells[0]):
                self._text(EDGE, high + at * laid.size * LINE, line, laid.size, bold=piece.style == "group")
            return y + piece.height
        bold = piece.style in ("sum", "total")
        if piece.style == "total":
            self._file.set_fill_color(*BAND)
            self._file.rect(EDGE - 2, y + 0.5, self._table_width + 4, piece.height - 0.5, style="F")
        x = EDGE
        for index, (lines, width) in enumerate(zip(piece.cells, laid.widths, strict=True)):
            column = self._table.columns[index]
            right = width if at_right(column, index) else 0
            for at, line in enumerate(lines):
                top = y + (2 if bold else 0.5) + at * laid.size * LINE
                self._text(x, top, line, laid.size, bold=bold, right=right)
            if bold and column.sum:
                self._rule(x, y + 0.5, width, 0.8 if piece.style == "total" else 0.4)
            x += width + GAP
        return y + piece.height

    def _below(self, y: float) -> None:
        """The notes; on a page of their own if there is no room."""
        y += SUBTITLE
        for note in self._notes:
            if y + SMALL * LINE > self._file.h - BOTTOM + 8:
                y = self._begin(self._file.pages_count)
            self._text(EDGE, y, note, SMALL + 1, colour=SOFT)
            y += (SMALL + 1) * LINE

    def _foot(self, number: int, count: int) -> None:
        y = self._file.h - BOTTOM + 16
        self._rule(EDGE, y - 4, self._width, 0.4)
        self._text(EDGE, y, self._paper.foot.splitlines()[0] if self._paper.foot else "", SMALL, colour=SOFT)
        made_at = self._paper.made_at
        day = figure(made_at.date().isoformat(), "date", "", self._manner) if made_at else ""
        said = [f"{day} {made_at:%H:%M}"] if made_at else []
        if self._paper.page_numbers:
            said.append(_("Page {number}/{count}").format(number=number, count=count))
        self._text(EDGE, y, "   ".join(said), SMALL, colour=SOFT, right=self._width)

    def _text(
        self, x: float, y: float, text: str, size: float, *, bold: bool = False, colour: tuple[int, int, int] = INK,
        right: float = 0,
    ) -> None:  # fmt: skip
        """A line whose letters' top is at ``y``; ``right``: it ends so far right of ``x``."""
        if not text.strip():
            return
        text = encodable(text)
        self._file.set_font("Helvetica", "B" if bold else "", size)
        self._file.set_text_color(*colour)
        if right:
            x += right - self._file.get_string_width(text)
        elif text != text.lstrip():
            x += self._file.get_string_width(text[: len(text) - len(text.lstrip())])
        self._file.text(x, y + size * 0.95, text.strip())

    def _rule(self, x: float, y: float, width: float, thick: float) -> None:
        self._file.set_draw_color(*RULE)
        self._file.set_line_width(thick)
        self._file.line(x, y, x + width, y)
