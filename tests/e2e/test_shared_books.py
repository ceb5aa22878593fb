"""Two members with their books in one PostgreSQL database: what comes by cable and by stick counts once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from app.books.reader import BooksReader
from app.books.schema import open_books

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(180)]


def sell(till: Any, price: str) -> None:
    rows = till.json("export", "articles")
    article = next(row["ident_no"] for row in rows if not row["open_price"])
    till.ask("scan", code=article, quantity="1", price=price)
    till.ask("pay")


def test_two_members_share_one_database_by_cable_and_by_stick(
    cabled: Any, postgres_database: str, tmp_path: Path
) -> None:
    one, two, cable = cabled
    for till in (one, two):
        with (till.home / "till.toml").open("a", encoding="utf-8") as settings:
            settings.write(f'\n[office]\nbooks = "{postgres_database}"\n')
        till.start()
    for till in (one, two):
        till.ask("wait", **{"for": "peers"}, count=1, timeout_s=60)
    sell(one, "1.00")
    sell(two, "2.00")
    for till in (one, two):
        till.ask("wait", **{"for": "synced"}, timeout_s=60)
    stick = tmp_path / "stick"
    stick.mkdir()
    cable.cut()
    sell(one, "4.00")
    sell(two, "8.00")
    one.json("carrier", "write", str(stick))
    assert two.json("carrier", "read", str(stick))["taken"]["receipt.completed/1"] == 1
    two.json("carrier", "write", str(stick))
    assert one.json("carrier", "read", str(stick))["taken"]["receipt.completed/1"] == 1
    for till in (one, two):
        assert till.ask("turnover", scope="network")["gross"] == "15.00"
        till.close()

    engine = open_books(postgres_database)
    shared = BooksReader(engine).fingerprint()
    assert BooksReader(engine).turnover(None, None).receipts == 4
    engine.dispose()
    said = one.json("books", "status")
    assert (said["receipts"], said["kept_in"]) == (4, "postgresql")
    # Folded anew by each of them alone, on the server and in a file: always the same.
    assert two.json("rebuild") == {"before": shared, "fingerprint": shared, "same": True}
    (one.home / "till.toml").write_text("")
    assert one.json("rebuild")["fingerprint"] == shared
