"""Travelling catalogues: what a till may sell by them, and at which price."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.branch import DeviceGroup, TillPlan
from app.domain.catalogue import CatalogueArticle, Offer, TravellingCatalogue, catalogues_for, offer_of
from app.domain.reference import Keyed, Reference, ReferenceFault, value_of


def known(*values: Keyed) -> Reference:
    subjects: dict[type, str] = {
        TillPlan: "till_plan", DeviceGroup: "device_group", TravellingCatalogue: "travelling_catalogue",
        CatalogueArticle: "catalogue_article",
    }  # fmt: skip
    found: dict[str, dict[str, Any]] = {}
    for value in values:
        found.setdefault(subjects[type(value)], {})[value.key] = value
    return Reference("1", found)


FAIR = TravellingCatalogue("fair", "Messe", "2026-11-20", "2026-11-23")
FAIR_ARTICLES = (CatalogueArticle("fair", "1001", 399), CatalogueArticle("fair", "1002"))
OTHERS = (
    TravellingCatalogue("yard", "Hof", beside=True),
    CatalogueArticle("yard", "1001", 350),
    CatalogueArticle("yard", "7", 1),
)


def test_a_till_sells_by_the_catalogues_of_its_plan_and_of_its_groups() -> None:
    data = known(FAIR, *FAIR_ARTICLES, *OTHERS, TillPlan(2, groups=("hall",), catalogues=("yard",)),
                 DeviceGroup("hall", "Halle", ("fair",)), TillPlan(3, catalogues=("yard",)))  # fmt: skip
    assert catalogues_for(data, 2) == ("fair", "yard")
    assert offer_of(data, 2, "2026-11-21") == Offer({"1001": 399, "1002": None, "7": 1}, alone=True)
    assert offer_of(data, 2, "2026-11-24") == Offer({"1001": 350, "7": 1}, alone=True), "the fair is over"
    assert offer_of(data, 3, "2026-11-21") == Offer({"1001": 350, "7": 1}, alone=False)
    assert offer_of(data, 4, "2026-11-21") == Offer({}, alone=False)


def test_whom_articles_are_withheld_from_sells_by_catalogues_alone() -> None:
    data = known(
        *OTHERS, TillPlan(2, catalogues=("yard",), withheld=("articles",)), TillPlan(3, withheld=("articles",))
    )
    assert offer_of(data, 2, "2026-11-21").alone
    assert offer_of(data, 3, "2026-11-21") == Offer({}, alone=True)


def test_a_catalogue_that_has_not_come_yet_stops_nobody() -> None:
    data = known(TillPlan(2, catalogues=("fair",)))
    assert offer_of(data, 2, "2026-11-21") == Offer({}, alone=False)


@pytest.mark.parametrize(
    ("subject", "raw"),
    [
        ("travelling_catalogue", {"catalogue": "a/b", "name": "x"}),
        ("travelling_catalogue", {"catalogue": "a" * 21, "name": "x"}),
        (
            "travelling_catalogue",
            {"catalogue": "a", "name": "x", "valid_from": "2026-12-01", "valid_until": "2026-11-01"},
        ),
        ("travelling_catalogue", {"catalogue": "a", "name": "x", "valid_from": "1.12.2026"}),
        ("catalogue_article", {"catalogue": "a", "ident_no": "x y"}),
        ("catalogue_article", {"catalogue": "a", "ident_no": "7", "price_minor": -1}),
        ("till_plan", {"till_no": 2, "withheld": ["vouchers"]}),
        ("till_plan", {"till_no": 2, "catalogues": ["a/b"]}),
        ("device_group", {"group": "g", "name": "G", "catalogues": [""]}),
    ],
)
def test_what_cannot_be_is_refused(subject: str, raw: dict[str, object]) -> None:
    with pytest.raises(ReferenceFault):
        value_of(subject, raw)
