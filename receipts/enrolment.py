"""The slip that lets a till in: carried to the new machine, where a scanner types its code."""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec

from receipts.letterhead import title
from receipts.page import Block, Gap, Line, Page, Pair, Section, Symbol
from receipts.wording import Wording

GROUPS_PER_LINE = 3
"""Groups of five, so that a person can compare them and they fit on the narrowest paper."""


class EnrolmentSlip(msgspec.Struct, frozen=True):
    """What is printed for a released number; never journalled. Instants are ISO 8601 in UTC."""

    no: int
    name: str
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
    blocks: list[Block] = [
        Line(slip.network, align="center", bold=True),
        *title(said.title),
        Line(f"{words.till} {slip.no}: {slip.name}", align="center", bold=True, tall=True),
    ]
    if slip.site:
        blocks.append(Line(slip.site, align="center"))
    blocks += [Gap(), Symbol("".join(groups)), Gap()]
    for start in range(0, len(groups), GROUPS_PER_LINE):
        blocks.append(Line("-".join(groups[start : start + GROUPS_PER_LINE]), align="center", bold=True))
    blocks += [Gap(), Pair(words.valid_until, f"{day} {time}"), Line(said.note)]
    return Page((Section("enrolment", tuple(blocks)),))
