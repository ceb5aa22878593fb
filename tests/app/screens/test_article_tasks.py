"""Articles by the keyboard: searched while somebody types, rung up, looked at; and chosen by number from a page."""

from __future__ import annotations

import pytest

from app import text
from app.books.views import KeyView, PageView
from app.domain.assortment_page import AssortmentPage, PageArticle
from app.domain.in_store_code import GERMAN_MASKS, write
from app.facts.master import ArticleSet
from app.screens.functions import Mode
from app.screens.tasks.choosing import Picked
from app.screens.tasks.keys_of_page import KeysOfPage
from app.screens.tasks.steps import Bad, Finished
from app.till.commands import Scan
from tests.app.screens.standin import BIRD_SEED, LEASH, PEN, Shop
from tests.app.screens.walking import till
from tests.app.till.test_articles import setting

pytestmark = pytest.mark.usefixtures("english")


def scans(shop: Shop) -> list[Scan]:
    return [command for command in shop.commands if isinstance(command, Scan)]


async def test_an_article_is_found_while_typing_and_rung_with_what_was_typed_before(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("3*<f2>")
        for name in ("Vogelfutter", "Kugelschreiber", "Hundeleine Leder 120 cm", "Sittichmischung"):
            assert name in walking.text
        await walking.press("LEDER h")
        assert "29.99" in walking.text
        assert "Kugelschreiber" not in walking.text
        await walking.press("\r")
        assert scans(shop) == [Scan("1003", "3")]
        assert (walking.app.router.mode, shop.session.view().total_minor) == (Mode.SALE, 8997)
        assert "OK 1003 Hundeleine" in walking.text
        await walking.press("kugel<f2><down>\r")
        assert shop.session.view().total_minor == 9086


async def test_a_barcode_or_a_label_scanned_into_the_search_is_sold(shop: Shop) -> None:
    label = write("4711", 500, GERMAN_MASKS[4])
    async with till(shop) as walking:
        await walking.press(f"<f2>{BIRD_SEED}\r<f2>{label}\r{PEN}\r")
        assert [scan.code for scan in scans(shop)] == [BIRD_SEED, label, PEN]
        assert shop.session.view().lines[1].quantity_milli == 500


async def test_a_price_a_group_and_details_narrow_the_search(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("<f2>3-5")
        assert ("Vogelfutter" in walking.text, "Hundeleine" in walking.text) == (True, False)
        await walking.press(" vog<f4>")
        for said in ("4.99 EUR", BIRD_SEED, "7 %", "Futter"):
            assert said in walking.text
        await walking.press("\x1b")
        assert walking.app.router.entry.text == "3-5 vog"
        await walking.press("\x1b<f2><f6>fut\r")
        assert ("Vogelfutter" in walking.text, "Kugelschreiber" in walking.text) == (True, False)
        await walking.press("<f6><f6>")
        assert "Kugelschreiber" in walking.text
        await walking.press("gibtesnicht\r")
        assert "No article is found for this." in walking.text
        assert scans(shop) == []


async def test_an_open_price_is_asked_for_unless_it_was_typed(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("<f2>divers\r\x1b")
        assert (scans(shop), walking.app.router.mode) == ([], Mode.TASK)
        await walking.press("\r250\r")
        await walking.press("199<f4><f2>divers\r")
        assert [scan.price for scan in scans(shop)] == ["2.50", "1.99"]


async def test_how_old_a_buyer_has_to_be_is_said_however_it_is_rung(shop: Shop) -> None:
    shop.article(ArticleSet("600", "Doppelkorn", 999, "EUR", "1", age_limit=18))
    async with till(shop) as walking:
        for keys in ("600\r", "<f2>korn\r"):
            await walking.press(keys)
            assert "OK 600 Doppelkorn - only from the age of 18" in walking.text
            await walking.press(f"{PEN}\r")
            assert "only from" not in walking.text


async def test_a_refused_article_leaves_the_search_open(shop: Shop) -> None:
    shop.article(ArticleSet("600", "Ohne Satz", 100, "EUR", "77"))
    async with till(shop) as walking:
        await walking.press("<f2>ohne\r")
        assert "has no rate" in walking.text
        assert (walking.app.router.mode, walking.app.router.entry.text) == (Mode.TASK, "ohne")


async def test_articles_are_rung_by_their_numbers_from_the_pages(shop: Shop) -> None:
    pen, seed, leash = PageArticle("17", "Stift"), PageArticle("0815"), PageArticle("1003")
    shop.till.engine.say(
        [
            setting(AssortmentPage("1", "Theke", (pen, PageArticle("nix"), seed))),
            setting(AssortmentPage("2", "Garten", (leash, PageArticle("99")))),
        ]
    )
    async with till(shop) as walking:
        await walking.press("/23\r")
        assert "Page 1 of 2: Theke" in walking.text
        assert all(said in walking.text for said in ("1 Stift", "0.89", "3 Vogelfutter 1 kg", "4.99"))
        await walking.press("2\r")
        assert "There is no line 2" in walking.text
        await walking.press("3\r")
        assert walking.app.router.mode is Mode.SALE
        await walking.press("2*/23\r1<f4>4*1\r")
        assert [(scan.code, scan.quantity) for scan in scans(shop)] == [("0815", None), ("17", "2"), ("17", "4")]
        await walking.press("2/23\r")
        assert "Page 2 of 2: Garten" in walking.text
        await walking.press("<f3>")
        assert "Page 1 of 2: Theke" in walking.text
        await walking.press("<f2>2\r150\r9/23\r")
        assert scans(shop)[-1] == Scan("99", price="1.50")
        assert "There is no page 9" in walking.text
        assert walking.app.router.mode is Mode.SALE
        await walking.press("/23\r")
        await walking.press("7<f6>")
        assert "There is no page 7" in walking.text
        await walking.press("2<f6>")
        assert "Garten" in walking.lines[0]
        await walking.press(f"<f6>1\r{LEASH}\r")
        assert "Theke" in walking.lines[0]
        assert len(scans(shop)) == 4, "a scan is refused on a page"


async def test_article_groups_are_the_pages_of_a_till_without_any(shop: Shop) -> None:
    async with till(shop) as walking:
        await walking.press("/23\r")
        assert "Page 1 of 1: Futter" in walking.text
        await walking.press("1\r")
        assert [scan.code for scan in scans(shop)] == ["0815"]
        shop.article(ArticleSet("0815", "Weg", 1, "EUR", "1", removed=True))
        await walking.press("/23\r")
        assert "There are no pages" in walking.text
        assert walking.app.router.mode is Mode.SALE


def page_of(*numbers: int) -> KeysOfPage:
    keys = tuple(KeyView(number, 1, str(number), f"Ware {number}", "", 100 * number, "EUR") for number in numbers)
    return KeysOfPage("Seite", PageView("Seite", keys), (), ())


def test_a_page_shows_thirty_articles_on_a_small_screen_and_the_marked_ones_on_a_smaller_one() -> None:
    text.use("en")
    step = page_of(*range(1, 31))
    lines = ["".join(part for part, _style in line) for line in step.lines(80, 19)]
    assert all(f" {number} Ware {number} " in " ".join(lines) for number in range(1, 31))
    assert "30.00" in lines[14]
    assert all(len(line) <= 80 for line in lines)
    narrow = ["".join(part for part, _style in line) for line in step.lines(40, 11)]
    assert (len(narrow), "Ware 11 " in " ".join(narrow)) == (11, False)
    step.enter("12")
    assert "Ware 12" in " ".join(part for line in step.lines(40, 11) for part, _style in line)


def test_a_number_on_a_page_is_the_keys_own_with_how_many_before_it() -> None:
    step = page_of(1, 3)
    key = step.choices[1].value
    assert step.enter("3") == step.enter("03") == Finished(Picked(key))
    assert step.enter("2,5*3") == Finished(Picked(key, text="2.5"))
    assert step.enter("2x") == Finished(Picked(key, text="2"))
    assert step.enter("2") == Bad("no_such_number", "2")
    assert step.enter("a") == Bad("no_number_here", "a")
    assert step.enter("*3") == Bad("no_quantity")
    assert page_of().enter("") == Bad("nothing_to_choose")
