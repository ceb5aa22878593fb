"""Travelling catalogues in the books: copies compete by the first word; a till sells by its own."""

from __future__ import annotations

import random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.books.questions.articles import FindForSale, ListPrices, SearchArticles
from app.books.questions.reference import AskReference
from app.books.reader import BooksReader
from app.books.writer import UNREADABLE, BooksWriter, stamp_of
from app.facts.base import Fact
from app.facts.codec import write
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, VatRateSet
from replication.core.model import Feed, Record
from tests.app.books.shelf import Books, arrival

TODAY = "2026-11-21"
FAIR = "catalogue/fair"


class Desk:
    """Members that say things, each on a topic and later than what was said before."""

    def __init__(self) -> None:
        self.said: list[Record] = []
        self._lengths: dict[Feed, int] = {}

    def say(self, fact: Fact, topic: str = "master", member: str = "a") -> Record:
        feed = Feed(member, topic)
        seq = self._lengths[feed] = self._lengths.get(feed, 0) + 1
        _topic, kind, body = write(fact)
        hlc = f"{1_763_751_234_000 + len(self.said):016d}-00000"
        self.said.append(Record(feed, seq, hlc, kind, body, "", "", "", ""))
        return self.said[-1]

    def repeat(self, fact: ArticleSet | PriceSet, first: Record) -> Record:
        return self.say(msgspec.structs.replace(fact, of=stamp_of(first)), FAIR, "office")


NAPF = ArticleSet("1", "Napf", 100, "EUR", "1", barcodes=("4006381333931",))
DEARER = ArticleSet("1", "Napf, groß", 150, "EUR", "1")


def content(books: Books) -> tuple[str, int | None]:
    found = books.reader.ask(FindForSale("1", TODAY))
    assert found is not None
    return found.article.name, found.price_minor


@pytest.mark.parametrize("order", ["first", "last"])
def test_a_copy_never_beats_what_was_said_after_what_it_repeats(books: Books, order: str) -> None:
    desk = Desk()
    first = desk.say(NAPF)
    entry = desk.say(PriceSet("1", 1, 90))
    newer = desk.say(DEARER, member="b")
    cheaper = desk.say(PriceSet("1", 1, 80), member="b")
    copies = [desk.repeat(NAPF, first), desk.repeat(PriceSet("1", 1, 90), entry)]
    own = [first, entry, newer, cheaper]
    for records in [own, copies] if order == "last" else [copies, own]:
        books.writer.apply(records)
    assert content(books) == ("Napf, groß", 80)


def test_a_copy_of_what_will_only_be_said_counts_as_what_it_is(books: Books) -> None:
    desk = Desk()
    desk.say(msgspec.structs.replace(DEARER, of=f"{9 * 10**15:016d}-00000/a/000000000001"), FAIR, "office")
    desk.say(msgspec.structs.replace(DEARER, of="soon"), FAIR, "office")
    desk.say(NAPF)
    books.writer.apply(desk.said)
    assert content(books) == ("Napf", 100)


words = st.one_of(
    st.builds(ArticleSet, st.sampled_from("12"), st.sampled_from(["Napf", "Leine"]), st.integers(1, 9), st.just("EUR"),
              st.just("1")),
    st.builds(PriceSet, st.sampled_from("12"), st.sampled_from([1, 2]), st.none() | st.integers(1, 9)),
)  # fmt: skip


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("ab"), words, st.booleans()), min_size=2, max_size=12), st.integers(0, 2**32))
def test_copies_change_nothing_for_whoever_has_the_first_words(
    two_books: tuple[Books, Books], said: list[tuple[str, ArticleSet | PriceSet, bool]], seed: int
) -> None:
    desk = Desk()
    firsts = [(desk.say(word, member=member), word, copied) for member, word, copied in said]
    copies = [desk.repeat(word, first) for first, word, copied in firsts if copied]
    one, other = two_books
    one.writer.rebuild([first for first, _word, _copied in firsts])
    other.writer.rebuild([])
    for batch in arrival([*(first for first, _word, _copied in firsts), *copies], random.Random(seed)):
        other.writer.apply(batch)
    for ident in "12":
        for question in (FindForSale(ident, TODAY), FindForSale(ident, TODAY, 2), ListPrices(ident, TODAY)):
            assert one.reader.ask(question) == other.reader.ask(question)


def test_who_has_only_copies_knows_the_same_as_who_has_the_first_words(books: Books) -> None:
    desk = Desk()
    desk.say(VatRateSet("1", "2026-01-01", 1900))
    first = desk.say(NAPF)
    price = desk.say(PriceSet("1", 2, 60))
    desk.say(
        ReferenceSet("till_plan", "2", {"till_no": 2, "catalogues": ["fair"], "withheld": ["articles"]}), "master", "c"
    )
    desk.say(ReferenceSet("travelling_catalogue", "fair", {"catalogue": "fair", "name": "Messe"}), FAIR, "office")
    desk.repeat(NAPF, first)
    desk.repeat(PriceSet("1", 2, 60), price)
    at_fair = {"catalogue": "fair", "ident_no": "1", "price_minor": 75}
    desk.say(ReferenceSet("catalogue_article", "fair/1", at_fair), FAIR, "office")
    desk.say(ArticleSet("2", "Leine", 999, "EUR", "1"), FAIR, "office")
    books.writer.apply([record for record in desk.said if record.feed.member != "a" or record.seq == 1])
    sold = {no: books.reader.ask(FindForSale("4006381333931", TODAY, till_no=no)) for no in (1, 2)}
    two = sold[2]
    assert two is not None
    assert (two.price_minor, two.vat_rate_bp, two.in_assortment) == (75, 1900, True)
    assert books.reader.ask(FindForSale("1", TODAY, 2, till_no=2)) != two, "other price lists are as they were"
    one = sold[1]
    assert one is not None
    assert (one.price_minor, one.in_assortment) == (100, True), "the catalogue is no business of this till"
    leash = books.reader.ask(FindForSale("2", TODAY, till_no=2))
    assert leash is not None
    assert not leash.in_assortment
    found = books.reader.ask(SearchArticles("0,75", TODAY, till_no=2)).articles
    assert [(each.ident_no, each.price_minor, each.in_assortment) for each in found] == [("1", 75, True)]


def test_what_a_catalogue_says_counts_at_once_and_nothing_else_may_stand_in_its_feed(books: Books) -> None:
    desk = Desk()
    reader: BooksReader = books.reader
    writer: BooksWriter = books.writer
    before = reader.ask(AskReference()).version
    desk.say(ReferenceSet("travelling_catalogue", "fair", {"catalogue": "fair", "name": "Messe"}), FAIR)
    desk.say(ReferenceSet("travelling_catalogue", "yard", {"catalogue": "yard", "name": "Hof"}), FAIR)
    desk.say(VatRateSet("1", "2026-01-01", 1900), FAIR)
    desk.say(ReferenceSet("catalogue_article", "fair/1", {"catalogue": "fair", "ident_no": "2"}), FAIR)
    writer.apply(desk.said)
    after = reader.ask(AskReference())
    assert after.version != before
    assert [key for _subject, key, _value in after] == ["fair"]
    assert reader.passed_over() == {
        ("reference.set/1", "wrong_feed"): 1, ("vat_rate.set/1", "wrong_feed"): 1, ("reference.set/1", UNREADABLE): 1,
    }  # fmt: skip
