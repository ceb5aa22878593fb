"""What was used beyond its value, as the books name it: by whom, and what is open of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.books.questions.overdraws import Overdraw
from app.domain import claim_policy, resource
from app.office.audit.finding import Evidence, Finding
from app.text import gettext as _

KIND = "overdraw"


def overdrawn(found: Iterable[Overdraw], currency: str) -> Iterator[Finding]:
    """A finding for each; one that is settled is a note. ``currency`` is what resources of money are kept in."""
    for each in found:
        cause = _("{resource} was used by {amount} more than there was of it; {open} are not settled").format(
            resource=each.resource, amount=_text(each, each.amount, currency), open=_text(each, each.open, currency)
        )
        if each.caused_by is not None:
            cause += "; " + _("the use that did it was at till {till_no}").format(till_no=each.caused_by.till_no)
        uses = [
            Evidence("receipt", use.receipt_no, use.member_id, _text(each, use.amount, currency))
            for use in each.uses
            if use.receipt_no
        ]
        yield Finding(
            KIND,
            "alarm" if each.open else "note",
            (each.caused_by.till_no or 0) if each.caused_by is not None else 0,
            each.since,
            cause,
            _("settle it: `tillmesh overdraws settle {resource} --how … --reason …`").format(resource=each.resource),
            (Evidence("resource", each.resource), *uses),
        )


def _text(of: Overdraw, amount: int, currency: str) -> str:
    """An amount in the resource's own unit."""
    kind = resource.kind_of(of.resource)
    return claim_policy.text_of(kind, amount, currency) if kind in resource.UNITS else str(amount)
