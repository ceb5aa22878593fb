"""Pages of the assortment: numbered articles, set for a till, a site or all, or made of the article groups."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.books.questions.articles import FindKeypad
from app.domain.assortment import Assortment, Catalogue, CatalogueKey, KeyPage
from app.domain.assortment_page import AssortmentPage, PageArticle
from app.facts.master import ArticleSet
from app.till import commands
from app.till.effects import Refuse, Reply
from app.till.queries.articles import AskArticles, AskKeypad
from app.till.queries.base import Query
from app.till.queries.every import Queries
from app.till.refusals import BadCommand
from tests.app.till.asking import done, refused
from tests.app.till.fake_engine import DAY, FakeNetwork, FakeTill, make_till
from tests.app.till.test_articles import setting

BEER, WATER = PageArticle("17", "Bier"), PageArticle("0815")


@pytest.fixture
def till(tmp_path: Path) -> Iterator[FakeTill]:
    network = FakeNetwork()
    yield make_till(network, tmp_path)
    network.close()


async def ask(till: FakeTill, query: Query) -> dict[str, Any]:
    answer = await Queries(till.runner).ask(query)
    assert isinstance(answer, Reply), answer
    return answer.fields


def names(till: FakeTill, till_no: int, site: str) -> list[str]:
    return [page.name for page in till.books.ask(FindKeypad(till_no, DAY, site=site))]


async def test_a_page_is_set_as_a_setting_and_tells_numbers_labels_and_prices(till: FakeTill) -> None:
    value = {
        "page_id": "1",
        "name": "Theke",
        "articles": [{"ident_no": "17", "label": "Bier"}, {"ident_no": "nix"}, {"ident_no": "0815"}],
    }
    await done(till, commands.SetReference("assortment_page", value))
    told = await ask(till, AskKeypad())
    assert (told["pages"], told["name"], told["made"]) == (["Theke"], "Theke", False)
    assert [(key["no"], key["label"], key["price"]) for key in told["keys"]] == [
        (1, "Bier", "0.89"),
        (3, "Vogelfutter 1 kg", "4.99"),
    ], "a number stays what it is if another article is gone"
    many = value | {"articles": [{"ident_no": "17"}] * 31}
    assert await refused(till, commands.SetReference("assortment_page", many)) == "bad_setting"
    assert await refused(till, commands.SetReference("assortment_page", value | {"articles": []})) == "bad_setting"


def test_a_till_has_the_pages_that_name_it_those_of_its_site_and_those_for_all(till: FakeTill) -> None:
    till.engine.say(
        [
            setting(AssortmentPage("3", "Alle", (BEER,))),
            setting(AssortmentPage("1", "Kasse 2", (BEER,), tills=(2,))),
            setting(AssortmentPage("2", "Garten", (BEER, WATER), site="Garten")),
        ]
    )
    assert names(till, 1, "") == ["Alle"]
    assert names(till, 2, "Halle") == ["Kasse 2", "Alle"]
    assert names(till, 1, "Garten") == ["Garten", "Alle"]


def test_without_a_page_of_its_own_a_till_has_its_catalogues_in_parts_of_thirty(till: FakeTill) -> None:
    keys = tuple(CatalogueKey(row, column, "17") for row in range(1, 9) for column in range(4, 0, -1))
    till.engine.say([setting(Catalogue("theke", "Theke", (1,), pages=(KeyPage("Seite", keys),)))])
    first, second = till.books.ask(FindKeypad(1, DAY))
    assert (first.name, len(first.keys), second.name, [key.row for key in second.keys]) == (
        "Seite",
        30,
        "Seite 2",
        [1, 2],
    )


async def test_as_long_as_nothing_is_set_every_article_group_is_a_page(till: FakeTill) -> None:
    assert await ask(till, AskKeypad()) == {
        "pages": ["Futter"],
        "page": 1,
        "name": "Futter",
        "made": True,
        "keys": [
            {"no": 1, "ident_no": "0815", "label": "Vogelfutter 1 kg", "name": "Vogelfutter 1 kg", "price": "4.99"}
        ],
    }
    till.engine.say(
        [
            ArticleSet("1", "Äpfel", 1, "EUR", "2", article_groups=("Obst", "Bio")),
            ArticleSet("2", "Weg", 1, "EUR", "2", article_groups=("Weg",), removed=True),
            setting(Assortment("obst", "Obst", articles=("1",))),
            setting(Catalogue("theke", "Theke", (1,), ("obst",))),
        ]
    )
    assert (await ask(till, AskKeypad()))["pages"] == ["Bio", "Futter", "Obst"]
    assert (await ask(till, AskKeypad(2)))["keys"] == [], "not sold at this till"
    answer = await Queries(till.runner).ask(AskKeypad(4))
    assert isinstance(answer, Refuse)
    assert answer.code == "unknown_page"


async def test_what_sells_best_is_first_on_the_page_of_its_group(till: FakeTill) -> None:
    till.engine.say(
        [
            *(
                ArticleSet(f"7{number}", f"Futter {number:02}", 1, "EUR", "2", article_groups=("Futter",))
                for number in range(40)
            ),
            setting(Catalogue("theke", "Theke", (1,), ("alles",))),
            setting(Assortment("alles", "Alles", articles=("0815", "17", "731", "72"), article_groups=("Obst",))),
        ]
    )
    for code in ("0815", "731", "0815", "17"):
        await done(till, commands.Scan(code))
    await done(till, commands.Pay())
    await done(till, commands.Scan("731", "9"))
    await done(till, commands.Pay())
    told = await ask(till, AskKeypad())
    assert [(key["no"], key["ident_no"]) for key in told["keys"]] == [(1, "0815"), (2, "731"), (3, "72")]


async def test_programs_search_articles_as_screens_do(till: FakeTill) -> None:
    till.engine.lagging = True
    await done(till, commands.SetArticle("778", name="Käfig", price="19.90", vat_key="1", article_groups=("Käfige",)))
    told = await ask(till, AskArticles("KAEFIG <20"))
    assert [(each["ident_no"], each["price"], each["in_assortment"]) for each in told["articles"]] == [
        ("778", "19.90", True)
    ]
    assert not told["more"]
    assert (await ask(till, AskArticles(limit=1)))["more"]
    assert (await ask(till, AskArticles(group="Käfige")))["articles"] == told["articles"]
    with pytest.raises(BadCommand):
        await ask(till, AskArticles(limit=101))
