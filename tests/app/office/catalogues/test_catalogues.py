"""Travelling catalogues through a real home: what is set, repeated, assigned, and refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from app import wiring
from app.__main__ import main
from app.config import NetworkSettings, Settings
from app.domain.branch import TillPlan
from app.domain.catalogue import CatalogueArticle, TravellingCatalogue
from app.domain.reference import Reference
from app.engine.control import Refused
from app.facts.codec import write
from app.facts.master import ArticleSet
from app.home import Home
from app.office.catalogues.assigning import audiences_of
from app.office.catalogues.copying import copies, sold_along
from app.till.ports import JournalRefused
from replication.core.membership import Audience
from replication.core.model import Entry, Feed

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
ARTICLES = """ident_no,name,price,vat_key,article_groups,container_deposit
1,Napf,4.99,1,Zubehör,
2,Leine,9.99,1,Zubehör,
3,Wasser,0.99,1,Getränke,4
4,Pfand,0.25,1,Pfand,
"""
DAY_S = 60.0


class Office:
    """A founder's home, asked as a command would."""

    def __init__(self, parts: wiring.Parts) -> None:
        self.parts = parts

    async def ask(self, op: str, **args: Any) -> Any:
        return await self.parts.operations[op](args)

    async def refused(self, op: str, **args: Any) -> str:
        with pytest.raises(Refused) as refused:
            await self.ask(op, **args)
        return refused.value.code

    def kinds(self, topic: str) -> list[str]:
        """What stands on a feed of the office's own."""
        feed = Feed(self.parts.who.member_id, topic)
        status = self.parts.node.status()["positions"].get(str(feed), 0)
        records = self.parts.node._store.records(feed, 0, 1_000)
        assert len(records) == status
        return [
            f"{record.kind.split('.')[0]} {record.body.get('ident_no') or record.body.get('key')}" for record in records
        ]

    @property
    def audiences(self) -> dict[str, Audience]:
        return dict(self.parts.node.roster.audiences)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    home = Home(tmp_path / "office")
    await wiring.found(home, SETTINGS, "Messe", 1, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        yield Office(parts)


async def test_a_catalogue_is_filled_assigned_and_repeats_what_is_said_of_its_articles(office: Office) -> None:
    await office.ask("till_value_set", subject="device_group", value={"group": "hall", "name": "Halle 4"})
    await office.ask("till_set", no=3, plan={"groups": ["hall"]})
    await office.ask("imports", what="articles", text=ARTICLES)
    await office.ask("catalogue_set", catalogue="fair", value={"name": "Messe", "valid_until": "2026-12-01"})
    assert office.audiences == {"catalogue/fair": Audience()}
    put = [{"ident_no": "1", "price": "3.99"}, {"ident_no": "3"}]
    assert (await office.ask("catalogue_put", catalogue="fair", articles=put))["put"] == 2
    await office.ask("catalogue_assign", catalogue="fair", tills=[2], groups=["hall"])
    assert office.audiences == {"catalogue/fair": Audience(frozenset({2, 3}))}
    assert sorted(set(office.kinds("catalogue/fair"))) == [
        "article 1", "article 3", "article 4", "reference fair", "reference fair/1", "reference fair/3",
        "reference fair/4",
    ]  # fmt: skip
    shown = await office.ask("catalogue_shown", catalogue="fair")
    assert (shown["tills"], shown["own_tills"], shown["groups"], shown["articles"]) == ([2, 3], [2], ["hall"], 3)
    assert shown["entries"][0] == {"ident_no": "1", "name": "Napf", "price": "3.99", "own_price": "4.99"}
    assert [entry["price"] for entry in shown["entries"]] == ["3.99", "", ""]
    before = len(office.kinds("catalogue/fair"))
    await office.ask("imports", what="articles", text=ARTICLES.replace("Napf,4.99", "Napf groß,5.99"))
    await office.ask("till_set", no=7, plan={"groups": []})
    await office.ask("catalogue_assign", catalogue="fair", tills=[2])
    after = office.kinds("catalogue/fair")
    assert "article 1" in after[before:]
    assert (await office.ask("tills"))[1]["catalogues"] == ["fair"]
    await office.ask("catalogue_assign", catalogue="fair", tills=[2])
    assert office.kinds("catalogue/fair") == after, "nothing new has been said"
    gone = ArticleSet("4", "Pfand", 25, "EUR", "1", removed=True)
    await office.parts.engine.journal([Entry(*write(gone))])
    await office.ask("catalogue_assign", catalogue="fair", tills=[2])
    entries = (await office.ask("catalogue_shown", catalogue="fair"))["entries"]
    assert [entry["ident_no"] for entry in entries] == ["1", "3"], "what is removed leaves the catalogue"
    await office.ask("catalogue_take", catalogue="fair", idents=["3"])
    await office.ask("till_set", no=3, plan={"groups": []})
    assert office.audiences == {"catalogue/fair": Audience(frozenset({2}))}
    await office.ask("catalogue_remove", catalogue="fair")
    assert await office.ask("catalogues") == []
    assert (await office.ask("till", no=2))["plan"]["catalogues"] == []


async def test_what_is_withheld_goes_on_a_feed_of_its_own_for_all_others(office: Office) -> None:
    assert await office.refused("till_set", no=2, plan={"withheld": ["vouchers"]}) == "bad_setting"
    await office.ask("till_set", no=2, plan={"withheld": ["articles", "customers"]})
    without_two = Audience(frozenset({2}), others=True)
    assert office.audiences == {"kind/articles": without_two, "kind/customers": without_two}
    await office.ask("imports", what="articles", text=ARTICLES)
    await office.ask("imports", what="customers", text="no;name\n10001;Muster\n")
    assert office.kinds("kind/articles") == [f"article {no}" for no in "1234"]
    assert len(office.kinds("kind/customers")) == 1
    assert not [kind for kind in office.kinds("master") if kind.startswith("article")]
    flows = {row["no"]: row["flows"] for row in await office.ask("tills")}
    assert flows[2] == {"articles": False, "customers": False, "suppliers": True, "vouchers": True}
    assert all(flows[1].values())
    await office.ask("till_set", no=2, plan={"withheld": []})
    assert office.audiences["kind/articles"] == Audience(others=True)


async def test_nothing_is_half_done(office: Office) -> None:
    await office.ask("imports", what="articles", text=ARTICLES)
    assert await office.refused("catalogue_put", catalogue="fair", articles=[{"ident_no": "1"}]) == "unknown_setting"
    assert await office.refused("catalogue_shown", catalogue="fair") == "unknown_setting"
    assert await office.refused("catalogue_set", catalogue="a/b", value={"name": "x"}) == "bad_setting"
    assert await office.refused("catalogue_set", catalogue="fair", value={"colour": "x"}) == "bad_setting"
    await office.ask("catalogue_set", catalogue="fair", value={"name": "Messe"})
    bad = [{"ident_no": "1"}, {"ident_no": "9"}]
    assert await office.refused("catalogue_put", catalogue="fair", articles=bad) == "unknown_article"
    assert (
        await office.refused("catalogue_put", catalogue="fair", articles=[{"ident_no": "1", "price": "x"}])
        == "bad_price"
    )
    assert await office.refused("catalogue_put", catalogue="fair", articles=[], groups=["Hof"]) == "unknown_group"
    assert await office.refused("catalogue_take", catalogue="fair", idents=["1"]) == "unknown_article"
    assert await office.refused("catalogue_assign", catalogue="fair", groups=["hall"]) == "unknown_setting"
    answer = await office.ask("catalogue_import", catalogue="fair", text="ident_no;price\n1;3,99\n2;teuer\n")
    assert [fault["line"] for fault in answer["faults"]] == [3]
    assert (await office.ask("catalogue_shown", catalogue="fair"))["entries"] == []
    await office.ask("catalogue_import", catalogue="fair", text="ident_no;price\n1;3,99\n2;\n")
    await office.ask("catalogue_put", catalogue="fair", articles=[], groups=["Zubehör"])
    entries = (await office.ask("catalogue_shown", catalogue="fair"))["entries"]
    assert [(entry["ident_no"], entry["price"]) for entry in entries] == [("1", ""), ("2", "")]
    office.parts.node.roster.authorities.append("somebody else")
    assert await office.refused("catalogue_set", catalogue="fair", value={"name": "x"}) == "not_authority"
    assert await office.refused("till_set", no=2, plan={"withheld": ["articles"]}) == "not_authority"


async def test_settings_that_were_exported_are_imported_with_their_catalogues(office: Office, tmp_path: Path) -> None:
    await office.ask("imports", what="articles", text=ARTICLES)
    await office.ask("catalogue_set", catalogue="fair", value={"name": "Messe"})
    await office.ask("catalogue_put", catalogue="fair", articles=[{"ident_no": "1", "price": "3.99"}])
    text = json.dumps(await office.ask("export", what="settings"))
    home = Home(tmp_path / "other")
    await wiring.found(home, SETTINGS, "Hof", 1, "centre")
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        other = Office(parts)
        await other.ask("imports", what="articles", text=ARTICLES)
        assert (await other.ask("imports", what="settings", text=text))["faults"] == []
        assert other.kinds("catalogue/fair") == ["reference fair/1", "reference fair"]
        other.parts.node.roster.audiences.clear()
        other.parts.node.roster.authorities.append("somebody else")
        with pytest.raises(JournalRefused) as refused:
            await other.ask("imports", what="settings", text=text)
        assert refused.value.code == "not_assigned"


async def test_the_authority_brings_feeds_in_line_by_itself(tmp_path: Path) -> None:
    home = Home(tmp_path / "office")
    await wiring.found(home, SETTINGS, "Messe", 1, "centre")
    async with wiring.opened(home, SETTINGS, network=True) as parts:
        office = Office(parts)
        await office.ask("imports", what="articles", text=ARTICLES)
        plan = json.dumps({"till_plan": [{"till_no": 2, "withheld": ["suppliers"]}]})
        await office.ask("imports", what="settings", text=plan)
        async with asyncio.timeout(DAY_S):
            while "kind/suppliers" not in office.audiences:
                await asyncio.sleep(0.05)


def test_audiences_come_out_of_plans_and_groups_and_what_was_begun_is_kept_up() -> None:
    known = Reference("1", {"till_plan": {"2": TillPlan(2, catalogues=("fair",), withheld=("articles",))},
                            "travelling_catalogue": {"yard": TravellingCatalogue("yard", "Hof")}})  # fmt: skip
    assert audiences_of(known, ("catalogue/old", "kind/customers"), ["new"]) == {
        "catalogue/fair": Audience(frozenset({2})), "catalogue/yard": Audience(), "catalogue/old": Audience(),
        "catalogue/new": Audience(), "kind/articles": Audience(frozenset({2}), others=True),
        "kind/customers": Audience(others=True),
    }  # fmt: skip
    assert sold_along([], []) == ()
    assert copies([CatalogueArticle("fair", "1")], {}) == [], "what nobody knows is not repeated"


def test_commands_do_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--no-discovery"]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, *home, "--lang", "en"]) == status
        said = capsys.readouterr()
        return said.out or said.err

    articles, prices = tmp_path / "articles.csv", tmp_path / "fair.csv"
    articles.write_text(ARTICLES, "utf-8")
    prices.write_text("ident_no;price\n2;8,99\n", "utf-8")
    run("network", "found", "--name", "Messe", "--role", "centre")
    run("import", "articles", str(articles))
    run("catalogues", "set", "fair", "--name", "Messe", "--from", "2026-11-20", "--until", "2026-11-23")
    run("catalogues", "put", "fair", "1=3.99", "3", "--by", "anna")
    said = {row["key"]: row["by"] for row in json.loads(run("master", "history", "catalogue_article", "--json"))}
    assert (said["fair/1"], said["fair/3"]) == ("anna", "anna"), "what is sold along goes along by itself"
    run("catalogues", "put", "fair", "--file", str(prices))
    run("catalogues", "assign", "fair", "--tills", "2-3")
    run("tills", "set", "2", "--withhold", "articles")
    assert "fair" in run("catalogues", "list")
    shown = run("catalogues", "show", "fair")
    assert "3.99" in shown
    assert "8.99" in shown
    data = json.loads(run("catalogues", "show", "fair", "--json"))
    assert (data["tills"], data["valid_until"], len(data["entries"])) == ([2, 3], "2026-11-23", 4)
    till = run("tills", "show", "2")
    assert "fair" in till
    assert "Articles" in till
    two = next(line for line in run("tills", "flows").splitlines() if line.startswith("2 "))
    assert two.split() == ["2", "no", "yes", "yes", "yes", "fair"]
    run("catalogues", "take", "fair", "1")
    assert "does not have 1" in run("catalogues", "take", "fair", "1", status=1)
    run("catalogues", "remove", "fair")
    assert json.loads(run("catalogues", "list", "--json"))["catalogues"] == []
