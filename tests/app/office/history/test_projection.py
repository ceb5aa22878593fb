"""Versions out of records: any order of arrival gives the same past; what never enters the books is no version."""

from __future__ import annotations

import contextlib
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from app.books.writer import stamp_of
from app.facts.circulation import CustomerForgotten, CustomerSet
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, VatRateSet
from app.office.history.projection import History
from replication.core.model import Feed, FeedHead, Record
from tests.app.books.shelf import arrival, record, records_of

SAID = [
    ("a", ArticleSet("1", "Leine", 999, "EUR", "1", by="anna")),
    ("b", ArticleSet("1", "Leine kurz", 899, "EUR", "1", by="bert", change="import")),
    ("a", PriceSet("1", 2, 500, valid_from="2026-12-01")),
    ("a", PriceSet("1", 2, None, valid_from="2026-12-01")),
    ("a", VatRateSet("1", "2021-01-01", 1900)),
    ("c", ReferenceSet("tender", "cash", {"tender": "cash", "name": "Bar", "kind": "cash", "active": True})),
    ("c", ReferenceSet("tender", "wrong", {"tender": "cash", "name": "Bar", "kind": "cash"})),
    ("c", ReferenceSet("of_later", "x", {"what": 1})),
    ("a", CustomerSet("7", "sealed", by="anna")),
    ("b", CustomerForgotten("7", "2026-11-22T10:00:00.000Z", "chef")),
    ("a", ArticleSet("1", "Leine", 999, "EUR", "1", removed=True)),
]


class Shelf:
    """A store that has grown so far."""

    def __init__(self) -> None:
        self.feeds: dict[Feed, list[Record]] = {}

    def add(self, records: Sequence[Record]) -> None:
        for each in records:
            known = self.feeds.setdefault(each.feed, [])
            if each.seq == len(known) + 1:
                known.append(each)

    def heads(self) -> dict[Feed, FeedHead]:
        return {feed: FeedHead(len(records), "", records[-1].hlc) for feed, records in self.feeds.items()}

    def records(self, feed: Feed, after: int, limit: int) -> list[Record]:
        return self.feeds[feed][after : after + limit]


def told(history: History) -> list[Any]:
    return history.versions(100)


def test_whatever_the_order_of_arrival_the_past_is_the_same(tmp_path: Path) -> None:
    records = records_of(SAID)
    pasts = []
    for seed in range(4):
        shelf = Shelf()
        history = History(tmp_path / f"{seed}.sqlite", shelf)
        for batch in arrival(records, random.Random(seed)):
            shelf.add(batch)
            history.catch_up()
        assert history.catch_up() == 0, "nothing is folded twice"
        pasts.append((told(history), history.values("tender"), history.newest("article", "1"), history.counts()))
    assert all(past == pasts[0] for past in pasts)
    versions, tenders, article, counts = pasts[0]
    assert len(versions) == len(SAID) - 1, "a value under another's key never entered the books"
    assert [each.value["name"] for each in tenders] == ["Bar"]
    assert article is not None
    assert article.removed
    assert counts == {"vat_rate": 1, "tender": 1, "of_later": 1}


def test_a_version_says_whose_word_it_was_and_what_came_before(tmp_path: Path) -> None:
    shelf = Shelf()
    shelf.add(records_of(SAID))
    history = History(tmp_path / "history.sqlite", shelf)
    history.catch_up()
    removed, imported, first = history.versions(10, kind="article", key="1")
    assert (first.by, first.change, imported.by, imported.change) == ("anna", "", "bert", "import")
    assert removed.removed
    assert history.before("article", "1", removed.stamp) == imported
    assert history.before("article", "1", first.stamp) is None
    assert history.touched("import") == [("article", "1", imported.stamp, imported.stamp)]
    forgotten, known = history.versions(10, kind="customer", key="7")
    assert (forgotten.by, forgotten.removed, known.value["person"]) == ("chef", True, "sealed")
    assert [each.removed for each in history.versions(10, kind="price")] == [True, False]
    tender = history.newest("tender", "cash")
    assert tender is not None
    assert "active" not in tender.value, "what is at its default says nothing"


def test_two_offices_that_could_not_hear_each_other_are_told_of_the_others_word(tmp_path: Path) -> None:
    first, *_ = records = records_of([("a", ArticleSet("1", "Leine", 999, "EUR", "1"))])
    seen = stamp_of(first)
    said = [
        ("a", ArticleSet("1", "Leine kurz", 999, "EUR", "1", saw=seen)),
        ("b", ArticleSet("1", "Leine", 899, "EUR", "1", saw=seen)),
    ]
    shelf = Shelf()
    shelf.add(records)
    after = records_of([("a", SAID[0][1]), ("c", SAID[0][1]), *said])
    shelf.add([each for each in after if each.feed.member != "c"][1:])
    history = History(tmp_path / "history.sqlite", shelf)
    history.catch_up()
    newest, before, _ = history.versions(10)
    assert (newest.member, before.member) == ("b", "a")
    assert history.versions(10, crossed=True) == [newest]


def test_junk_and_misplaced_records_are_no_versions(tmp_path: Path) -> None:
    shelf = Shelf()
    body = {"ident_no": "1", "name": "x", "price_minor": 1, "currency": "EUR", "vat_key": "1"}
    shelf.add([
        record("a", 1, "article.set/1", body),  # in a feed where it does not belong
        record("a", 2, "moon.set/1", {}),
        record("a", 3, "customer.set/1", {"customer_no": 7}),
    ])  # fmt: skip
    history = History(tmp_path / "history.sqlite", shelf)
    assert history.catch_up() == 0
    shelf.add([record("a", 1, "article.set/1", body, "master")])
    assert history.catch_up() == 1


@pytest.mark.parametrize("damage", ["junk", "shape"])
def test_a_file_that_cannot_be_used_is_folded_anew(tmp_path: Path, damage: str) -> None:
    shelf, path = Shelf(), tmp_path / "history.sqlite"
    shelf.add(records_of(SAID))
    history = History(path, shelf)
    history.catch_up()
    before = told(history)
    if damage == "junk":
        path.write_bytes(b"junk" * 1000)
    else:
        with contextlib.closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE meta SET shape = '0'")
            connection.execute("DELETE FROM versions")
    assert history.catch_up() == len(before)
    assert told(history) == before


def test_a_file_that_knows_more_than_the_store_is_folded_anew(tmp_path: Path) -> None:
    shelf, older = Shelf(), Shelf()
    shelf.add(records_of(SAID))
    older.add(records_of(SAID[:2]))
    history = History(tmp_path / "history.sqlite", shelf)
    history.catch_up()
    put_back = History(tmp_path / "history.sqlite", older)
    assert put_back.catch_up() == 2
    assert [each.kind for each in told(put_back)] == ["article", "article"]


def test_what_goes_to_some_tills_only_has_its_past_here_too_but_copies_for_a_catalogue_have_none(
    tmp_path: Path,
) -> None:
    shelf = Shelf()
    body = {"ident_no": "1", "name": "x", "price_minor": 1, "currency": "EUR", "vat_key": "1"}
    copy = {**body, "of": "0000000000000001-00000/a/000000000001"}
    shelf.add([record("a", 1, "article.set/1", body, "kind/articles")])
    shelf.add([record("a", 1, "article.set/1", copy, "catalogue/fair")])
    history = History(tmp_path / "history.sqlite", shelf)
    assert history.catch_up() == 1
    assert [each.key for each in history.values("article")] == ["1"]
