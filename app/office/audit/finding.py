"""What an audit finds, and what it is asked for. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

import msgspec

Severity = Literal["alarm", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("alarm", "warning", "note")
"""Something is broken or was tampered with; somebody should look; so that it is known."""

What = Literal["receipt", "record", "feed", "member", "till", "z_report", "sale", "resource", "cashier", "article"]


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to look at. ``name``: a receipt's number, a record as ``member/topic/sequence``, a till's number, …

    ``member_id`` tells two of one name apart; ``text`` is what it says, as far as that matters here.
    """

    what: What
    name: str
    member_id: str = ""
    text: str = ""


class Finding(msgspec.Struct, frozen=True):
    """Something that does not look right. ``kind`` is one of ``every.KINDS``; ``till_no`` 0: of no till alone.

    ``at`` is an ISO instant or day, empty if it has none; ``cause`` and ``advice`` are sentences for people.
    """

    kind: str
    severity: Severity
    till_no: int
    at: str
    cause: str
    advice: str
    evidence: tuple[Evidence, ...] = ()


def named(*evidence: Evidence) -> tuple[Evidence, ...]:
    """The evidence that has a name: where nobody logs in, receipts name no cashier."""
    return tuple(each for each in evidence if each.name)


class Asked(NamedTuple):
    """Which findings are wanted: of business days ``since`` to ``until`` (ISO, inclusive, empty: open), of these tills
    and kinds (none: of all). What has no day belongs to every period."""

    since: str = ""
    until: str = ""
    tills: frozenset[int] = frozenset()
    kinds: Sequence[str] = ()

    def wants(self, finding: Finding) -> bool:
        """Whether the finding is among them; its kind is not looked at.

        An instant is in UTC, and a shop's day is not: it counts for the day before and the day after as well. What
        comes out of the books by business day is exact already.
        """
        if self.tills and finding.till_no and finding.till_no not in self.tills:
            return False
        try:
            first = last = date.fromisoformat(finding.at[:10])
        except ValueError:
            return True
        if len(finding.at) > len("2026-11-22"):
            first, last = first - timedelta(days=1), last + timedelta(days=1)
        return (not self.since or last.isoformat() >= self.since) and (
            not self.until or first.isoformat() <= self.until
        )
