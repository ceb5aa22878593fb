"""Records that were taken over and checked, and still never came into the books: their facts do not hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from app.office.audit.finding import Evidence, Finding, Severity
from app.text import gettext as _
from app.text import mark, ngettext

KIND = "passed_over"
OF_MEMBERSHIP = ("network.", "slot.", "member.", "audience.", "authority.")
"""What such kinds begin with is folded into the roster, not into the books."""
UNKNOWN = "unknown_kind"
REASONS = {
    UNKNOWN: mark("of a kind that this version does not know"),
    "unreadable": mark("with contents that do not fit their kind, or do not add up"),
    "wrong_feed": mark("in a feed where they do not belong"),
}


def passed_over(
    counted: Iterable[tuple[str, str, int]], evidence: Mapping[tuple[str, str], Sequence[Evidence]]
) -> Iterator[Finding]:
    """A finding for each (kind of record, reason, how many); ``evidence`` names records, as far as they were found."""
    for kind, reason, count in counted:
        if kind.startswith(OF_MEMBERSHIP):
            continue
        why = _(REASONS[reason]) if reason in REASONS else reason
        cause = ngettext(
            "{count} record of {kind} was passed over: {why}",
            "{count} records of {kind} were passed over: {why}",
            count,
        ).format(count=count, kind=kind, why=why)
        severity: Severity = "note" if reason == UNKNOWN else "alarm"
        advice = (
            _("update this program, then run `tillmesh rebuild`")
            if reason == UNKNOWN
            else _("whoever wrote them is broken or tampered with: compare the till's program and disk")
        )
        yield Finding(KIND, severity, 0, "", cause, advice, tuple(evidence.get((kind, reason), ())))
