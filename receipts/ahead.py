"""The head of a page, printed before anybody knows of which: right behind the cut of the receipt before.

It is the shop's alone (logo, name, address), so nothing on it can go stale: no number, no time, no cashier. Any page
that begins with the same may go on under it, and says then what it would have said anyway; a mark that stands above
the head otherwise stands below it. What cannot go on under it has it cut off first, marked, so that nobody takes it
for the beginning of something.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from receipts.letterhead import ShopHead, head_of
from receipts.page import Block, Gap, Line, Rule, Section
from receipts.wording import Wording

_MARKS_ABOVE = (0, 2, 4)
"""How many blocks may stand above a head: none, or marks (ZWEITDRUCK, training) and the gap behind each."""


def head_ahead(shop: ShopHead) -> Section | None:
    """What can be printed ahead; None if the shop has no head."""
    head = tuple(head_of(shop))
    return Section("ahead", head, cut=False) if head else None


def unused(words: Wording) -> Section:
    """The end of a head under which nothing goes on."""
    mark, note = words.documents.ringing.unused
    said = Line(f"*** {mark} ***", align="center", bold=True, tall=True)
    return Section("unused", (Rule(), said, Line(note, align="center")))


def under(head: Sequence[Block], section: Section) -> Section | None:
    """The section as it goes on under this head; None if it begins with another."""
    blocks = section.blocks
    for above in _MARKS_ABOVE:
        marks, rest = blocks[:above], blocks[above + len(head) :]
        if blocks[above : above + len(head)] == tuple(head) and set(marks[1::2]) <= {Gap()}:
            return msgspec.structs.replace(section, blocks=(*_below(marks), *rest))
    return None


def _below(marks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Marks and the gap behind each, with the gap before each."""
    return (Gap(), *marks[:-1]) if marks else ()
