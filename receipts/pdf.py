"""A page as a PDF: as wide as the paper, each section a sheet as long as what is on it. The same page, the same bytes.

The layout is that of paper and plain text (``layout.py``), set in Courier, which every reader of PDF has: nothing is
embedded, and the text can be searched and copied. Courier's letters are those of Windows-1252, so € and umlauts are
there; what is not gets its likeness or a question mark, one for one, since a laid-out line must keep its columns.

Symbols are drawn as vectors: a QR code at level M, as on paper; Code 128 in set B. The logo has its dots. fpdf2 is
imported at the first use, for it takes a third of a second.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from receipts import qr
from receipts.bars import QUIET, code128
from receipts.layout import LaidCut, LaidLine, LaidLogo, LaidSymbol, lay
from receipts.page import Page

MM = 72 / 25.4
"""Points of a millimetre; a PDF counts in points."""
NARROW_COLUMNS = 32
"""Up to so many columns the paper is 58 mm wide, and 80 mm above."""
EDGE = 4 * MM
"""Empty paper above, below and beside the print."""
SHEET_MOST = 14_000.0
"""Points of a sheet: readers take 14,400 at most. What is longer goes on on another."""
ENCODING = "cp1252"
_ADVANCE = 0.6
"""Width of Courier's characters to their size."""
_LINE = 1.2
"""Height of a line to its letters' size."""
_ASCENT = 0.85
_QR_MODULE_MOST = 1.0 * MM
_BAR_MODULE_MOST = 0.33 * MM
_BAR_HEIGHT = 10 * MM
_BLACK, _RED = (0, 0, 0), (200, 0, 0)
_LOOKALIKES = str.maketrans(
    {"‐": "-", "‑": "-", "−": "-", "′": "'", "″": '"', "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H",
     "ŧ": "t", "Ŧ": "T", "ı": "i", "\u202f": " ", "\u2009": " "}
)  # fmt: skip


class Dots(msgspec.Struct, frozen=True):
    """The logo as the printer has it: ``across`` dots in a row of the ``paper`` dots that a line is wide.

    ``rows`` from the top, each padded to whole bytes; a 1 is black.
    """

    across: int
    rows: bytes
    paper: int


def pdf(page: Page, width: int = 42, *, title: str, made_at: datetime, logo: Dots | None = None) -> bytes:
    """The page at ``width`` columns as a file, called ``title``; ``made_at`` is the document's own time.

    ``ValueError`` for a width that is too narrow and for a symbol that cannot be drawn.
    """
    import fpdf

    print_width = (48 if width <= NARROW_COLUMNS else 72) * MM
    made = fpdf.FPDF(unit="pt", format=(print_width + 2 * EDGE, EDGE))
    made.core_fonts_encoding = ENCODING
    made.set_auto_page_break(auto=False)
    made.set_creation_date(made_at)
    made.set_title(encodable(title))
    for section in page.sections:
        sheets = _Sheets(made, print_width, width, logo)
        sheets.add([laid for laid in lay(section, width) if not isinstance(laid, LaidCut)])
    return bytes(made.output())


def encodable(text: str) -> str:
    """The text in characters that Courier has, one for one; controls become a space.

    >>> encodable("Tschüß – 5 €, Ľubica 猫")
    'Tschüß – 5 €, Lubica ?'
    """
    return text if text.isascii() and text.isprintable() else "".join(map(_encodable, text.translate(_LOOKALIKES)))


def _encodable(char: str) -> str:
    if unicodedata.category(char) == "Cc":
        return " "
    for candidate in (char, unicodedata.normalize("NFKD", char)[0]):
        try:
            candidate.encode(ENCODING)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


class _Piece(msgspec.Struct, frozen=True):
    """Something on a sheet and how much of its length it takes; ``modules`` are those of a symbol."""

    laid: _Shown
    height: float
    modules: Sequence[Any] = ()


_Shown = LaidLine | LaidSymbol | LaidLogo


