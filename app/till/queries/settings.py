"""Reference data as they are now, and how far the number ranges are used."""

from __future__ import annotations

from typing import Any

import msgspec

from app.books.questions.numbers import LastNumbers
from app.domain.number_range import WARN_PERCENT, NumberRange, Span
from app.domain.reference import SUBJECTS
from app.till import typed
from app.till.queries.base import Desk, Query
from app.till.refusals import Refusal


class AskSettings(Query, frozen=True):
    """Without a key every value of the subject."""

    subject: str
    key: str | None = None


class AskNumberRanges(Query, frozen=True):
    """Every assigned range, or those of one till."""

    till_no: int | None = None


async def settings(desk: Desk, query: AskSettings) -> dict[str, Any]:
    """The values of one subject."""
    kind = SUBJECTS.get(query.subject)
    if kind is None:
        raise Refusal("unknown_subject", {"subject": typed.shown(query.subject)})
    known: dict[str, Any] = dict((await desk.reference()).all(kind))
    if query.key is not None:
        if query.key not in known:
            raise Refusal("unknown_setting", {"subject": query.subject, "key": typed.shown(query.key)})
        known = {query.key: known[query.key]}
    values = [{"key": key, "value": msgspec.to_builtins(value)} for key, value in known.items()]
    return {"subject": query.subject, "values": values}


async def number_ranges(desk: Desk, query: AskNumberRanges) -> dict[str, Any]:
    """How much of each range is used; ``warning`` from 90 % on."""
    ranges = [
        each for each in (await desk.reference()).all(NumberRange).values() if query.till_no in (None, each.till_no)
    ]
    spans = tuple(Span(each.kind, each.prefix, each.start, each.end, each.digits) for each in ranges)
    last = await desk.look(LastNumbers(spans))
    return {"ranges": [_fields(each, used) for each, used in zip(ranges, last, strict=True)]}


def _fields(each: NumberRange, last: int) -> dict[str, Any]:
    size = each.end - each.start + 1
    used = max(0, last - each.start + 1)
    return {
        "range_id": each.range_id,
        "kind": each.kind,
        "till_no": each.till_no,
        "start": each.number(each.start),
        "end": each.number(each.end),
        "next": each.number(each.start + used) if used < size else None,
        "used": str(used),
        "left": str(size - used),
        "percent": used * 100 // size,
        "warning": used * 100 >= size * WARN_PERCENT,
    }
