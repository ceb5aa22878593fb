"""Laws of pricing: scan order, splitting of lines, never below zero, the customer's best; and worked values."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.domain.business_case import CONTAINER_DEPOSIT
from app.domain.instant import Moment
from app.domain.pricing.promotion import BundlePart, Promotion
from app.domain.pricing.reprice import reprice
from app.domain.quantity import gross_of
from app.domain.sale import CouponOnSale, ManualDiscount, OpenSale, SaleLine
from app.domain.vat import tax_table
from tests.app.domain.pricing_shop import (
    CAMPAIGNS,
    NOON,
    coupons,
    goods,
    loose_lines,
    named,
    promotions,
    receipt_discounts,
    sale_of,
    single_promotions,
    whole_lines,
)


def priced(sale: OpenSale, *rules: Promotion, when: Moment = NOON) -> OpenSale:
    return reprice(sale, named(rules), CAMPAIGNS, when)


def given_by(sale: OpenSale) -> Counter[tuple[str, str, str]]:
    """Discounts by article, rule and rule id."""
    found: Counter[tuple[str, str, str]] = Counter()
    for line in sale.lines:
        for discount in line.discounts:
            found[line.ident_no, discount.rule, discount.rule_id] += discount.amount_minor
    return found


def outcome(sale: OpenSale) -> tuple[Any, ...]:
    table = tax_table((line.vat_key, line.vat_rate_bp, line.gross_minor) for line in sale.lines)
    return sale.total_minor, given_by(sale), table


def saved(sale: OpenSale) -> int:
    return sum(discount.amount_minor for line in sale.lines for discount in line.discounts)


# -- laws ----------------------------------------------------------------------------------------


@given(st.lists(whole_lines | loose_lines, min_size=1, max_size=8), promotions, coupons, receipt_discounts, st.data())
def test_scan_order_makes_no_difference(
    lines: list[SaleLine],
    rules: dict[str, Promotion],
    taken: tuple[CouponOnSale, ...],
    typed: tuple[ManualDiscount, ...],
    data: st.DataObject,
) -> None:
    other = data.draw(st.permutations(lines))
    one = reprice(sale_of(lines, taken, discounts=typed), rules, CAMPAIGNS, NOON)
    two = reprice(sale_of(other, taken[::-1], discounts=typed), rules, CAMPAIGNS, NOON)
    assert outcome(one) == outcome(two)


@pytest.mark.parametrize(
    "rule",
    [
        Promotion("p", "2 für 1", "n_for_m", n=2, m=1),
        Promotion("p", "Paar", "bundle", amount_minor=99, parts=(BundlePart(2),)),
        Promotion("p", "2 für 1", "n_for_m", "stack", n=2, m=1),
    ],
)
def test_where_the_rules_leave_a_choice_content_decides_and_not_the_scanner(rule: Promotion) -> None:
    cent = (ManualDiscount(amount_minor=1, name="Rabatt"),)
    outcomes = [
        outcome(priced(sale_of([goods(ident_no) for ident_no in order], discounts=cent), rule))
        for order in ("aee", "eae", "eea")
    ]
    assert outcomes[0] == outcomes[1] == outcomes[2]


@given(st.lists(whole_lines, min_size=1, max_size=6), promotions, coupons, receipt_discounts)
def test_three_lines_of_one_piece_cost_what_one_line_of_three_does(
    lines: list[SaleLine],
    rules: dict[str, Promotion],
    taken: tuple[CouponOnSale, ...],
    typed: tuple[ManualDiscount, ...],
) -> None:
    single = [
        msgspec.structs.replace(line, quantity_milli=1000, gross_minor=line.unit_price_minor)
        for line in lines
        for _ in range(line.quantity_milli // 1000)
    ]
    one = reprice(sale_of(lines, taken, discounts=typed), rules, CAMPAIGNS, NOON)
    two = reprice(sale_of(single, taken, discounts=typed), rules, CAMPAIGNS, NOON)
    assert outcome(one) == outcome(two)


@given(st.lists(whole_lines | loose_lines, max_size=8), promotions, coupons, receipt_discounts)
@example([goods("a", 3)], named([Promotion("p", "gratis", "percent", "stack", 10_000)]), (), ())
def test_a_discount_never_makes_a_line_negative(
    lines: list[SaleLine],
    rules: dict[str, Promotion],
    taken: tuple[CouponOnSale, ...],
    typed: tuple[ManualDiscount, ...],
) -> None:
    sale = reprice(sale_of(lines, taken, discounts=typed), rules, CAMPAIGNS, NOON)
    for line in sale.lines:
        whole = gross_of(line.unit_price_minor, line.quantity_milli)
        assert 0 <= line.gross_minor <= whole
        assert line.gross_minor == whole - sum(discount.amount_minor for discount in line.discounts)
        assert all(discount.amount_minor > 0 for discount in line.discounts)
        assert line.discountable or not line.discounts


@given(st.lists(whole_lines | loose_lines, max_size=8), promotions, coupons, receipt_discounts)
def test_pricing_twice_changes_nothing(
    lines: list[SaleLine],
    rules: dict[str, Promotion],
    taken: tuple[CouponOnSale, ...],
    typed: tuple[ManualDiscount, ...],
) -> None:
    once = reprice(sale_of(lines, taken, discounts=typed), rules, CAMPAIGNS, NOON)
    again = reprice(once, rules, CAMPAIGNS, NOON)
    assert again == once
    assert all(line is before for line, before in zip(again.lines, once.lines, strict=True))


@given(st.lists(whole_lines | loose_lines, max_size=8), promotions)
def test_what_a_promotion_gave_is_taken_back_when_no_rule_is_left(
    lines: list[SaleLine], rules: dict[str, Promotion]
) -> None:
    """Nothing left to give is a shortcut: it must not leave behind what was given before."""
    rung = sale_of(msgspec.structs.replace(line, manual=None) for line in lines)
    assert reprice(reprice(rung, rules, {}, NOON), {}, {}, NOON) == reprice(rung, {}, {}, NOON) == rung


@given(st.lists(whole_lines, max_size=8), st.lists(single_promotions(), max_size=5).map(named))
def test_rules_for_single_pieces_give_every_piece_the_best_of_them(
    lines: list[SaleLine], rules: dict[str, Promotion]
) -> None:
    plain = [msgspec.structs.replace(line, manual=None) for line in lines]
    together = reprice(sale_of(plain), rules, {}, NOON)
    best = [
        max([saved(reprice(sale_of([line]), {name: rule}, {}, NOON)) for name, rule in rules.items()], default=0)
        for line in plain
    ]
    assert saved(together) == sum(best)


@given(st.lists(whole_lines, max_size=8), promotions)
def test_a_competing_promotion_more_never_makes_it_dearer(lines: list[SaleLine], rules: dict[str, Promotion]) -> None:
    competing = {name: rule for name, rule in rules.items() if rule.combine == "best"}
    alone = {name: rule for name, rule in competing.items() if rule.rule not in ("n_for_m", "bundle")}
    plain = [msgspec.structs.replace(line, manual=None) for line in lines]
    cheaper = saved(reprice(sale_of(plain), competing, {}, NOON))
    # Percentages are rounded per pile, which may cost a cent in each.
    assert cheaper >= saved(reprice(sale_of(plain), alone, {}, NOON)) - len(plain)


@given(st.lists(whole_lines, max_size=6), promotions, coupons)
def test_what_rules_may_not_touch_stays_as_it_is(
    lines: list[SaleLine], rules: dict[str, Promotion], taken: tuple[CouponOnSale, ...]
) -> None:
    returned = msgspec.structs.replace(goods("a", 2), quantity_milli=-2000, gross_minor=-150, fixed=True)
    bottle = msgspec.structs.replace(goods("a"), business_case=CONTAINER_DEPOSIT, gross_minor=25)
    sale = reprice(sale_of([returned, *lines, bottle], taken), rules, CAMPAIGNS, NOON)
    assert (sale.lines[0].gross_minor, sale.lines[0].discounts) == (-150, ())
    assert (sale.lines[-1].gross_minor, sale.lines[-1].discounts) == (25, ())


# -- worked values -------------------------------------------------------------------------------


def test_a_receipt_discount_is_spread_over_the_rates() -> None:
    sale = priced(sale_of([goods("c"), goods("d")], discounts=(ManualDiscount(amount_minor=500, name="Rabatt"),)))
    assert {line.ident_no: line.discounts[0].amount_minor for line in sale.lines} == {"d": 131, "c": 369}


def test_the_steps_come_one_after_the_other() -> None:
    lines = [goods("a", 3), goods("b", manual=ManualDiscount(amount_minor=49, name="Rabatt"))]
    ten = CouponOnSale(9, "X", "percent")
    three = Promotion("p", "3 für 2", "n_for_m", n=3, m=2, articles=("a",))
    sale = priced(sale_of(lines, [ten], discounts=(ManualDiscount(amount_minor=100, name="Bonrabatt"),)), three)
    assert [(given.rule, given.name, given.amount_minor) for given in sale.lines[0].discounts] == [
        ("promotion", "3 für 2", 89),
        ("coupon", "10 % auf alles", 18),
        ("receipt_discount", "Bonrabatt", 29),
    ]
    assert [(given.rule, given.amount_minor) for given in sale.lines[1].discounts] == [
        ("coupon", 50),
        ("line_discount", 49),
        ("receipt_discount", 71),
    ]
    assert sale.total_minor == 460


@pytest.mark.parametrize(
    ("rule", "fields", "total"),
    [
        ("percent", {"percent_bp": 1000}, 240 + 449),
        ("amount", {"amount_minor": 100}, 0 + 399),
        ("price", {"amount_minor": 80}, 240 + 80),
        ("n_for_m", {"n": 3, "m": 2}, 2 * 89 + 499),
        ("n_for_m", {"n": 2, "m": 1}, 499 + 89),
        ("from_quantity", {"n": 4, "percent_bp": 5000}, 133 + 249),
        ("from_quantity", {"n": 5, "percent_bp": 5000}, 267 + 499),
        ("from_quantity", {"n": 3, "amount_minor": 9, "articles": ("a",)}, 240 + 499),
        ("bundle", {"amount_minor": 500, "parts": (BundlePart(2, ("a",)), BundlePart(1, ("b",)))}, 500 + 89),
        ("bundle", {"amount_minor": 700, "parts": (BundlePart(2, ("a",)), BundlePart(1, ("b",)))}, 267 + 499),
    ],
)
def test_each_rule_gives_what_it_says(rule: Any, fields: dict[str, Any], total: int) -> None:
    sale = sale_of([goods("a", 3), goods("b")])
    assert priced(sale, Promotion("p", "Aktion", rule, **fields)).total_minor == total


def test_best_gives_the_better_one_and_stack_gives_both() -> None:
    sale = sale_of([goods("c")])
    ten, euro = Promotion("p1", "10 %", "percent", percent_bp=1000), Promotion("p2", "1 €", "amount", amount_minor=100)
    assert priced(sale, ten, euro).total_minor == 1070 - 107
    assert priced(sale, ten, msgspec.structs.replace(euro, combine="stack")).total_minor == 1070 - 107 - 100


def test_pieces_left_over_by_a_set_get_another_promotion() -> None:
    three = Promotion("p1", "3 für 2", "n_for_m", n=3, m=2)
    ten = Promotion("p2", "10 %", "percent", percent_bp=1000)
    sale = priced(sale_of([goods("a", 5)]), three, ten)
    assert given_by(sale) == {("a", "promotion", "p1"): 89, ("a", "promotion", "p2"): 18}


def test_a_set_that_saves_less_than_its_pieces_alone_is_not_made() -> None:
    half = Promotion("p1", "50 %", "percent", percent_bp=5000)
    three = Promotion("p2", "3 für 2", "n_for_m", n=3, m=2)
    assert given_by(priced(sale_of([goods("a", 3)]), half, three)) == {("a", "promotion", "p1"): 134}


def test_pieces_that_are_better_off_alone_do_not_keep_others_from_a_set() -> None:
    nearly_free = Promotion("p1", "90 %", "percent", percent_bp=9000, articles=("c",))
    three = Promotion("p2", "3 für 2", "n_for_m", n=3, m=2)
    sale = priced(sale_of([goods("c", 3), goods("d", 3)]), nearly_free, three)
    assert given_by(sale) == {("c", "promotion", "p1"): 2889, ("d", "promotion", "p2"): 380}


def test_the_window_of_the_day_decides_also_over_midnight() -> None:
    night = Promotion("p", "Nacht", "percent", percent_bp=1000, weekdays=(5,), from_minute=1320, until_minute=120)
    friday, saturday = "2026-11-20", "2026-11-21"
    moments = {(friday, 1319): 0, (friday, 1320): 107, (saturday, 119): 107, (saturday, 120): 0, (saturday, 1330): 0,
               (friday, 60): 0}  # fmt: skip
    for (day, minute), gives in moments.items():
        assert saved(priced(sale_of([goods("c")]), night, when=Moment(0, day, minute))) == gives, (day, minute)
    lunch = Promotion("p", "Mittag", "percent", percent_bp=1000, from_minute=690, until_minute=840)
    assert [saved(priced(sale_of([goods("c")]), lunch, when=Moment(0, friday, at))) for at in (689, 690, 839, 840)] == [
        0, 107, 107, 0,
    ]  # fmt: skip


def test_validity_customer_group_and_articles_decide() -> None:
    for fields, gives in (
        ({"valid_from": "2026-11-21", "valid_until": "2026-11-21"}, 107),
        ({"valid_from": "2026-11-22"}, 0),
        ({"valid_until": "2026-11-20"}, 0),
        ({"customer_groups": ("vip",)}, 107),
        ({"customer_groups": ("staff",)}, 0),
        ({"articles": ("c",)}, 107),
        ({"article_groups": ("h",)}, 107),
        ({"article_groups": ("g",)}, 0),
        ({"active": False}, 0),
    ):
        rule = Promotion("p", "10 %", "percent", percent_bp=1000, **fields)  # type: ignore[arg-type]
        assert saved(priced(sale_of([goods("c")], customer_group="vip"), rule)) == gives, fields


def test_a_price_that_a_cashier_typed_gets_no_promotion_but_a_discount() -> None:
    line = goods("c", price_origin="manual", manual=ManualDiscount(percent_bp=1000, name="Rabatt 10 %"))
    sale = priced(sale_of([line]), Promotion("p", "50 %", "percent", percent_bp=5000))
    assert given_by(sale) == {("c", "line_discount", ""): 107}


def test_a_coupon_below_its_minimum_gives_nothing_and_gives_again_later() -> None:
    five = CouponOnSale(9, "X", "amount")
    assert saved(priced(sale_of([goods("c")], [five]))) == 0
    assert saved(priced(sale_of([goods("c"), goods("b")], [five]))) == 500


def test_a_coupon_for_an_article_makes_one_piece_free() -> None:
    gift = CouponOnSale(9, "X", "gift")
    assert given_by(priced(sale_of([goods("a", 2), goods("b", 2)], [gift]))) == {("b", "coupon", "gift"): 499}
    assert saved(priced(sale_of([goods("c", 2)], [gift]))) == 0


@pytest.mark.parametrize(
    "fields",
    [
        {"rule": "percent"},
        {"rule": "percent", "percent_bp": 10_001},
        {"rule": "amount", "amount_minor": -1},
        {"rule": "n_for_m", "n": 2, "m": 2},
        {"rule": "bundle"},
        {"rule": "from_quantity", "n": 3},
        {"rule": "price", "weekdays": (8,)},
        {"rule": "price", "from_minute": 1440},
        {"rule": "price", "valid_from": "tomorrow"},
        {"rule": "price", "name": ""},
    ],
)
def test_a_promotion_that_cannot_be_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Promotion(**{"promotion_id": "p", "name": "Aktion", **fields}).check()
