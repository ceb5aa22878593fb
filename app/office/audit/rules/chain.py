"""Feeds whose records do not follow from one another, or do not bear their writer's signature."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _
from app.text import mark

KIND = "chain_broken"
WHY = (
    mark("does not continue the chain"),
    mark("is earlier than the one before it"),
    mark("is not signed by its writer"),
    mark("is dated when no member can have written it"),
    mark("its writer is no member of the network"),
)
"""What the checker says, as far as it can be said in another language."""


class Broken(NamedTuple):
    """Where a feed does not hold. ``seq`` 0: it cannot be said which record; ``why`` is the checker's own words."""

    feed: str
    member_id: str
    till_no: int
    seq: int
    why: str


def broken(faults: Iterable[Broken]) -> Iterator[Finding]:
    """A finding for each."""
    for fault in faults:
        said = {"seq": fault.seq, "feed": fault.feed, "why": _(fault.why)}
        if fault.seq:
            cause = _("record {seq} of {feed} does not hold: {why}").format(**said)
            evidence = Evidence("record", f"{fault.feed}/{fault.seq}", fault.member_id, fault.why)
        else:
            cause = _("{feed} cannot be read: {why}").format(**said)
            evidence = Evidence("feed", fault.feed, fault.member_id, fault.why)
        advice = _(
            "this home's store was altered or its disk is failing: compare with another member, restore a backup"
        )
        yield Finding(KIND, "alarm", fault.till_no, "", cause, advice, (evidence,))
