"""The slip that lets a till in: carried to the new machine, where a scanner types its code."""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec

from app.domain import till_numbers
from receipts.letterhead import title
from receipts.page import Block, Gap, Line, Page, Pair, Section, Symbol
from receipts.wording import Wording

GROUPS_PER_LINE = 3
"""Groups of five, so that a person can compare them and they fit on the narrowest paper."""


class EnrolmentSlip(msgspec.Struct, frozen=True):
    """What is printed for released numbers; never journalled. Instants are ISO 8601 in UTC.

    ``slots``: number and name of each till that the code is for, at least one.
    """

    slots: tuple[tuple[int, str], ...]
    site: str
    network: str
    code: str
    expires_at: str
    released_at: str


def enrolment_page(slip: EnrolmentSlip, words: Wording, *, zone: tzinfo = UTC) -> Page:
    """The code as a symbol without hyphens (scanners type faster) and in groups for people."""
    said = words.documents.enrolment
    day, time = words.date_and_time(slip.expires_at, zone)
    groups = slip.code.split("-")
    several = len(slip.slots) > 1
    no, name = slip.slots[0]
    whom = (
        f"{said.tills} {till_numbers.written(no for no, _name in slip.slots)}"
        if several
        else f"{words.till} {no}: {name}"
    )
    blocks: list[Block] = [
        Line(slip.network, align="center", bold=True),
        *title(said.title),
        Line(whom, align="center", bold=True, tall=True),
    ]
    if slip.site:
        blocks.append(Line(slip.site, align="center"))
    blocks += [Gap(), Symbol("".join(groups)), Gap()]
    for start in range(0, len(groups), GROUPS_PER_LINE):
        blocks.append(Line("-".join(groups[start : start + GROUPS_PER_LINE]), align="center", bold=True))
    if several:  # to tick off what has been unpacked
        blocks += [Gap(), *(Line(f"[ ] {no}  {name}", indent=7) for no, name in slip.slots)]
    note = said.note_of_several if several else said.note
    blocks += [Gap(), Pair(words.valid_until, f"{day} {time}"), Line(note)]
    return Page((Section("enrolment", tuple(blocks)),))
