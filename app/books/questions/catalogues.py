"""Articles as they were last said, to be repeated for those to whom the first word does not go."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from app.books.questions import Question
from app.facts.master import ArticleSet, PriceSet


class ArticleWord(msgspec.Struct, frozen=True):
    """An article and every price that was entered for it or taken back, each with ``of``: the stamp of its word."""

    article: ArticleSet
    prices: tuple[PriceSet, ...] = ()

    @property
    def newest(self) -> str:
        """The newest word of all."""
        return max(self.article.of, *(price.of for price in self.prices), "")


class ArticleWords(Question[dict[str, ArticleWord]], frozen=True):
    """By ident number, removed ones too; without those that nobody has ever said anything of."""

    slow: ClassVar[bool] = True

    idents: tuple[str, ...]
