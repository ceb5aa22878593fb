"""A page as a value: sections of blocks, independent of the paper's width and of any printer.

A *section* is what comes off the printer as one piece: the receipt, a voucher's
slip. It ends with a cut, and it is the unit the spool sends and has confirmed.
Blocks say what they mean (a pair of text and amount, a table, a symbol); only
``layout.py`` knows columns.

Pages are plain msgspec values, so the spool can keep one as JSON and print it
unchanged after a crash, whatever the shop's head or language says by then.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Align = Literal["left", "center"]
SymbolKind = Literal["qr", "code128"]


class Line(msgspec.Struct, frozen=True, tag="line", omit_defaults=True):
    """A paragraph; wraps at words. ``indent`` applies to its further lines. ``wide`` halves the columns. ``red`` is
    bold on paper that knows one colour."""

    text: str
    align: Align = "left"
    bold: bool = False
    tall: bool = False
    wide: bool = False
    indent: int = 0
    red: bool = False


class Pair(msgspec.Struct, frozen=True, tag="pair", omit_defaults=True):
    """Text at the left, an amount at the right of its last line. ``indent`` as in ``Line``."""

    left: str
    right: str
    bold: bool = False
    tall: bool = False
    indent: int = 0


class Table(msgspec.Struct, frozen=True, tag="table", omit_defaults=True):
    """Rows of cells, the first left and the others right; the first row names the columns."""

    rows: tuple[tuple[str, ...], ...]


class Rule(msgspec.Struct, frozen=True, tag="rule"):
    """A line across the paper."""


class Gap(msgspec.Struct, frozen=True, tag="gap"):
    """An empty line."""


class Symbol(msgspec.Struct, frozen=True, tag="symbol"):
    """Something for a scanner, centred; what it says is printed in words beside it by a block of its own."""

    data: str
    kind: SymbolKind = "qr"


class Logo(msgspec.Struct, frozen=True, tag="logo"):
    """The shop's logo, centred; the printer has the picture."""


Block = Line | Pair | Table | Rule | Gap | Symbol | Logo


class Section(msgspec.Struct, frozen=True, omit_defaults=True):
    """What comes off the printer as one piece. ``name`` says which: ``receipt``, ``voucher``, ``report`` …

    Without ``cut`` the piece goes on with what is printed next (``ringing.py``).
    """

    name: str
    blocks: tuple[Block, ...]
    cut: bool = True


class Page(msgspec.Struct, frozen=True):
    """All that one job prints, in order."""

    sections: tuple[Section, ...]


_WORTH_MONEY = ("voucher", "coupon")


def marked(page: Page, mark: str) -> Page:
    """The page with ``mark`` (ZWEITDRUCK) on top of every section: each can be torn off and shown alone.

    One that bears the mark already gets no second one.
    """
    head = (Line(f"*** {mark} ***", align="center", bold=True, tall=True), Gap())
    sections = (
        each if each.blocks[:2] == head else Section(each.name, head + each.blocks, each.cut) for each in page.sections
    )
    return Page(tuple(sections))


def copied(page: Page, mark: str) -> Page:
    """What may be printed a second time, marked; a slip that is worth money may not."""
    return marked(without_slips(page), mark)


def without_slips(page: Page) -> Page:
    """What may be shown as often as anybody likes: everything but slips that are worth money."""
    return Page(tuple(each for each in page.sections if each.name not in _WORTH_MONEY))


def with_copies(page: Page, copies: int, mark: str) -> Page:
    """The page with so many copies behind its first section and what goes with it; slips come last."""
    again = copied(page, mark).sections * copies
    slips = tuple(each for each in page.sections if each.name in _WORTH_MONEY)
    return Page(tuple(each for each in page.sections if each.name not in _WORTH_MONEY) + again + slips)
