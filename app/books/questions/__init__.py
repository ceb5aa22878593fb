"""What can be asked of the books: one frozen value per question, typed with its answer.

A question says *what*; ``app.books.queries`` knows *how*, one function per question, in a file of the
same name. ``BooksReader.ask`` joins them. So a new question is a class here and a function there.

* ``articles.py``    an article for sale, prices, VAT
* ``resources.py``   balances and overdraws
* ``vouchers.py`` …  one file per subject
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Question(msgspec.Struct, Generic[T], frozen=True):
    """Base of all questions; ``T`` is the type of the answer. ``slow``: takes more than a few milliseconds."""

    slow: ClassVar[bool] = False
