"""Whatever is said by whom and in whatever order it arrives: the newest of the past is what the books say."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from app.books.questions.customers import AllCustomers
from app.books.questions.reference import AskReference
from app.books.questions.users import ListUsers
from app.facts.base import Fact
from app.facts.circulation import CustomerSet
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, UserSet, VatRateSet
from app.office.history.projection import History
from tests.app.books.shelf import MEMBERS, Books, arrival, records_of
from tests.app.office.history.test_projection import Shelf


def said(rng: random.Random) -> Fact:
    """Something about one of a few values, so that they compete."""
    no, price, gone = str(rng.randint(1, 3)), rng.randint(0, 999), rng.random() < 0.3
    match rng.randint(1, 6):
        case 1:
            return ArticleSet(no, f"Ware {price}", price, "EUR", "1", removed=gone)
        case 2:
            return PriceSet(no, 2, None if gone else price, valid_from=rng.choice(("", "2026-12-01")))
        case 3:
            return VatRateSet("1", f"2030-01-0{no}", price)
        case 4:
            value = {"tender": no, "name": f"T{price}", "kind": rng.choice(("other", "stone")), "active": True}
            return ReferenceSet("tender", no, {} if gone else value, removed=gone)
        case 5:
            return UserSet(no, roles=(f"r{price}",), removed=gone)
    return CustomerSet(no, customer_group=f"g{price}", removed=gone)


@pytest.mark.parametrize("seed", range(8))
def test_the_newest_of_the_past_is_what_the_books_say(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    records = records_of([(rng.choice(MEMBERS), said(rng)) for _ in range(120)])
    shelf, books = Shelf(), Books()
    history = History(tmp_path / "history.sqlite", shelf)
    try:
        for batch in arrival(records, rng):
            shelf.add(batch)
            books.writer.apply(batch)
            if rng.random() < 0.2:
                history.catch_up()
        history.catch_up()
        reader = books.reader
        told = {
            kind: [each.value for each in history.values(kind)] for kind in ("article", "price", "vat_rate", "tender")
        }
        assert [(each["ident_no"], each["price_minor"]) for each in told["article"]] == [
            (each.ident_no, each.price_minor) for each in reader.all_articles()
        ]
        assert sorted(
            (each["ident_no"], each.get("valid_from", ""), each["price_minor"]) for each in told["price"]
        ) == [(each["ident_no"], each["valid_from"], each["price_minor"]) for each in reader.all_prices()]
        assert told["vat_rate"] == reader.all_vat_rates()
        assert told["tender"] == [msgspec.to_builtins(each) for _, _, each in reader.ask(AskReference())]
        users = [(each.key, each.value["roles"]) for each in history.values("user")]
        assert users == [(each.user, list(each.roles)) for each in reader.ask(ListUsers())]
        customers = [(each.key, each.value["customer_group"]) for each in history.values("customer")]
        assert customers == [(each.customer_no, each.customer_group) for each in reader.ask(AllCustomers())]
    finally:
        books.writer.close()
        books.close()
