"""Which articles have to be repeated on a catalogue's feed. Pure: reference data and words in, facts out.

An article goes along with its catalogue as it was last said, and again whenever somebody says something new of it; what
went along stands in its entry (``CatalogueArticle.of``). So does what is sold with it (the deposit on a bottle), as an
article of the catalogue without a price of its own. An article that is removed leaves the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from app.books.questions.catalogues import ArticleWord
from app.domain.catalogue import CatalogueArticle
from app.facts.base import Fact
from app.facts.master import ReferenceSet

ENTRY = "catalogue_article"


def sold_along(words: Iterable[ArticleWord], known: Iterable[str]) -> tuple[str, ...]:
    """The ident numbers of what is sold with these articles and is not among the known ones."""
    along = {word.article.container_deposit for word in words if not word.article.removed}
    return tuple(sorted(along - {""} - set(known)))


def copies(entries: Iterable[CatalogueArticle], words: Mapping[str, ArticleWord]) -> Sequence[Sequence[Fact]]:
    """What is to be said on a catalogue's feed, for each article that has changed: its facts belong together."""
    return [facts for entry in entries if (word := words.get(entry.ident_no)) and (facts := _copy(entry, word))]


def _copy(entry: CatalogueArticle, word: ArticleWord) -> list[Fact]:
    if word.article.removed:
        return [word.article, ReferenceSet(ENTRY, entry.key, removed=True)]
    if entry.of == word.newest:
        return []
    now = msgspec.structs.replace(entry, of=word.newest)
    return [word.article, *word.prices, entry_set(now)]


def entry_set(entry: CatalogueArticle) -> ReferenceSet:
    """The fact that puts an article into its catalogue."""
    return ReferenceSet(ENTRY, entry.key, msgspec.to_builtins(entry))
