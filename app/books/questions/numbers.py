"""Which numbers of documents are used."""

from __future__ import annotations

from app.books.questions import Question
from app.domain.number_range import Span


class LastNumbers(Question[tuple[int, ...]], frozen=True):
    """The highest number used within each span; 0 where none is."""

    spans: tuple[Span, ...]
