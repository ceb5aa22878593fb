"""A fair's till has its catalogue and nothing else of the shop's articles: real processes, and what is on its disk."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from replication.store import Store
from tests.driving import ANSWER_S, DriveTill, Refused, free_port

ARTICLES = """ident_no,name,price,vat_key
1001,Vogelfutter,4.99,2
1002,Nistkasten,19.99,1
1003,Geheimnis,99.99,1
"""
NOT_YET = ("provisioning", "unknown_article", "unknown_code", "not_in_assortment")


def soon(till: DriveTill, do: str, **fields: Any) -> dict[str, Any]:
    """Asked again until the till knows what it is to know."""
    give_up = time.monotonic() + ANSWER_S
    while True:
        try:
            return till.ask(do, **fields)
        except Refused as refused:
            if time.monotonic() > give_up or not refused.code.startswith(NOT_YET):
                raise
            time.sleep(0.1)


def told(home: Path) -> str:
    """Every record in a home's store, as text."""
    store = Store.open(home / "store.sqlite")
    try:
        return "\n".join(record.text for run in store.records_after({}) for record in run)
    finally:
        store.close()


@pytest.mark.e2e
def test_an_article_outside_its_catalogue_never_comes_to_a_till(
    tmp_path: Path, drive_till: Callable[..., DriveTill]
) -> None:
    port = free_port()
    one = drive_till(tmp_path / "one", ["--listen", f"127.0.0.1:{port}", "--no-discovery"])
    two = drive_till(tmp_path / "two", ["--no-discovery"])
    file = tmp_path / "articles.csv"
    file.write_text(ARTICLES, "utf-8")
    one.run("network", "found", "--name", "Messe", "--no-discovery")
    one.start()
    code = one.json(
        "tills",
        "release",
        "2",
        "--name",
        "Messekasse",
        "--withhold",
        "articles",
        "--withhold",
        "customers",
        "--foot",
        "Danke",
    )["code"]
    one.run("import", "articles", str(file))
    people = tmp_path / "customers.csv"
    people.write_text("no;name\n4711;Muster\n", "utf-8")
    one.run("import", "customers", str(people))
    one.run("catalogues", "set", "fair", "--name", "Messe")
    one.run("catalogues", "put", "fair", "1001=3.99")
    one.run("catalogues", "assign", "fair", "--tills", "2")
    two.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery")
    two.start()
    line = soon(two, "scan", code="1001")
    assert line["total"] == "3.99"
    assert "Danke" in two.ask("pay", amount="4.00")["text"]
    with pytest.raises(Refused):
        two.ask("scan", code="1002")
    one.ask("scan", code="1001")
    assert one.ask("scan", code="1002")["total"] == "24.98", "the shop sells everything at its own prices"
    one.run("catalogues", "put", "fair", "1002")
    assert soon(two, "scan", code="1002")["total"] == "19.99"
    one.run("catalogues", "take", "fair", "1002")
    one.close()
    two.close()
    in_the_shop = told(one.home)
    assert "Geheimnis" in in_the_shop
    assert '"4711"' in in_the_shop
    at_the_fair = told(two.home)
    assert "Vogelfutter" in at_the_fair
    assert "Geheimnis" not in at_the_fair
    assert '"1003"' not in at_the_fair
    assert '"4711"' not in at_the_fair
