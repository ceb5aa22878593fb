"""Article groups: counted, renamed in everything that names them, united, taken off, and all of it taken back."""

from __future__ import annotations

from tests.app.office.master.standing import Office

CSV = "ident_no,name,price,vat_key,article_groups\n1,Leine,9.99,1,Hund|Draußen\n2,Napf,3.50,1,Hund\n3,Sand,2,1,Vogel\n"


async def filled(office: Office) -> None:
    await office.ask("imports", what="articles", text=CSV)
    await office.set(
        "promotion", promotion_id="p", name="Zehn", rule="percent", percent_bp="10", article_groups="Hund|Vogel"
    )


async def groups(office: Office) -> dict[str, tuple[int, int]]:
    return {row["group"]: (row["articles"], row["others"]) for row in await office.ask("master_groups")}


async def test_a_group_is_renamed_in_all_that_names_it_and_taken_back_as_one(office: Office) -> None:
    await filled(office)
    assert await groups(office) == {"Draußen": (1, 0), "Hund": (2, 1), "Vogel": (1, 1)}
    assert (await office.ask("master_regroup", old="Hund", new="Hunde", dry_run=True))["values"] == 3
    assert "Hund" in await groups(office)
    await office.ask("master_regroup", old="Hund", new="Hunde", by="anna")
    assert await groups(office) == {"Draußen": (1, 0), "Hunde": (2, 1), "Vogel": (1, 1)}
    article = office.parts.books.article("1")
    assert article is not None
    assert article.article_groups == ("Hunde", "Draußen"), "in its place"
    change = (await office.ask("master_changes"))[0]
    assert (change["by"], change["kinds"]) == ("anna", ["article", "promotion"])
    await office.ask("master_undo_change", change=change["change"])
    assert "Hund" in await groups(office)


async def test_two_groups_become_one_and_one_is_taken_off(office: Office) -> None:
    await filled(office)
    await office.ask("master_regroup", old="Vogel", new="Hund")
    assert await groups(office) == {"Draußen": (1, 0), "Hund": (3, 1)}
    await office.ask("master_regroup", old="Hund", new="")
    assert await groups(office) == {"Draußen": (1, 0)}
    assert (await office.refused("master_regroup", old="Hund", new="Katze")).code == "unknown_value"
    assert (await office.refused("master_regroup", old="Draußen", new="x" * 101)).code == "article_name_bad"
