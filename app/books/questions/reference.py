"""Reference data: tenders, promotions, rights, … as one frozen value."""

from __future__ import annotations

from app.books.questions import Question
from app.domain.reference import Reference


class AskReference(Question[Reference], frozen=True):
    """All reference data as it is now; the same object as long as nothing has changed."""
