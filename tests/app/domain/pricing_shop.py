"""A small shop for the laws of pricing: articles, promotions and sales as hypothesis draws them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from app.domain.business_case import SALE
from app.domain.coupon import Campaign
from app.domain.instant import Moment
from app.domain.pricing.promotion import BundlePart, Promotion
from app.domain.quantity import gross_of
from app.domain.sale import CouponOnSale, ManualDiscount, OpenSale, SaleLine

NOON = Moment(0, "2026-11-21", 720)
EMPTY = OpenSale(sale_id="s", started_at="2026-11-21T18:37:14.000Z", currency="EUR")

ARTICLES = {
    "a": (89, "1", 1900, ("g",)),
    "b": (499, "2", 700, ("g", "h")),
    "c": (1070, "2", 700, ("h",)),
    "d": (380, "1", 1900, ()),
    "e": (89, "1", 1900, ("h",)),
}
"""Ident number: price, VAT key, rate, groups."""

MANUAL = ManualDiscount(percent_bp=1500, name="Rabatt 15 %")


def goods(ident_no: str, quantity: int = 1, *, milli: int = 0, **more: object) -> SaleLine:
    """A line of an article; ``more`` are further fields."""
    price, vat_key, rate_bp, groups = ARTICLES[ident_no]
    milli = milli or quantity * 1000
    fields = {
        "ident_no": ident_no,
        "vat_key": vat_key,
        "vat_rate_bp": rate_bp,
        "article_groups": groups,
        **more,
    }
    return SaleLine(0, SALE, f"Ware {ident_no}", milli, "Stk", price, gross_of(price, milli), **fields)  # type: ignore[arg-type]


def sale_of(lines: Iterable[SaleLine], coupons: Sequence[CouponOnSale] = (), **more: object) -> OpenSale:
    """The lines numbered in their order."""
    numbered = []
    for number, line in enumerate(lines, 1):
        numbered.append(SaleLine(**{**{name: getattr(line, name) for name in line.__struct_fields__}, "line": number}))
    fields = {name: getattr(EMPTY, name) for name in EMPTY.__struct_fields__}
    return OpenSale(
        **{**fields, "lines": tuple(numbered), "next_line": len(numbered) + 1, "coupons": tuple(coupons), **more}
    )


def named(promotions: Iterable[Promotion]) -> dict[str, Promotion]:
    return {each.promotion_id: each for each in promotions}


_idents = st.lists(st.sampled_from(sorted(ARTICLES)), max_size=2, unique=True).map(tuple)
_groups = st.lists(st.sampled_from(["g", "h"]), max_size=1).map(tuple)
_combine = st.sampled_from(["best", "stack"])
_parts = st.lists(st.builds(BundlePart, st.integers(1, 3), _idents, _groups), min_size=1, max_size=3).map(tuple)


def promotions_of(combine: st.SearchStrategy[str] = _combine) -> st.SearchStrategy[Promotion]:
    """One promotion of any rule."""
    ids = st.sampled_from([f"p{number}" for number in range(9)])
    where = {"articles": _idents, "article_groups": _groups, "combine": combine}
    name = st.just("Aktion")
    return st.one_of(
        st.builds(Promotion, ids, name, st.just("percent"), percent_bp=st.integers(1, 10_000), **where),
        st.builds(Promotion, ids, name, st.just("amount"), amount_minor=st.integers(1, 600), **where),
        st.builds(Promotion, ids, name, st.just("price"), amount_minor=st.integers(0, 1200), **where),
        st.builds(
            lambda made, n, m: Promotion(**{**_fields(made), "n": max(n, m), "m": min(n, m)}),
            st.builds(Promotion, ids, name, st.just("n_for_m"), **where),
            st.integers(1, 3),
            st.integers(4, 6).map(lambda number: number - 4),
        ).filter(lambda made: made.m < made.n),
        st.builds(
            Promotion, ids, name, st.just("bundle"), amount_minor=st.integers(0, 2000), parts=_parts, combine=combine
        ),
        st.builds(
            Promotion,
            ids,
            name,
            st.just("from_quantity"),
            n=st.integers(1, 6),
            percent_bp=st.integers(1, 10_000),
            **where,
        ),
    )


def single_promotions() -> st.SearchStrategy[Promotion]:
    """A competing promotion that needs no other piece, without percentages: exact to the cent."""
    return promotions_of(st.just("best")).filter(lambda made: made.rule in ("amount", "price"))


def _fields(made: Promotion) -> dict[str, object]:
    return {name: getattr(made, name) for name in made.__struct_fields__}


promotions = st.lists(promotions_of(), max_size=5).map(named)
whole_lines = st.builds(
    goods,
    st.sampled_from(sorted(ARTICLES)),
    st.integers(1, 5),
    manual=st.sampled_from([None, None, MANUAL]),
    discountable=st.sampled_from([True, True, True, False]),
)
loose_lines = st.builds(goods, st.sampled_from(sorted(ARTICLES)), milli=st.integers(1, 3999))
receipt_discounts = st.lists(
    st.one_of(
        st.builds(ManualDiscount, percent_bp=st.integers(1, 10_000), name=st.just("Rabatt")),
        st.builds(ManualDiscount, amount_minor=st.integers(1, 3000), name=st.just("Rabatt")),
    ),
    max_size=2,
).map(tuple)

CAMPAIGNS = {
    "percent": Campaign("percent", "10 % auf alles", "percent", percent_bp=1000, stackable=True),
    "amount": Campaign("amount", "5 Euro", "amount", amount_minor=500, minimum_minor=1500, stackable=True),
    "gift": Campaign("gift", "Geschenk", "article", article_groups=("g",), stackable=True),
}
coupons = st.lists(st.sampled_from(sorted(CAMPAIGNS)), max_size=3).map(
    lambda ids: tuple(CouponOnSale(900 + place, f"CODE{place}", each) for place, each in enumerate(ids))
)
