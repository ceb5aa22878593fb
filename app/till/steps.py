"""The steps that commands are made of: asking effects as typed generator calls.

    view = yield from look(FindVoucher(code), fresh=True)

A command is a generator (``Steps``): it yields an asking effect, is sent the answer, and returns
the fields of its reply; ``Refusal`` ends it.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeVar, cast

from app.books.questions import Question
from app.books.questions.reference import AskReference
from app.domain.reference import Reference
from app.till.effects import (
    Claim,
    Claimed,
    Effect,
    Event,
    GateOpened,
    LetThrough,
    Look,
    MembersNamed,
    NameMembers,
    Seal,
    Sealed,
    Seen,
    Weigh,
    Weighed,
)

T = TypeVar("T")

Asking = Generator[Effect, Event, None]
Steps = Generator[Effect, Event, dict[str, Any]]
"""A command at work; what it returns are the fields of its reply."""


def look(question: Question[T], *, fresh: bool = False, patience_ms: int = 0) -> Generator[Effect, Event, T]:
    """The books' answer; with ``fresh`` after everything durable has been applied.

    With ``patience_ms`` not before the answer is there (not None), or so much time has gone by.
    """
    seen = yield Look(question, fresh, patience_ms)
    assert isinstance(seen, Seen)
    return cast("T", seen.answer)


def reference() -> Generator[Effect, Event, Reference]:
    """All reference data as it is now."""
    return (yield from look(AskReference()))


def claim(*resources: str) -> Generator[Effect, Event, Claimed]:
    """Ask every reachable member, for all at once. What is granted must be released (``Counter.released``)."""
    claimed = yield Claim(resources)
    assert isinstance(claimed, Claimed)
    return claimed


def weigh(unit_price_minor: int, tare_g: int) -> Generator[Effect, Event, Weighed]:
    """What lies on the scale."""
    weighed = yield Weigh(unit_price_minor, tare_g)
    assert isinstance(weighed, Weighed)
    return weighed


def open_gate(name: str) -> Generator[Effect, Event, str]:
    """Open a gate once; why it could not be told, or nothing."""
    opened = yield LetThrough(name)
    assert isinstance(opened, GateOpened)
    return opened.reason


def members() -> Generator[Effect, Event, dict[str, tuple[int, str]]]:
    """Till number and name of every member of the network, by member id."""
    named = yield NameMembers()
    assert isinstance(named, MembersNamed)
    return named.members


def seal(person_id: str, text: str) -> Generator[Effect, Event, str | None]:
    """Personal text sealed with the person's key; None if that has been erased."""
    sealed = yield Seal(person_id, text)
    assert isinstance(sealed, Sealed)
    return sealed.text


def nothing() -> Asking:
    """Asks nothing: for a step that has to be a generator because others of its kind ask."""
    yield from ()
