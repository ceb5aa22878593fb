"""What a search of articles finds in the books, and in which order."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy.dialects import postgresql

from app.books.queries import article_lines, article_search
from app.books.questions.articles import SearchArticles
from app.domain.in_store_code import GERMAN_MASKS, write
from app.domain.price_list import PriceList
from app.domain.price_span import PriceSpan
from app.domain.reference import Reference
from app.facts.base import Fact
from app.facts.master import ArticleSet, PriceSet
from tests.app.books.conftest import KEPT_IN
from tests.app.books.shelf import Books, records_of
from tests.app.till.test_articles import setting

DAY = "2026-11-21"
SHELF = (
    ArticleSet("0815", "Vogelfutter 1 kg", 499, "EUR", "2", ("4006381333931",), ("Futter",)),
    ArticleSet("17", "Kugelschreiber blau", 89, "EUR", "1", ("036000291452",), ("Schreibwaren", "4711")),
    ArticleSet("4711", "Bergkäse", 1690, "EUR", "2", unit="kg", article_groups=("Käse",)),
    ArticleSet("99", "Diverses", 0, "EUR", "1", open_price=True),
    ArticleSet("20", "Cola 0,33 l", 199, "EUR", "1", purchase_price_minor=100),
    ArticleSet("21", "Futternapf mit Vogel", 499, "EUR", "1"),
    ArticleSet("22", "Blaues Vogelfutter", 300, "EUR", "1", article_groups=("Futter",)),
    ArticleSet("B-23", "50 % auf_alles", 299, "EUR", "1"),
    ArticleSet("Ä-5", "Ofen", 99999, "EUR", "1"),
    ArticleSet("25", "Ä-5 Abdeckung", 99998, "EUR", "1"),
    ArticleSet("24", "Weg", 1, "EUR", "1", removed=True),
)
PRICES: tuple[Fact, ...] = (
    PriceSet("21", 1, 399, "2026-11-20", "2026-11-22"),
    PriceSet("22", 1, 100, "2026-11-22", ""),
    PriceSet("0815", 2, 450, "", ""),
    setting(PriceList(2, "Personal", 1, percent_bp=-1000)),
    setting(PriceList(3, "Einkauf", "purchase", fall_back=False)),
)


@pytest.fixture(scope="module", params=KEPT_IN)
def shelf(request: pytest.FixtureRequest) -> Iterator[Books]:
    server = request.param == "postgresql"
    books = Books(request.getfixturevalue("servers_books")[1]) if server else Books()
    books.writer.apply(records_of([("a", fact) for fact in (*SHELF, *PRICES)]))
    yield books
    books.close()


def idents(books: Books, text: str, **more: object) -> list[str]:
    return [found.ident_no for found in books.reader.ask(SearchArticles(text, DAY, **more)).articles]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FUTTER", ["21", "22", "0815"]),
        ("futter vogel", ["22", "21", "0815"]),
        ("vogel", ["0815", "22", "21"]),
        ("63813", ["0815"]),
        ("036000291452", ["17"]),
        ("17", ["17"]),
        ("017", ["17"]),
        ("4711", ["4711", "17"]),
        ("kaese", ["4711"]),
        ("KÄSE", ["4711"]),
        ("schreiberblau", []),
        ("50 %", ["B-23"]),
        ("b-23", ["B-23"]),
        ("_", ["B-23"]),
        ("*", []),
        ("weg", []),
        ("0,33", ["20"]),
        ("1,99", ["20"]),
        ("4,99", ["0815"]),
        ("4.99 vogel", ["0815"]),
        ("3,99", ["21"]),
        ("vogel <5", ["0815", "22", "21"]),
        ("vogel <3,99", ["22"]),
        ("futter 3-4", ["21", "22"]),
        (">16 käse", ["4711"]),
        ("Ä-5", ["Ä-5", "25"]),
        ("vogel >5", []),
        ("3-5 4,99", ["0815"]),
    ],
)
def test_what_a_text_finds_and_in_which_order(shelf: Books, text: str, found: list[str]) -> None:
    assert idents(shelf, text) == found


def test_a_price_counts_in_its_list_on_its_day(shelf: Books) -> None:
    assert idents(shelf, "4,50", price_list=2) == ["0815"]
    assert idents(shelf, "3,59", price_list=2) == ["21"]
    assert idents(shelf, "0,80", price_list=2) == ["17"]
    assert idents(shelf, "1,00", price_list=3) == ["20"]
    assert idents(shelf, "0,89", price_list=3) == []
    tomorrow = shelf.reader.ask(SearchArticles("vogel 1,00", "2026-11-22"))
    assert [(each.ident_no, each.price_minor) for each in tomorrow.articles] == [("22", 100)]


def test_what_is_found_says_price_unit_group_and_whether_the_till_has_it(shelf: Books) -> None:
    (cheese,) = shelf.reader.ask(SearchArticles("bergk", DAY)).articles
    assert (cheese.name, cheese.price_minor, cheese.unit, cheese.article_groups) == ("Bergkäse", 1690, "kg", ("Käse",))
    assert cheese.in_assortment
    assert [each.price_minor for each in shelf.reader.ask(SearchArticles("diverses", DAY)).articles] == [None]


def test_only_articles_of_a_group_are_found_if_one_is_given(shelf: Books) -> None:
    assert idents(shelf, "", group="Futter") == ["22", "0815"]
    assert idents(shelf, "0815", group="Schreibwaren") == []
    assert idents(shelf, "blau", group="4711") == ["17"]
    assert idents(shelf, "4,99", group="Futter") == ["0815"]


def test_a_label_finds_its_article(shelf: Books) -> None:
    label = write("4711", 1250, GERMAN_MASKS[4])
    assert idents(shelf, label) == ["4711"]
    codes = [each.code for text in (label, "4711") for each in shelf.reader.ask(SearchArticles(text, DAY)).articles]
    assert codes == [label, "4711", "17"], "what was typed sells the article that it is the code of"


def test_a_search_is_bounded_and_says_that_there_is_more(shelf: Books) -> None:
    few = shelf.reader.ask(SearchArticles("", DAY, limit=2))
    assert ([each.ident_no for each in few.articles], few.more) == (["B-23", "25"], True)
    every = shelf.reader.ask(SearchArticles("", DAY))
    assert (len(every.articles), every.more) == (10, False)
    assert shelf.reader.ask(SearchArticles("<100", DAY, limit=3)).more


def test_more_articles_than_are_ranked_do_not_hide_those_that_fit_best(
    shelf: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(article_search, "CANDIDATES", 1)
    assert idents(shelf, "vogel", limit=2) == ["0815", "22"]
    assert idents(shelf, "v", limit=3) == ["0815", "22", "21"]
    assert idents(shelf, "vogel", group="Futter", limit=1) == ["0815"]
    monkeypatch.setattr(article_search, "FEW", 0)
    assert idents(shelf, "4,99") == ["0815"]
    assert idents(shelf, "0,33") == ["20"]
    assert idents(shelf, "futter 3-4") == ["21", "22"]


def test_a_walk_that_takes_too_long_is_given_up_and_said(shelf: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = article_lines.ArticleLines(f" a{number:04}\x1e{number}" for number in range(100))
    monkeypatch.setattr(article_lines, "MAX_STEPS", 10)
    assert [line and line.ident_no for line in lines.having(["a"])][8:] == ["8", "9", None]
    assert [line and line.ident_no for line in lines.having(["a", "99"])] == ["99"]
    assert list(lines.having(["b"])) == []
    assert not shelf.reader.ask(SearchArticles("vogel", DAY)).more


def test_a_change_is_found_at_once_whatever_came_first(books: Books) -> None:
    new, old = ArticleSet("1", "Neu", 1, "EUR", "1"), ArticleSet("1", "Alt", 1, "EUR", "1")
    assert idents(books, "neu") == []
    first, second = records_of([("a", old), ("a", old), ("b", new)])[::2]
    books.writer.apply([second])
    assert idents(books, "neu") == ["1"]
    books.writer.apply([first])
    assert (idents(books, "neu"), idents(books, "alt")) == (["1"], [])
    with books.engine.connect() as connection:
        kept = article_lines.lines_of(connection)
        books.writer.apply(records_of([("a", old), ("a", old), ("c", PriceSet("1", 1, 5))])[2:])
        assert article_lines.lines_of(connection) is kept, "a price is in no line"
    assert idents(books, "0,05") == ["1"]
    gone = ArticleSet("1", "Neu", 1, "EUR", "1", removed=True)
    books.writer.apply(records_of([("d", old)] * 9))
    assert (idents(books, "neu"), idents(books, "alt")) == ([], ["1"])
    books.writer.apply(records_of([("e", gone)] * 12))
    assert idents(books, "") == []


def test_the_search_can_be_asked_of_postgresql_too() -> None:
    lists = Reference("1", {"price_list": {"2": PriceList(2, "Personal", 1, percent_bp=-1000)}})
    costing = article_search.may_cost(lists, SearchArticles("", DAY, price_list=2), PriceSpan(1, 2))
    said = [str(statement.compile(dialect=postgresql.dialect())) for statement in (costing, article_lines.LINES)]
    assert "string_agg" in said[0]
    assert "ORDER BY" in said[1]
