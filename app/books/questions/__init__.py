"""What can be asked of the books: one frozen value per question, typed with its answer.

A question says *what*; ``app.books.queries`` knows *how*, one function per question, in a file of the
same name. ``BooksReader.ask`` joins them. So a new question is a class here and a function there.

* ``articles.py``   an article for sale, prices, VAT, key pages, the search; ``reference.py`` all reference data
* ``catalogues.py`` articles as they were last said
* ``resources.py``  balances; ``overdraws.py`` what was used beyond; ``vouchers.py``, ``coupons.py`` one by its code
* ``returns.py``    receipts that goods come back with, and what a void finds
* ``customers.py``  who they are, what they owe and bought; ``receivables.py`` notes and invoices
* ``orders.py``, ``parked.py``  what waits to be picked up or taken up again
* ``cash.py``, ``periods.py``  the drawer; figures between Z reports
* ``accounting.py`` what a Z report closed, as the accounting wants it; ``sales_data.py`` receipts, each once;
  ``accounts.py`` what a customer owes and paid
* ``numbers.py``    numbers that are used; ``users.py``, ``audit.py`` who may work here, and who did what
* ``contents.py``   how much of all this is there; ``live.py`` a day as it stands now
"""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

import msgspec

T = TypeVar("T")


class Question(msgspec.Struct, Generic[T], frozen=True):
    """Base of all questions; ``T`` is the type of the answer. ``slow``: takes more than a few milliseconds."""

    slow: ClassVar[bool] = False
