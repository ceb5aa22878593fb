"""The sync protocol on paper: with whom this till has spoken, when, what went over, and what failed and why."""

from __future__ import annotations

from datetime import UTC, tzinfo

import msgspec

from receipts.letterhead import ShopHead, head_of, title
from receipts.page import Block, Gap, Line, Page, Pair, Rule, Section
from receipts.wording import Wording

ENTRIES_MAX = 200
"""Four metres of paper."""


class SyncEntry(msgspec.Struct, frozen=True):
    """One entry, in words: at an ISO instant in UTC, what happened (in a word or two), with whom, and more about it."""

    at: str
    what: str
    peer: str
    detail: str


class SyncProtocol(msgspec.Struct, frozen=True):
    """What is printed of the sync log; never journalled. ``entries`` come oldest first, as the log has them."""

    till_no: int
    made_at: str
    entries: tuple[SyncEntry, ...]


def sync_page(protocol: SyncProtocol, shop: ShopHead, words: Wording, *, zone: tzinfo = UTC) -> Page:
    """The newest entries first. ``ValueError`` for more than ``ENTRIES_MAX``."""
    if len(protocol.entries) > ENTRIES_MAX:
        raise ValueError(f"{len(protocol.entries)} entries of the sync protocol; {ENTRIES_MAX} at most")
    said = words.documents.sync
    day, time = words.date_and_time(protocol.made_at, zone)
    blocks: list[Block] = [
        *head_of(shop),
        *title(said.title),
        Gap(),
        Pair(f"{words.till} {protocol.till_no}", f"{day} {time}", bold=True),
        Line(said.newest if protocol.entries else said.nothing),
        Rule(),
    ]
    for entry in reversed(protocol.entries):
        day, time = words.date_and_time(entry.at, zone)
        about = f"{entry.peer}: {entry.detail}" if entry.peer and entry.detail else entry.peer or entry.detail
        blocks.append(Pair(f"{day} {time}", entry.what, bold=True))
        if about:
            blocks.append(Line(f"  {about}", indent=4))
    return Page((Section("sync", tuple(blocks)),))
