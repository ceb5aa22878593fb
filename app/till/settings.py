"""Articles, prices and reference data set at the till, by right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till.commands import SetArticle, SetPrice, SetReference
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter


def set_reference(counter: Counter, command: SetReference) -> Steps:
    raise NotImplementedError


def set_article(counter: Counter, command: SetArticle) -> Steps:
    raise NotImplementedError


def set_price(counter: Counter, command: SetPrice) -> Steps:
    raise NotImplementedError
