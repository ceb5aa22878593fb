"""Master data edited at the office: what is refused, whose word is overwritten, what is taken back."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.books.questions.customers import FindCustomer
from app.books.questions.users import FindUser
from app.facts.codec import write
from app.facts.master import ArticleSet
from app.master_words import moment
from app.till import pins
from replication.core.model import Entry
from replication.store import Store
from tests.app.office.master.standing import Office

CSV = "ident_no,barcode,name,price,vat_key\n1,,Leine,9.99,1\n2,,Napf,3.50,1\n0815,,Vogelfutter 2 kg,8.99,2\n"

BAD: list[tuple[str, dict[str, Any], str]] = [
    ("moon", {}, "unknown_kind"),
    ("article", {"ident_no": "1", "colour": "red"}, "unknown_field"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1"}, "field_missing"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1", "price": "1.234,56"}, "bad_field"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1", "price": "-1"}, "bad_price"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "9", "price": "1"}, "unknown_vat_key"),
    ("article", {"ident_no": "1 2", "name": "x", "vat_key": "1", "price": "1"}, "article_code_bad"),
    ("article", {"ident_no": "1", "name": "", "vat_key": "1", "price": "1"}, "article_name_bad"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1", "price": True}, "bad_field"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1", "price": "1", "barcodes": "4006381333932"},
     "wrong_check_digit"),
    ("article", {"ident_no": "1", "name": "x", "vat_key": "1", "price": "1", "container_deposit": "7"},
     "unknown_article"),
    ("price", {"ident_no": "4711", "price_list": 2, "price": "1"}, "unknown_article"),
    ("price", {"ident_no": "0815", "price_list": 16, "price": "1"}, "bad_price_list"),
    ("price", {"ident_no": "0815", "price_list": 2, "price": "1", "valid_from": "31.12.2026"}, "bad_date"),
    ("price", {"ident_no": "0815", "price_list": 2, "price": "1", "valid_from": "2026-12-02",
               "valid_until": "2026-12-01"}, "dates_wrong"),
    ("price", {"ident_no": "0815", "price_list": 2, "price": ""}, "field_missing"),
    ("vat_rate", {"vat_key": "1", "valid_from": "2030-01-01", "rate": "101"}, "bad_rate"),
    ("customer", {"customer_no": "7", "name": ""}, "customer_name_missing"),
    ("customer", {"customer_no": "7/8", "name": "Muster"}, "bad_customer_no"),
    ("user", {"user": "anna", "name": "Anna", "roles": "king"}, "unknown_role"),
    ("user", {"user": "anna", "name": "Anna", "roles": "cashier"}, "nobody_manages_users"),
    ("tender", {"tender": "x", "name": "X", "kind": "stone"}, "bad_field"),
    ("number_range", {"range_id": "a", "kind": "receipt", "till_no": 1, "prefix": "B", "start": 9, "end": 1},
     "bad_setting"),
    ("promotion", {"promotion_id": "p", "name": "P", "rule": "bundle", "parts": "{"}, "bad_field"),
]  # fmt: skip


async def test_an_article_is_set_by_texts_and_fields_not_named_stay(office: Office) -> None:
    answer = await office.ask("master_set", kind="article", key="0815", values={"price": "5,49"}, by="anna")
    assert answer["value"] == {
        "ident_no": "0815", "name": "Vogelfutter", "price_minor": 549, "currency": "EUR", "vat_key": "2",
        "barcodes": ["4006381333931"],
    }  # fmt: skip
    article = office.parts.books.article("4006381333931")
    assert article is not None
    assert (article.price_minor, article.name) == (549, "Vogelfutter")
    assert await office.past("article", "0815") == [
        ("changed", "anna", {"price_minor": ("4.99", "5.49")}),
        ("new", "", {name: ("", text) for name, text in {
            "ident_no": "0815", "name": "Vogelfutter", "price_minor": "4.99", "currency": "EUR", "vat_key": "2",
            "barcodes": "4006381333931", "unit": "Stk", "purchase_price_minor": "0.00", "age_limit": "0"}.items()}),
    ]  # fmt: skip


async def test_what_says_nothing_new_is_not_written(office: Office) -> None:
    answer = await office.ask("master_set", kind="article", key="0815", values={"price_minor": 499, "unit": "Stk"})
    assert answer["changed"] is False
    assert len(await office.past("article", "0815")) == 1


@pytest.fixture
def far_away(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Where the clock on the wall differs from UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "XYZ-7")
        time.tzset()
        yield
    time.tzset()


async def test_a_bad_value_is_refused_in_one_sentence_and_nothing_is_written(office: Office) -> None:
    for kind, values, code in BAD:
        refused = await office.refused("master_set", kind=kind, values=values)
        assert refused.code == code, values
        assert str(refused)
    assert len(await office.ask("master_history", kind="article")) == 1


async def test_of_two_people_who_edit_one_article_the_second_is_told_what_the_first_changed(
    office: Office, far_away: None
) -> None:
    seen = (await office.ask("master_show", kind="article", key="0815"))["version"]
    mine = {"kind": "article", "key": "0815", "version": seen}
    await office.ask("master_set", **mine, values={"price": "5.49"}, by="anna")
    refused = await office.refused("master_set", **mine, values={"name": "Futter"}, by="bert")
    assert refused.code == "changed_meanwhile"
    assert "anna" in str(refused)
    assert "price_minor 4.99 -> 5.49" in str(refused)
    (newest, *_) = await office.ask("master_history", kind="article", key="0815")
    assert f"meanwhile ({moment(newest['at'])})" in str(refused), "as the clock on the wall had it"
    assert (await office.refused("master_remove", **mine)).code == "changed_meanwhile"
    assert (await office.refused("master_undo", **mine)).code == "changed_meanwhile"
    now = await office.ask("master_show", kind="article", key="0815")
    assert (now["value"]["name"], now["value"]["price_minor"]) == ("Vogelfutter", 549)
    await office.ask("master_set", **{**mine, "version": now["version"]}, values={"name": "Futter"}, by="bert")
    both = await office.ask("master_show", kind="article", key="0815")
    assert (both["value"]["name"], both["value"]["price_minor"]) == ("Futter", 549), "both words count"


async def test_what_was_said_without_knowing_another_word_is_told(office: Office) -> None:
    seen = (await office.ask("master_show", kind="article", key="0815"))["version"]
    await office.set("article", "0815", price="5.49")
    assert await office.ask("master_history", crossed=True) == []
    with contextlib.closing(Store.read_only(office.parts.home.store)) as store:
        records = [record for run in store.records_after({}) for record in run if record.kind == ArticleSet.kind]
    assert records[-1].body["saw"] == seen, "it knew the one before"
    # What comes from another office that could not be heard meanwhile.
    other = ArticleSet("0815", "Futter", 499, "EUR", "2", by="bert", saw=seen)
    await office.parts.engine.journal([Entry(*write(other))])
    (crossed,) = await office.ask("master_history", crossed=True)
    assert (crossed["by"], crossed["crossed"]) == ("bert", True)
    await office.ask("master_undo", kind="article", key="0815")
    assert (await office.ask("master_show", kind="article", key="0815"))["value"]["price_minor"] == 549


async def test_a_new_article_is_refused_where_somebody_else_has_just_made_one(office: Office) -> None:
    values = {"ident_no": "0815", "name": "Other", "price": "1", "vat_key": "1"}
    assert (await office.refused("master_set", kind="article", values=values, version="")).code == "changed_meanwhile"


async def test_every_version_can_be_taken_back_to_and_that_is_a_version_too(office: Office) -> None:
    await office.set("article", "0815", price="5.49")
    await office.set("article", "0815", name="Futter", barcodes="")
    versions = [each["version"] for each in await office.ask("master_history", kind="article", key="0815")]
    nowhere = await office.refused("master_undo", kind="article", key="0815", to="never said")
    assert nowhere.code == "unknown_version"
    await office.ask("master_undo", kind="article", key="0815", to=versions[-1], by="chef")
    now = await office.ask("master_show", kind="article", key="0815")
    assert (now["value"]["name"], now["value"]["price_minor"], now["by"]) == ("Vogelfutter", 499, "chef")
    assert office.parts.books.article("4006381333931") is not None
    await office.ask("master_undo", kind="article", key="0815")
    assert (await office.ask("master_show", kind="article", key="0815"))["value"]["name"] == "Futter"
    assert len(await office.past("article", "0815")) == 5


async def test_what_was_removed_comes_back_and_what_was_new_goes(office: Office) -> None:
    await office.ask("master_remove", kind="article", key="0815", by="anna")
    assert office.parts.books.article("0815") is None
    assert (await office.refused("master_show", kind="article", key="0815")).code == "unknown_value"
    assert (await office.past("article", "0815"))[0][:2] == ("removed", "anna")
    await office.ask("master_undo", kind="article", key="0815")
    assert office.parts.books.article("0815") is not None
    await office.set("tender", "twint", name="TWINT", kind="other")
    await office.ask("master_undo", kind="tender", key="twint")
    assert (await office.refused("master_show", kind="tender", key="twint")).code == "unknown_value"


async def test_a_price_in_advance_is_set_found_and_taken_away(office: Office) -> None:
    made = await office.set("price", ident_no="0815", price_list="2", valid_from="2026-12-01", price="3.99")
    assert made["key"] == "0815:2:2026-12-01:"
    await office.set("price", "0815:2:2026-12-01:", price="4.09")
    assert [price["price_minor"] for price in office.parts.books.all_prices()] == [409]
    await office.ask("master_remove", kind="price", key=made["key"])
    assert office.parts.books.all_prices() == []
    await office.ask("master_undo", kind="price", key=made["key"])
    assert [price["price_minor"] for price in office.parts.books.all_prices()] == [409]


async def test_a_vat_rate_is_set_by_key_and_never_taken_away(office: Office) -> None:
    made = await office.set("vat_rate", "1:2030-01-01", rate="20")
    assert (made["key"], made["value"]["rate_bp"]) == ("1:2030-01-01", 2000)
    assert office.parts.books.vat_rate_bp("1", "2030-05-01") == 2000
    assert (await office.refused("master_remove", kind="vat_rate", key="1:2030-01-01")).code == "vat_rate_stays"
    assert (await office.refused("master_undo", kind="vat_rate", key="1:2030-01-01")).code == "vat_rate_stays"


async def test_customers_are_edited_in_the_clear_and_kept_sealed(office: Office) -> None:
    await office.set("customer", customer_no="10001", name="Max Muster", city="Köln", credit_limit="500")
    await office.ask("master_set", kind="customer", key="10001", values={"city": "Bonn"}, by="anna")
    found = office.parts.books.ask(FindCustomer("10001"))
    assert found is not None
    assert found.person is not None
    assert (found.person.name, found.person.city, found.credit_limit_minor) == ("Max Muster", "Bonn", 50_000)
    assert (await office.past("customer", "10001"))[0] == ("changed", "anna", {"city": ("Köln", "Bonn")})
    assert [
        each["key"] for each in (await office.ask("master_list", kind="customer", search="mus bonn"))["values"]
    ] == ["10001"]
    assert (await office.ask("master_list", kind="customer", search="köln"))["values"] == []
    stored = (office.parts.home.path / "office" / "history.sqlite").read_bytes()
    assert b"Muster" not in stored


async def test_a_users_pin_is_never_shown_and_not_taken_back(office: Office) -> None:
    await office.set("user", user="chef", name="Carl", roles="supervisor", pin="98765432")
    await office.set("user", "chef", pin="11112222", name="Carla")
    shown = await office.ask("master_show", kind="user", key="chef")
    assert shown["value"] == {"user": "chef", "name": "Carla", "roles": ["supervisor"], "pin": "set"}
    await office.ask("master_undo", kind="user", key="chef")
    chef = office.parts.books.ask(FindUser("chef"))
    assert chef is not None
    assert chef.name == "Carl"
    assert pins.fits(chef.pin_hash, "11112222"), "the older one may have been found out"
    assert (await office.refused("master_remove", kind="user", key="chef")).code == "nobody_manages_users"


async def test_an_import_is_taken_back_as_a_whole(office: Office) -> None:
    await office.ask("imports", what="articles", text=CSV, by="anna")
    (change,) = await office.ask("master_changes")
    assert (change["values"], change["by"], change["kinds"]) == (3, "anna", ["article"])
    tried = await office.ask("master_undo_change", change=change["change"], dry_run=True)
    assert (tried["undone"], tried["conflicts"]) == (3, [])
    assert office.parts.books.article("1") is not None, "nothing was done"
    await office.ask("master_undo_change", change=change["change"], by="bert")
    assert [article.name for article in office.parts.books.all_articles()] == ["Vogelfutter"]
    again = await office.ask("master_undo_change", change=f"undo {change['change']}")
    assert again["undone"] == 3
    assert [article.name for article in office.parts.books.all_articles()] == ["Vogelfutter 2 kg", "Leine", "Napf"]


async def test_what_was_changed_after_an_import_is_not_taken_back_unseen(office: Office) -> None:
    await office.ask("imports", what="articles", text=CSV)
    await office.set("article", "2", price="3.99")
    change = (await office.ask("master_changes"))[0]["change"]
    refused = await office.refused("master_undo_change", change=change)
    assert refused.code == "changed_since"
    assert "article 2" in str(refused)
    assert len(office.parts.books.all_articles()) == 3, "nothing is half done"
    answer = await office.ask("master_undo_change", change=change, keep_newer=True)
    assert (answer["undone"], answer["conflicts"]) == (2, ["article 2"])
    assert {article.ident_no: article.price_minor for article in office.parts.books.all_articles()} == {
        "0815": 499,
        "2": 399,
    }


async def test_the_list_is_searched_by_every_word_and_is_bounded(office: Office) -> None:
    await office.ask("imports", what="articles", text=CSV.replace("0815", "3"))
    found = await office.ask("master_list", kind="article", search="VOGEL kg")
    assert [(each["key"], each["text"]) for each in found["values"]] == [("3", "Vogelfutter 2 kg, 8.99, 2")]
    assert [each["key"] for each in (await office.ask("master_list", kind="article", search="%"))["values"]] == []
    some = await office.ask("master_list", kind="article", limit=2)
    assert (len(some["values"]), some["more"]) == (2, True)


async def test_a_form_has_every_field_as_text(office: Office) -> None:
    form = await office.ask("master_form", kind="article", key="0815")
    texts = {field["name"]: field["text"] for field in form["fields"]}
    assert (texts["price_minor"], texts["barcodes"], texts["open_price"]) == ("4.99", "4006381333931", "no")
    assert form["version"]
    empty = await office.ask("master_form", kind="tender")
    assert "cash" in next(field for field in empty["fields"] if field["name"] == "kind")["options"]


async def test_the_history_can_be_thrown_away(office: Office) -> None:
    await office.set("article", "0815", price="5.49")
    before = await office.ask("master_history")
    file = office.parts.home.path / "office" / "history.sqlite"
    file.write_bytes(b"no database at all" * 100)
    assert await office.ask("master_history") == before
    file.unlink()
    assert await office.ask("master_history") == before
    assert json.dumps(before)
