"""Facts against what is known: new, changed, unchanged. Pure: whoever compares hands the kind's cells in.

``state`` is a digest of everything that was compared: another file, or other books, and it is another. So what was
looked at is imported, or nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

import msgspec

from app.facts.base import Fact
from app.office.exchange.known import After, Compared

NEW, CHANGED, UNCHANGED, REMOVED = "new", "changed", "unchanged", "removed"
SHOWN_MAX = 500
TEXT_MAX = 200


class Change(msgspec.Struct, frozen=True):
    """What becomes of one value. ``fields``: name, before, after of each that differs; of a new one those with text."""

    sort: str
    key: str
    name: str
    fields: tuple[tuple[str, str, str], ...]


class Changes(msgspec.Struct, frozen=True):
    """What a file would change: how many of each sort, the first changes, the facts that change something."""

    counts: dict[str, int]
    shown: tuple[Change, ...]
    facts: tuple[Fact, ...]
    state: str


def changes(facts: Iterable[Fact], compared: Compared, bad: int) -> Changes:
    """All of them. ``bad``: how many lines are left out; shown are at most ``SHOWN_MAX``."""
    counts = {NEW: 0, CHANGED: 0, REMOVED: 0, UNCHANGED: 0}
    shown: list[Change] = []
    kept: list[Fact] = []
    digest = hashlib.sha256(f"{bad}".encode())
    for fact in facts:
        change = _change(compared.after(fact), compared)
        counts[change.sort] += 1
        digest.update(json.dumps(msgspec.to_builtins(change), ensure_ascii=False).encode("utf-8", "replace"))
        if change.sort == UNCHANGED:
            continue
        kept.append(fact)
        if len(shown) < SHOWN_MAX:
            shown.append(change)
    return Changes(counts, tuple(shown), tuple(kept), digest.hexdigest())


def _change(after: After, compared: Compared) -> Change:
    before = compared.before(after.key)
    if after.cells is None:
        fields = tuple((name, text[:TEXT_MAX], "") for name, text in (before or {}).items())
        return Change(REMOVED if before else UNCHANGED, after.key, after.name, fields)
    was, cells = before or {}, after.cells
    fields = tuple(
        (name, was.get(name, "")[:TEXT_MAX], cells.get(name, "")[:TEXT_MAX])
        for name in dict.fromkeys([*was, *cells])
        if was.get(name, "") != cells.get(name, "")
    )
    return Change(NEW if before is None else CHANGED if fields else UNCHANGED, after.key, after.name, fields)
