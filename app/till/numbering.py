"""Which number a document gets: the next of the till's range that no fact carries yet.

The books know every number that was used. A receipt does not wait for them: the till remembers its own last
numbers, and after an append whose end is unknown forgets them and asks the books (``Session.reconcile``).
What of all this counts for hardware that has taken another's place says ``app.domain.number_range``.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING

from app.books.questions.numbers import AssignedBefore, LastNumbers
from app.domain.number_range import (
    GENERATION,
    WARN_PERCENT,
    Given,
    NumberRange,
    NumbersUsedUp,
    RangeKind,
    Span,
    next_of,
    spans_of,
    split_number,
    usable,
)
from app.till.effects import Effect, Event
from app.till.refusals import Refusal
from app.till.steps import look, reference

if TYPE_CHECKING:
    from app.till.counter import Counter


def given(
    counter: Counter, kind: RangeKind, known: Mapping[tuple[str, str], int], *, fresh: bool = True
) -> Generator[Effect, Event, Given]:
    """The next number; ``known`` are used ones, by kind and prefix, that the books may not have yet."""
    ranges = yield from _ranges(counter, kind)
    spans = spans_of(ranges, kind, counter.till.till_no, counter.beginning)
    last = yield from look(LastNumbers(spans), fresh=fresh)
    last = tuple(_later(used, span, known) for used, span in zip(last, spans, strict=True))
    try:
        found = next_of(spans, last)
    except NumbersUsedUp:
        raise Refusal("numbers_used_up", {"kind": kind}) from None
    if found.running_out:
        counter.warning = {"code": "numbers_low", "kind": kind, "left": str(found.left)}
    return found


def receipt_number(counter: Counter) -> Generator[Effect, Event, str]:
    """The number of the receipt that is being completed: of the till's own count as long as no range is assigned."""
    if counter.training:
        counter.assigned_no = yield from counter.next_number("training")
        return counter.assigned_no
    counter.assigned_no = ""
    if (yield from _ranges(counter, "receipt")):
        found = yield from given(counter, "receipt", counter.last_numbers, fresh=False)
        counter.assigned_no = found.number
    elif (left := counter.beginning.end - counter.next_sequence) < 0:
        raise Refusal("numbers_used_up", {"kind": "receipt"})
    elif left * 100 < GENERATION * (100 - WARN_PERCENT):
        counter.warning = {"code": "numbers_low", "kind": "receipt", "left": str(left)}
    return counter.next_receipt_no


def used(counter: Counter, number: str) -> None:
    """The receipt of that number is durable."""
    assigned, counter.assigned_no = counter.assigned_no, ""
    if not assigned:
        counter.next_sequence += 1
        return
    split = split_number(number)
    if split is not None and not counter.training:
        counter.last_numbers["receipt", split[0]] = split[1]


def _ranges(counter: Counter, kind: RangeKind) -> Generator[Effect, Event, list[NumberRange]]:
    """The till's assigned ranges that count; none: it uses its own."""
    till_no, since = counter.till.till_no, counter.beginning.since
    ranges = (yield from reference()).all(NumberRange).values()
    mine = [each for each in ranges if each.kind == kind and each.till_no == till_no]
    if not mine or not since:
        return mine
    found = usable(mine, (yield from look(AssignedBefore(kind, till_no, since))))
    if not found:
        counter.warning = {"code": "numbers_unsure", "kind": kind}
    return found


def _later(used_in_books: int, span: Span, known: Mapping[tuple[str, str], int]) -> int:
    mine = known.get((span.kind, span.prefix), 0)
    within = span.start <= mine and (not span.end or mine <= span.end)
    return max(used_in_books, mine) if within else used_in_books
