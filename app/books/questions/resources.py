"""What is left of a resource, and who uses it."""

from __future__ import annotations

from typing import NamedTuple

from app.books.questions import Question
from app.domain.resource import Balance


class Uncovered(NamedTuple):
    """What was used on a day without full coverage, in the unit of the kind."""

    of_resource: int
    """At all tills."""
    of_kind: int
    """Of all resources of its kind, at the one till."""


class AskUncovered(Question[Uncovered], frozen=True):
    """How much of the resource, and of its kind at this till, was held or used without full coverage on the day."""

    resource: str
    till_no: int
    day: str


class AskBalance(Question[Balance], frozen=True):
    """A resource's ledger summed up; zeros for one that nobody has heard of."""

    resource: str


class Movement(NamedTuple):
    """What happened to a resource. ``at`` is ISO 8601, the amount above zero, in the unit of the kind.

    ``what``: ``granted``, ``held`` (by an open sale), ``used`` (by ``reference``, a receipt) or ``released``. Of what
    is held or used ``promised`` of the ``asked`` members had confirmed it.
    """

    at: str
    what: str
    amount: int
    till_no: int
    reference: str = ""
    reason: str = ""
    promised: int = 0
    asked: int = 0


class ListMovements(Question[tuple[Movement, ...]], frozen=True):
    """The newest movements of a resource, at most ``limit`` grants and as many holds; the oldest first."""

    resource: str
    limit: int = 50
