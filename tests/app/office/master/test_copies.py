"""A copy before each change: what is in it, when it refuses, what stays, and what comes back."""

from __future__ import annotations

import gzip
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.books.questions.customers import FindCustomer
from app.engine.control import Refused
from app.facts.master import ArticleSet
from app.office.history.projection import History
from app.office.master import copies as module
from app.office.master.copies import Copies, CopyBad
from tests.app.books.shelf import records_of
from tests.app.office.history.test_projection import Shelf
from tests.app.office.master.standing import Office

NOON_MS = int(datetime(2026, 11, 22, 12, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    """Of a home with two articles."""
    shelf = Shelf()
    shelf.add(records_of([("a", ArticleSet(str(number), "Leine", 999, "EUR", "1")) for number in (1, 2)]))
    return Copies(tmp_path / "copies", History(tmp_path / "history.sqlite", shelf))


def change(ident_no: str) -> ArticleSet:
    return ArticleSet(ident_no, "Leine", 1099, "EUR", "1")


def test_the_first_of_a_day_copies_everything_the_others_what_they_change(copies: Copies) -> None:
    for offset in range(3):
        copies.before([change("2"), change("3")], "anna", "", NOON_MS + offset)
    copies.before([change("2")], "anna", "", NOON_MS + 86_400_000)
    heads = copies.heads()
    assert [head.sort for _, head in heads] == ["whole", "values", "values", "whole"]
    head, versions = copies.read(heads[1][0])
    assert (head.by, head.values) == ("anna", ("article 2", "article 3"))
    assert [(each.key, each.value.get("price_minor"), each.removed) for each in versions] == [
        ("2", 999, False), ("3", None, True),
    ]  # fmt: skip
    _, everything = copies.read(heads[0][0])
    assert [each.key for each in everything] == ["1", "2"]


def test_a_change_of_many_values_copies_everything(copies: Copies) -> None:
    copies.before([change("1")], "", "", NOON_MS)
    copies.before([change(str(number)) for number in range(module.MANY)], "", "import", NOON_MS)
    assert [head.sort for _, head in copies.heads()] == ["whole", "whole"]


def test_it_is_the_owners_alone_and_a_damaged_one_is_never_used(copies: Copies, tmp_path: Path) -> None:
    copies.before([change("1")], "", "", NOON_MS)
    ((name, _),) = copies.heads()
    file = tmp_path / "copies" / name
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    whole = file.read_bytes()
    lines = gzip.decompress(whole).splitlines(keepends=True)
    for damaged in (whole[:-9], b"junk", gzip.compress(lines[0] + b'{"kind": 7}\n'), gzip.compress(b"")):
        file.write_bytes(damaged)
        with pytest.raises(CopyBad):
            copies.read(name)
    with pytest.raises(CopyBad):
        copies.read("../../till.toml")


def test_old_copies_go_by_rule(copies: Copies, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_OF_VALUES", 3)
    monkeypatch.setattr(module, "MOST_OF_EVERYTHING", 2)
    for day in range(14):
        for offset in range(2):
            copies.before([change("1")], "", "", NOON_MS + day * 86_400_000 + offset)
    days = [timedelta(milliseconds=head.at_ms - NOON_MS).days for _, head in copies.heads() if head.sort == "whole"]
    assert days[:9] == [13, 12, 11, 10, 9, 8, 7, 6, 5], "two, and one of each of seven days before"
    assert len(days) <= 11, "and those of weeks and months"
    assert sum(head.sort == "values" for _, head in copies.heads()) == 3


def test_what_cannot_be_copied_is_not_changed(copies: Copies, tmp_path: Path) -> None:
    (tmp_path / "copies").write_text("a file where the folder should be")
    with pytest.raises(Refused) as refused:
        copies.before([change("1")], "", "", NOON_MS)
    assert refused.value.code == "copy_failed"


async def test_an_article_is_only_changed_after_its_copy(office: Office) -> None:
    folder = office.parts.home.path / "office" / "copies"
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("in the way")
    refused = await office.refused("master_set", kind="article", key="0815", values={"price": "1"})
    assert refused.code == "copy_failed"
    article = office.parts.books.article("0815")
    assert article is not None
    assert article.price_minor == 499


async def test_a_copy_makes_everything_what_it_was_and_that_can_be_taken_back(office: Office) -> None:
    await office.set("customer", customer_no="7", name="Max Muster", city="Köln")
    await office.set("price", ident_no="0815", price_list="2", price="4.50")
    rows = "".join(f"{number},Ware {number},1,1\n" for number in range(module.MANY))
    await office.ask("imports", what="articles", text=f"ident_no,name,price,vat_key\n0815,Anders,1,1\n{rows}")
    await office.set("customer", "7", city="Bonn")
    await office.ask("master_remove", kind="price", key="0815:2::")
    await office.ask("master_set", kind="article", key="1", values={"price": "2"}, by="anna")
    for name in [row["copy"] for row in await office.ask("master_copies") if row["sort"] == "whole"][:-1]:
        (office.parts.home.path / "office" / "copies" / name).unlink()
    first = (await office.ask("master_copies"))[-1]
    assert (first["sort"], first["values"]) == ("whole", ["article 0815"])
    tried = await office.ask("master_restore", copy=first["copy"], dry_run=True)
    assert len(office.parts.books.all_articles()) == module.MANY + 1
    answer = await office.ask("master_restore", copy=first["copy"], by="chef")
    assert (answer["restored"], answer["left"]) == (tried["restored"], [])
    assert office.parts.books.all_articles() == []
    assert len(office.parts.books.all_vat_rates()) > 5, "they were there from the beginning"
    change = (await office.ask("master_changes"))[0]
    assert change["change"].startswith("restore ")
    await office.ask("master_undo_change", change=change["change"])
    assert len(office.parts.books.all_articles()) == module.MANY + 1
    found = office.parts.books.ask(FindCustomer("7"))
    assert found is not None
    assert found.person is not None
    assert found.person.city == "Bonn"
    assert (await office.refused("master_restore", copy="nothing")).code == "copy_bad"
