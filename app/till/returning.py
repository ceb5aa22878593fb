"""Returns with and without receipt, and the void of a whole receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import ReturnArticle, ReturnLine, VoidReceipt
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def return_line(counter: Counter, command: ReturnLine) -> Steps:
    raise NotImplementedError


def return_article(counter: Counter, command: ReturnArticle) -> Steps:
    raise NotImplementedError


def void_receipt(counter: Counter, command: VoidReceipt) -> Steps:
    raise NotImplementedError
