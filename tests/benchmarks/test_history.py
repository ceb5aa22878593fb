"""The past of 20,000 articles, each said twice: folded once, searched, and asked value by value as an undo does.

The floors are SQLite's own: the same rows written into a table with the same key, and read again by it. Run with
``make bench``.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.facts.master import ArticleSet
from app.office.history.projection import History
from tests.app.books.shelf import records_of
from tests.app.office.history.test_projection import Shelf

ARTICLES = 20_000
FOLD_FLOORS_MAX = 20.0
"""Most of folding is reading facts: msgspec's checks, and the value's own JSON."""
ASK_FLOORS_MAX = 10.0
SEARCHES = 20
SEARCH_FLOORS_MAX = 6.0


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


@pytest.mark.benchmark
def test_the_past_is_folded_searched_and_asked_at_a_bounded_cost(tmp_path: Path) -> None:
    shelf = Shelf()
    facts = [
        ArticleSet(str(no), f"Ware {no} rot", price, "EUR", "1", article_groups=(f"Gruppe {no % 50}",))
        for price in (499, 549)
        for no in range(ARTICLES)
    ]
    shelf.add(records_of([("a", fact) for fact in facts]))
    history = History(tmp_path / "history.sqlite", shelf)
    fold_s = timed(history.catch_up)

    with closing(sqlite3.connect(tmp_path / "floor.sqlite")) as floor:
        floor.execute("CREATE TABLE rows (kind TEXT, key TEXT, stamp TEXT, value TEXT, PRIMARY KEY (kind, key, stamp))")
        rows = [("article", fact.ident_no, f"{at:040d}", fact.name) for at, fact in enumerate(facts)]
        with floor:
            write_s = timed(lambda: floor.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", rows))
        by_key = "SELECT * FROM rows WHERE kind = 'article' AND key = ? ORDER BY stamp DESC LIMIT 1"
        read_s = timed(lambda: [floor.execute(by_key, (str(no),)).fetchall() for no in range(ARTICLES)])
        scan = "SELECT count(*) FROM rows WHERE value LIKE '%4711%'"
        scan_s = timed(lambda: [floor.execute(scan).fetchall() for _ in range(SEARCHES)])

    def asked() -> None:
        with history.kept_open():
            for no in range(ARTICLES):
                newest = history.newest("article", str(no))
                assert newest is not None
                assert history.before("article", str(no), newest.stamp) is not None

    ask_s = timed(asked)
    search_s = timed(lambda: [history.values("article", ("ware", "4711"), 100) for _ in range(SEARCHES)])
    size_mb = (tmp_path / "history.sqlite").stat().st_size / 1e6
    print(
        f"\nfold {len(facts) / fold_s:,.0f} versions/s ({fold_s / write_s:.1f} floors), "
        f"ask {ARTICLES / ask_s:,.0f} values/s ({ask_s / read_s:.1f} floors), "
        f"search {search_s / SEARCHES * 1000:.1f} ms ({search_s / scan_s:.1f} floors), {size_mb:.1f} MB"
    )
    assert fold_s < FOLD_FLOORS_MAX * write_s
    assert ask_s < ASK_FLOORS_MAX * read_s
    assert search_s < SEARCH_FLOORS_MAX * scan_s
