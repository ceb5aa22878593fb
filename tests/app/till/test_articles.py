"""What is scanned: found, priced, sold with its deposit; or refused, and the sale stays as it was."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.books.questions.articles import SearchArticles
from app.domain.assortment import Assortment, Catalogue, CatalogueKey, KeyPage
from app.domain.in_store_code import GERMAN_MASKS, InStoreMask, write
from app.domain.price_list import PriceList
from app.domain.reference import SUBJECTS
from app.facts.base import Fact
from app.facts.master import ArticleSet, PriceSet, ReferenceSet
from app.till import commands
from app.till.effects import Refuse, Reply
from app.till.queries.articles import AskArticle, AskCatalogue
from app.till.queries.base import Query
from app.till.queries.every import Queries
from tests.app.till.asking import refused
from tests.app.till.fake_engine import DAY, FakeNetwork, FakeTill, make_till

PRICE, COUNT, WEIGHT = GERMAN_MASKS[0], GERMAN_MASKS[2], GERMAN_MASKS[4]
SHELF = (
    ArticleSet("1234", "Bergkäse", 1690, "EUR", "2", article_groups=("Käse",), unit="kg"),
    ArticleSet("0500", "Cola 0,5 l", 199, "EUR", "1", ("4006381333948",), container_deposit="9001"),
    ArticleSet("9001", "Pfand 0,25", 25, "EUR", "2"),
    ArticleSet("0600", "Doppelkorn", 999, "EUR", "1", age_limit=18, not_discountable=True),
    ArticleSet("0700", "Bier ohne Pfandartikel", 99, "EUR", "1", container_deposit="9999"),
)


def setting(value: Any) -> Fact:
    """The fact that sets a value of reference data."""
    subject = next(name for name, kind in SUBJECTS.items() if kind is type(value))
    return ReferenceSet(subject, value.key, msgspec.to_builtins(value))


@pytest.fixture
def network() -> Iterator[FakeNetwork]:
    network = FakeNetwork()
    yield network
    network.close()


@pytest.fixture
def till(network: FakeNetwork, tmp_path: Path) -> FakeTill:
    till = make_till(network, tmp_path)
    till.engine.say(SHELF)
    return till


async def do(till: FakeTill, command: commands.Command) -> dict[str, Any]:
    answer = await till.runner.run(command)
    assert isinstance(answer, Reply), answer
    return answer.fields


async def ask(till: FakeTill, query: Query) -> dict[str, Any]:
    answer = await Queries(till.runner).ask(query)
    assert isinstance(answer, Reply), answer
    return answer.fields


# -- found ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["0500", "500", "000500", "4006381333948"])
async def test_an_article_is_found_by_ident_number_without_its_zeros_or_by_barcode(till: FakeTill, code: str) -> None:
    assert (await do(till, commands.Scan(code)))["name"] == "Cola 0,5 l"


async def test_an_article_set_a_moment_ago_can_be_scanned(till: FakeTill) -> None:
    till.engine.lagging = True
    await do(till, commands.SetArticle("777", name="Neu", price="1", vat_key="1"))
    assert (await do(till, commands.Scan("777")))["name"] == "Neu"


async def test_a_price_set_a_moment_ago_counts(till: FakeTill) -> None:
    till.engine.lagging = True
    await do(till, commands.SetArticle("1234", price="20"))
    assert (await do(till, commands.Scan("1234")))["price"] == "20.00"


async def test_longer_ident_numbers_need_no_zeros_either(till: FakeTill) -> None:
    till.engine.say([ArticleSet("0000123456", "Napf", 100, "EUR", "1")])
    assert (await do(till, commands.Scan("123456")))["name"] == "Napf"


async def test_an_article_that_was_removed_is_unknown_and_its_barcode_is_free(till: FakeTill) -> None:
    till.engine.say([ArticleSet("0815", "Vogelfutter", 499, "EUR", "2", ("4006381333931",), removed=True)])
    assert await refused(till, commands.Scan("0815")) == "unknown_article"
    assert await refused(till, commands.Scan("4006381333931")) == "unknown_article"
    assert till.books.ask(SearchArticles("Vogelfutter", DAY)).articles == ()
    till.engine.say([ArticleSet("1000", "Neu", 1, "EUR", "2", ("4006381333931",))])
    assert (await do(till, commands.Scan("4006381333931")))["name"] == "Neu"


# -- in-store codes ------------------------------------------------------------------------------


async def test_a_label_with_a_price_sells_one_piece_at_it(till: FakeTill) -> None:
    sold = await do(till, commands.Scan("2212341012347"))
    assert (sold["name"], sold["quantity"], sold["price"], sold["total"]) == ("Bergkäse", "1", "12.34", "12.34")
    line = till.session._counter.open_sale().lines[0]
    assert (line.unit, line.price_origin, line.barcode) == ("Stk", "embedded", "2212341012347")


async def test_a_label_with_a_weight_sells_it_at_the_price_of_a_kilogram(till: FakeTill) -> None:
    sold = await do(till, commands.Scan("2812347012503"))
    assert (sold["quantity"], sold["price"], sold["total"]) == ("1.25", "16.90", "21.13")


async def test_a_typed_quantity_counts_labels(till: FakeTill) -> None:
    assert (await do(till, commands.Scan("2812347012503", "2")))["quantity"] == "2.5"
    assert (await do(till, commands.Scan("2212341012347", "3")))["total"] == "79.27"
    assert await refused(till, commands.Scan("2212341012347", "1.5")) == "quantity_of_labels"
    assert await refused(till, commands.Scan(write("1234", 99_999, WEIGHT), "9000")) == "quantity_too_large"


async def test_a_label_with_a_count_sells_so_many(till: FakeTill) -> None:
    assert (await do(till, commands.Scan(write("0500", 6, COUNT))))["quantity"] == "6"


async def test_a_label_that_is_misread_or_empty_is_refused(till: FakeTill) -> None:
    assert await refused(till, commands.Scan("2212341012348")) == "wrong_check_digit"
    forged = write("12349", 1234, InStoreMask("22", "22IIIIIVVVVVK", "price"))
    assert await refused(till, commands.Scan(forged)) == "wrong_check_digit"
    assert await refused(till, commands.Scan(write("1234", 0, WEIGHT))) == "label_without_value"
    assert await refused(till, commands.Scan(write("4321", 100, WEIGHT))) == "unknown_article"


async def test_an_in_store_code_that_is_registered_as_a_whole_is_never_taken_apart(till: FakeTill) -> None:
    till.engine.say([ArticleSet("8888", "Fester Preis", 700, "EUR", "2", ("2212341012347",))])
    assert (await do(till, commands.Scan("2212341012347")))["name"] == "Fester Preis"


async def test_the_digits_of_a_label_may_be_registered_as_a_barcode(till: FakeTill) -> None:
    till.engine.say([ArticleSet("K-7", "Gouda", 990, "EUR", "2", ("284321",), unit="kg")])
    assert (await do(till, commands.Scan(write("4321", 100, WEIGHT))))["name"] == "Gouda"


async def test_masks_of_the_shop_replace_those_of_the_country(till: FakeTill) -> None:
    mask = InStoreMask("24", "24IIIIVVVVVVK", "weight", 4)
    till.engine.say([setting(mask)])
    assert (await do(till, commands.Scan(write("1234", 5_000, mask))))["quantity"] == "0.5"
    assert await refused(till, commands.Scan("2212341012347")) == "unknown_article"


# -- prices --------------------------------------------------------------------------------------


async def test_a_price_entered_in_advance_counts_from_its_day_to_its_last_at_every_till(
    network: FakeNetwork, till: FakeTill, tmp_path: Path
) -> None:
    other = make_till(network, tmp_path, 2)
    till.engine.say([PriceSet("17", 1, 79, "2026-12-01", "2026-12-24"), PriceSet("17", 1, 95, "2026-12-20")])
    prices = []
    for day in ("2026-11-30", "2026-12-01", "2026-12-20", "2026-12-31"):
        other.clock.day = day
        prices.append((await do(other, commands.Scan("17")))["price"])
    assert prices == ["0.89", "0.79", "0.95", "0.95"]
    till.engine.say([PriceSet("17", 1, None, "2026-12-20")])
    assert (await do(other, commands.Scan("17")))["price"] == "0.89"


async def test_a_customers_list_follows_its_source_at_once(till: FakeTill) -> None:
    till.engine.say([setting(PriceList(2, "Handel", 1, -1000, 10, "half_up", 9))])
    sale = till.session._counter.begun()
    till.session._counter.keep(msgspec.structs.replace(sale, price_list=2))
    assert (await do(till, commands.Scan("1234")))["price"] == "15.19"
    till.engine.say([msgspec.structs.replace(SHELF[0], price_minor=2000)])
    assert (await do(till, commands.ChooseSupply("take_away")))["total"] == "17.99"


async def test_a_list_without_a_price_is_refused_and_a_typed_price_helps(till: FakeTill) -> None:
    till.engine.say([setting(PriceList(2, "Streng", fall_back=False)), PriceSet("17", 2, 70)])
    till.session._counter.keep(msgspec.structs.replace(till.session._counter.begun(), price_list=2))
    assert (await do(till, commands.Scan("17")))["price"] == "0.70"
    assert await refused(till, commands.Scan("1234")) == "no_price_in_list"
    assert (await do(till, commands.Scan("1234", price="9.00")))["total"] == "9.70"
    till.engine.say([PriceSet("17", 2, None)])
    assert await refused(till, commands.ChooseSupply("eat_in")) == "no_price_in_list"


async def test_the_line_remembers_what_the_price_was_before_it_was_changed(till: FakeTill) -> None:
    await do(till, commands.Scan("17", price="0.50"))
    await do(till, commands.Scan("99", price="3.00"))
    lines = till.session._counter.open_sale().lines
    assert [(line.price_origin, line.list_price_minor) for line in lines] == [("manual", 89), ("open", 0)]


# -- deposit, age, assortment --------------------------------------------------------------------


async def test_a_container_deposit_comes_along_and_goes_along(till: FakeTill) -> None:
    sold = await do(till, commands.Scan("0500", "6"))
    assert (sold["line"], sold["price"], sold["container_deposit"], sold["total"]) == (1, "1.99", "1.50", "13.44")
    goods, deposit = till.session._counter.open_sale().lines
    assert (deposit.of_line, deposit.business_case, deposit.discountable) == (1, "container_deposit", False)
    assert (deposit.vat_key, deposit.vat_rate_bp) == (goods.vat_key, goods.vat_rate_bp) == ("1", 1900)
    await do(till, commands.ChooseSupply("take_away"))
    assert till.session._counter.open_sale().lines[1].vat_key == "1"
    assert (await do(till, commands.VoidLine("1")))["total"] == "0.00"
    assert till.session._counter.open_sale().lines == ()


async def test_the_deposit_is_on_the_receipt_beside_its_article(till: FakeTill) -> None:
    await do(till, commands.Scan("17"))
    await do(till, commands.Scan("0500"))
    await do(till, commands.Pay())
    receipt = till.engine.printed[0]
    assert [(line.business_case, line.of_line) for line in receipt.lines] == [
        ("sale", 0),
        ("sale", 0),
        ("container_deposit", 2),
    ]


async def test_a_deposit_article_that_is_missing_is_named(till: FakeTill) -> None:
    assert await refused(till, commands.Scan("0700")) == "deposit_missing"


async def test_the_answer_says_from_which_age_on_it_may_be_sold(till: FakeTill) -> None:
    assert (await do(till, commands.Scan("0600")))["age_limit"] == 18
    line = till.session._counter.open_sale().lines[0]
    assert (line.age_limit, line.discountable) == (18, False)
    assert "age_limit" not in await do(till, commands.Scan("17"))


async def test_a_till_sells_what_its_catalogue_has(network: FakeNetwork, till: FakeTill, tmp_path: Path) -> None:
    other = make_till(network, tmp_path, 2)
    keys = (CatalogueKey(1, 1, "1234"), CatalogueKey(1, 2, "17", "Kuli"), CatalogueKey(2, 1, "0815"))
    till.engine.say(
        [
            setting(Assortment("kaese", "Käse", article_groups=("Käse",))),
            setting(Assortment("rest", "Rest", articles=("17", "99"))),
            setting(Catalogue("theke", "Theke", (2,), ("kaese", "rest"), (KeyPage("Seite 1", keys),))),
        ]
    )
    assert (await do(other, commands.Scan("1234")))["name"] == "Bergkäse"
    assert (await do(other, commands.Scan("17")))["name"] == "Kugelschreiber blau"
    assert await refused(other, commands.Scan("0815")) == "not_in_assortment"
    assert (await do(till, commands.Scan("0815")))["name"] == "Vogelfutter 1 kg"
    assert await ask(till, AskCatalogue()) == {"pages": []}
    (page,) = (await ask(other, AskCatalogue()))["pages"]
    assert page["name"] == "Seite 1"
    assert [(key["row"], key["column"], key["label"], key["price"]) for key in page["keys"]] == [
        (1, 1, "Bergkäse", "16.90"),
        (1, 2, "Kuli", "0.89"),
    ]
    assert await ask(till, AskCatalogue(till_no=2)) == await ask(other, AskCatalogue())


async def test_the_article_question_tells_its_prices(till: FakeTill) -> None:
    till.engine.say([setting(PriceList(3, "Personal", 1, -5000)), PriceSet("17", 9, 50)])
    told = await ask(till, AskArticle("17"))
    assert (told["price"], told["prices"]) == ("0.89", {"1": "0.89", "3": "0.45", "9": "0.50"})
    assert (await ask(till, AskArticle("17", 9)))["price"] == "0.50"
    assert (await ask(till, AskArticle("2812347012503")))["quantity"] == "1.25"
    assert (await ask(till, AskArticle("2212341012347")))["embedded_price"] == "12.34"
    answer = await Queries(till.runner).ask(AskArticle("17", 16))
    assert isinstance(answer, Refuse)
    assert answer.code == "unknown_price_list"


async def test_a_price_list_that_would_be_derived_from_itself_is_refused(till: FakeTill) -> None:
    await do(till, commands.SetReference("price_list", {"no": 2, "name": "Handel", "derived_from": 3}))
    ring = commands.SetReference("price_list", {"no": 3, "name": "Personal", "derived_from": 2})
    assert await refused(till, ring) == "bad_setting"


# -- GS1 element strings ---------------------------------------------------------------------------

COLA, CHEESE = "04006381333948", "02000000001241"
LOAF = ArticleSet("1240", "Bergkäse am Stück", 1690, "EUR", "2", (CHEESE.removeprefix("0"),), unit="kg")


@pytest.mark.parametrize(
    ("code", "quantity", "total"),
    [
        (f"01{COLA}\x1d10AB-7", "1", "2.24"),
        (f"01{COLA}", "1", "2.24"),
        (f"01{COLA}1727123110AB-7", "1", "2.24"),
        (f"01{COLA}306", "6", "13.44"),
        (f"01{COLA}3103001250", "1", "2.24"),
        (f"01{CHEESE}3103001250", "1.25", "21.13"),
        (f"01{CHEESE}3103001250\x1d39222113", "1", "21.13"),
    ],
)
async def test_a_gs1_label_is_its_article_with_the_weight_count_or_price_that_it_holds(
    till: FakeTill, code: str, quantity: str, total: str
) -> None:
    till.engine.say([LOAF])
    fields = await do(till, commands.Scan(code))
    assert (fields["quantity"], fields.get("container_deposit", ""), fields["total"]) == (
        quantity, {"1": "0.25", "6": "1.50"}[quantity] if COLA in code else "", total,
    )  # fmt: skip
    assert till.session.view().lines[0].barcode == (COLA if COLA in code else CHEESE).removeprefix("0")


async def test_goods_with_a_gs1_label_come_back_as_they_were_sold(till: FakeTill) -> None:
    till.engine.say([LOAF])
    assert (await do(till, commands.ReturnArticle(f"01{CHEESE}3103001250")))["total"] == "-21.13"
    assert (await do(till, commands.ReturnArticle(f"01{COLA}\x1d10AB-7")))["total"] == "-23.12"


async def test_a_gs1_label_that_was_misread_or_is_nobodys_is_refused(till: FakeTill) -> None:
    for code, refusal in (
        ("0104006381333949\x1d10AB", "wrong_check_digit"),
        ("0104006381333993\x1d10AB", "unknown_article"),
        ("10AB\x1d21S", "bad_code"),
    ):
        assert await refused(till, commands.Scan(code)) == refusal


async def test_a_code_that_is_registered_as_a_whole_is_never_taken_apart(till: FakeTill) -> None:
    till.engine.say([ArticleSet("1300", "Karton", 500, "EUR", "1", (f"01{COLA}",))])
    assert (await do(till, commands.Scan(f"01{COLA}")))["name"] == "Karton"
