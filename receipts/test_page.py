"""The page that shows whether a printer prints what receipts need: width, umlauts, bold, a symbol, the cut."""

from __future__ import annotations

from receipts.page import Gap, Line, Page, Pair, Section, Symbol

SAMPLE = "ÄÖÜ äöü ß é € %"
RULER = "1234567890"


def test_page(title: str, said: str, columns: int) -> Page:
    """``title`` and ``said`` in the shop's language; ``columns`` is how wide a line is meant to be."""
    ruler = (RULER * (columns // len(RULER) + 1))[:columns]
    return Page((
        Section(
            "test",
            (
                Line(title, align="center", bold=True, tall=True),
                Gap(),
                Line(ruler),
                Pair(SAMPLE, "1.234,56"),
                Line(said, bold=True),
                Gap(),
                Symbol("TILLMESH TEST"),
                Symbol("4006381333931", kind="code128"),
                Gap(),
            ),
        ),
    ))  # fmt: skip