class _Sheets:
    """One section in the making."""

    def __init__(self, made: Any, print_width: float, columns: int, logo: Dots | None) -> None:
        self._made = made
        self._logo = logo
        self._print_width = print_width
        self._advance = print_width / columns
        self._size = self._advance / _ADVANCE
        self._line = self._size * _LINE

    def add(self, shown: Sequence[_Shown]) -> None:
        pieces = [self._piece(laid) for laid in shown]
        while True:
            length, taken = 2 * EDGE, 0
            while taken < len(pieces) and (taken == 0 or length + pieces[taken].height <= SHEET_MOST):
                length += pieces[taken].height
                taken += 1
            self._sheet(pieces[:taken], length)
            pieces = pieces[taken:]
            if not pieces:
                return

    def _piece(self, laid: _Shown) -> _Piece:
        if isinstance(laid, LaidLine):
            return _Piece(laid, self._line * (2 if laid.tall else 1))
        if isinstance(laid, LaidLogo):
            return _Piece(laid, self._dot * _rows(self._logo) + self._line if self._logo else 0)
        if laid.kind == "code128":
            return _Piece(laid, _BAR_HEIGHT + 2 * self._line, code128(laid.data))
        modules = qr.matrix(laid.data, "m")
        return _Piece(laid, self._qr_module(len(modules)) * (len(modules) + 2 * qr.QUIET), modules)

    def _sheet(self, pieces: Sequence[_Piece], length: float) -> None:
        self._made.add_page(format=(self._print_width + 2 * EDGE, length))
        top = EDGE
        for piece in pieces:
            if isinstance(piece.laid, LaidLine):
                self._text(piece.laid, top)
            elif isinstance(piece.laid, LaidLogo):
                self._picture(top)
            elif piece.laid.kind == "code128":
                self._bars(piece.modules, top + self._line)
            else:
                self._squares(piece.modules, top)
            top += piece.height

    def _text(self, line: LaidLine, top: float) -> None:
        text = encodable(line.text)
        across = self._advance * (2 if line.wide else 1)
        left = EDGE + (self._print_width - across * len(text)) / 2 if line.centred else EDGE
        tall = 2 if line.tall else 1
        # The font's size is the height; the width is what the stretching makes of it.
        self._made.set_font("Courier", "B" if line.bold else "", self._size * tall)
        self._made.set_stretching(100 * (2 if line.wide else 1) / tall)
        self._made.set_text_color(*(_RED if line.red else _BLACK))
        self._made.text(left, top + self._size * tall * _ASCENT, text)

    @property
    def _dot(self) -> float:
        return self._print_width / self._logo.paper if self._logo else 0

    def _picture(self, top: float) -> None:
        if self._logo is None:
            return
        from PIL import Image

        image = Image.frombytes(
            "1", (self._logo.across, _rows(self._logo)), bytes(each ^ 0xFF for each in self._logo.rows)
        )
        left = EDGE + (self._print_width - self._dot * self._logo.across) / 2
        self._made.image(image, left, top, w=self._dot * self._logo.across, h=self._dot * image.height)

    def _qr_module(self, side: int) -> float:
        return min(_QR_MODULE_MOST, self._print_width / (side + 2 * qr.QUIET))

    def _squares(self, matrix: Sequence[Sequence[bool]], top: float) -> None:
        module = self._qr_module(len(matrix))
        left = EDGE + (self._print_width - module * len(matrix)) / 2
        for row, dark in enumerate(matrix):
            y = top + (row + qr.QUIET) * module
            for start, run in qr.runs(dark):
                self._made.rect(left + start * module, y, run * module, module, style="F")

    def _bars(self, widths: Sequence[int], top: float) -> None:
        module = min(_BAR_MODULE_MOST, self._print_width / (sum(widths) + 2 * QUIET))
        x = EDGE + (self._print_width - module * sum(widths)) / 2
        for place, modules in enumerate(widths):
            if place % 2 == 0:
                self._made.rect(x, top, modules * module, _BAR_HEIGHT, style="F")
            x += modules * module


def _rows(logo: Dots) -> int:
    return len(logo.rows) // ((logo.across + 7) // 8)
