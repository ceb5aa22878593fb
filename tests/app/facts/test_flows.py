"""Which feed a fact goes to, and in which it may stand."""

from __future__ import annotations

import pytest

from app.facts.base import Fact
from app.facts.circulation import CustomerSet, VoucherBlocked
from app.facts.codec import write
from app.facts.flows import belongs, routed
from app.facts.master import ArticleSet, PriceSet, ReferenceSet, VatRateSet

ARTICLE = ArticleSet("1", "Napf", 100, "EUR", "1")
PRICE = PriceSet("1", 2, 90)
CUSTOMER = CustomerSet("10001")
SUPPLIER = ReferenceSet("supplier", "7", {"no": "7"})
HEAD = ReferenceSet("travelling_catalogue", "fair", {"catalogue": "fair", "name": "Messe"})
TAKEN_OUT = ReferenceSet("catalogue_article", "fair/1", removed=True)
RATE = VatRateSet("1", "2026-01-01", 1900)


def goes(fact: Fact, *assigned: str) -> str:
    return routed(*write(fact), assigned)


@pytest.mark.parametrize(
    ("fact", "usual", "own"),
    [
        (ARTICLE, "master", "kind/articles"), (PRICE, "master", "kind/articles"),
        (CUSTOMER, "circulation", "kind/customers"), (SUPPLIER, "master", "kind/suppliers"),
    ],
)  # fmt: skip
def test_a_kind_has_a_topic_of_its_own_once_the_authority_has_assigned_one(fact: Fact, usual: str, own: str) -> None:
    assert goes(fact, "kind/others", "catalogue/fair") == usual
    assert goes(fact, own) == own
    assert belongs(*write(fact), usual)
    assert belongs(*write(fact), own)
    assert not belongs(*write(fact), "kind/others")


def test_what_is_a_catalogues_goes_to_nobody_else() -> None:
    for fact in (HEAD, TAKEN_OUT):
        assert goes(fact) == "catalogue/fair"
        assert belongs(*write(fact), "catalogue/fair")
        assert not belongs(*write(fact), "catalogue/yard")


def test_copies_stay_where_they_were_put_and_nothing_else_stands_there() -> None:
    for fact in (ARTICLE, PRICE):
        assert routed("catalogue/fair", *write(fact)[1:], ("kind/articles",)) == "catalogue/fair"
        assert belongs(*write(fact), "catalogue/fair")
    voucher = VoucherBlocked(
        "7K3M9QXA0PWTB", blocked=True, reason="lost", at="2026-11-21T10:00:00.000Z", till_no=1, user="anna"
    )
    for other in (RATE, CUSTOMER, SUPPLIER, voucher):
        assert not belongs(*write(other), "catalogue/fair")
        assert goes(other, "catalogue/fair") == other.topic
