"""What is left of a resource, and who uses it."""

from __future__ import annotations

from app.books.questions import Question
from app.domain.resource import Balance


class AskBalance(Question[Balance], frozen=True):
    """A resource's ledger summed up; zeros for one that nobody has heard of."""

    resource: str
