"""Feeds in which one number has two records, each signed by the writer: a copied or restored disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _

KIND = "fork"


class Forked(NamedTuple):
    """The proof: both records' hybrid times as instants, their kinds and hashes."""

    feed: str
    member_id: str
    till_no: int
    seq: int
    records: tuple[tuple[str, str, str], ...]


def forks(found: Iterable[Forked]) -> Iterator[Finding]:
    """A finding for each feed."""
    for fork in found:
        cause = _("{feed} has two records {seq}; nothing after them is taken from it").format(
            feed=fork.feed, seq=fork.seq
        )
        evidence = tuple(
            Evidence("record", f"{fork.feed}/{fork.seq}", fork.member_id, f"{at} {kind} {digest}")
            for at, kind, digest in fork.records
        )
        yield Finding(
            KIND,
            "alarm",
            fork.till_no,
            max((at for at, _kind, _digest in fork.records), default=""),
            cause,
            _("the disk was copied or put back: end the copy, then replace the till (`tillmesh network replace`)"),
            evidence,
        )
