"""What the pictures' shop has: a few articles that can be searched, and a drawer to count."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.books.questions import Question
from app.books.questions.articles import FindForSale, SearchArticles
from app.books.questions.cash import AskDrawers
from app.books.views import ArticlesFound, ArticleView, ForSale, FoundArticle
from app.domain.article_search import wanted
from app.domain.search_text import alike
from app.facts.sales import CountedCash

RATES = {"1": 1900, "2": 700}
CURRENCY = "EUR"
IN_DRAWER_MINOR = 29_737


class Article(NamedTuple):
    """One of the shop's."""

    barcode: str
    ident_no: str
    name: str
    price_minor: int
    vat_key: str
    groups: tuple[str, ...]


ARTICLES = (
    Article("2000000260105", "0001", "Vogelfutter Wellensittich 500 g", 239, "2", ("Futter", "Vogel")),
    Article("2000000260204", "0002", "Vogelfutter Wellensittich 1 kg", 399, "2", ("Futter", "Vogel")),
    Article("2000000260303", "0003", "Vogelfutter Wellensittich 2,5 kg", 839, "2", ("Futter", "Vogel")),
    Article("2000000260402", "0004", "Vogelfutter Wellensittich 5 kg", 1519, "2", ("Futter", "Vogel")),
    Article("2000000260501", "0005", "Vogelfutter Kanarie 500 g", 259, "2", ("Futter", "Vogel")),
    Article("2000000260600", "0006", "Vogelfutter Kanarie 1 kg", 429, "2", ("Futter", "Vogel")),
    Article("2000000260709", "0007", "Vogelfutter Kanarie 2,5 kg", 899, "2", ("Futter", "Vogel")),
    Article("2000000260907", "0009", "Vogelfutter Großsittich 500 g", 289, "2", ("Futter", "Vogel")),
    Article("2000000261003", "0010", "Vogelfutter Großsittich 1 kg", 479, "2", ("Futter", "Vogel")),
    Article("2000000261300", "0013", "Vogelfutter Exoten 500 g", 279, "2", ("Futter", "Vogel")),
    Article("2000000261706", "0017", "Nagerfutter Kaninchen 500 g", 269, "2", ("Futter", "Nager")),
    Article("2000000261805", "0018", "Nagerfutter Kaninchen 1 kg", 449, "2", ("Futter", "Nager")),
    Article("2000000000015", "0101", "Kugelschreiber blau", 89, "1", ("Bedarf",)),
    Article("2000000000022", "0102", "Hundeleine Leder 120 cm", 2999, "1", ("Hund",)),
    Article("2000000000039", "0103", "Napf Edelstahl 0,5 l", 649, "1", ("Bedarf",)),
)


def answer(question: Question[Any]) -> Any:
    """To what is asked about articles and the drawer; ``NotImplemented`` for any other question."""
    match question:
        case FindForSale():
            return _for_sale(question.code)
        case SearchArticles():
            return _found(question)
        case AskDrawers():
            return (CountedCash(CURRENCY, IN_DRAWER_MINOR),)
    return NotImplemented


def _for_sale(code: str) -> ForSale | None:
    for article in ARTICLES:
        if code in (article.barcode, article.ident_no):
            view = ArticleView(
                article.ident_no,
                article.name,
                article.price_minor,
                CURRENCY,
                article.vat_key,
                "Stk",
                (article.barcode,),
            )
            return ForSale(view, article.price_minor, 1, article.vat_key, RATES[article.vat_key])
    return None


def _found(asked: SearchArticles) -> ArticlesFound:
    texts = wanted(asked.text, CURRENCY).texts
    fitting = sorted(
        (article for article in ARTICLES if all(text in alike(f"{article.name} {article.groups}") for text in texts)),
        key=lambda article: article.name,
    )
    rows = (
        FoundArticle(
            article.ident_no, article.name, article.price_minor, CURRENCY, "Stk", article.groups, True, article.ident_no
        )
        for article in fitting
    )
    return ArticlesFound(tuple(rows)[: asked.limit], len(fitting) > asked.limit)
