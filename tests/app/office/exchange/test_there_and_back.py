"""Every kind in every format, out of a running home and in again: nothing would change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app import wiring
from app.config import NetworkSettings, Settings
from app.engine.control import Refused
from app.home import Home
from app.office.exchange import exporting
from app.office.exchange.packing import pack, unpack, unpack_values
from app.office.exchange.preparing import prepared
from app.office.mapping.plan import FilePlan
from app.office.rows import Rows

SETTINGS = Settings(network=NetworkSettings(listen="127.0.0.1:0", discovery=False))
SAMPLE = Path(__file__).parents[4] / "docs" / "sample"
FILES = {
    "articles": "ident_no;barcode;name;price;vat_key;article_groups;unit;price_3\n"
    '1001;4006381333931|A-1;"Möhre; ""rot""";'
    "1234,50;7;Futter|Gemüse;kg;0,99\n007;;=1+1;0,10;19;;;\n",
    "prices": "ident_no,price_list,price,valid_from,valid_until\n1001,2,7.50,2026-12-01,\n",
    "vat_rates": "vat_key,valid_from,rate\n1,2027-01-01,19.5\n",
    "customers": 'no,name,credit_limit,blocked,note\n7,"Zoë, X",12.50,yes,"a, b"\n0815,Max,,,\n',
    "users": "user;name;role;rights\nanna;Anna Ö;cashier;\nbert;Bert;cashier|supervisor;\n",
    "suppliers": "no;name\n070001;Müller\n",
}


@pytest.fixture
async def parts(tmp_path: Path) -> AsyncIterator[wiring.Parts]:
    home = Home(tmp_path / "till")
    await wiring.found(home, SETTINGS, "Messe", 1, "till")
    async with wiring.opened(home, SETTINGS, network=False) as opened:
        yield opened


async def taken(parts: wiring.Parts, what: str, data: bytes, name: str, **args: Any) -> dict[str, Any]:
    request = prepared(data, what, name, "EUR").request()
    answer: dict[str, Any] = await parts.operations["take_over"](request | args)
    return answer


async def test_what_is_exported_is_imported_as_unchanged(parts: wiring.Parts) -> None:
    for what, text in FILES.items():
        answer = await taken(parts, what, text.encode(), "x.csv")
        assert (answer["faults"], answer["imported"] > 0) == ([], True), what
    answer = await taken(parts, "settings", (SAMPLE / "settings.json").read_bytes(), "x.json")
    assert answer["imported"] == answer["new"] + answer["changed"] > 10
    for what in (*FILES, "settings"):
        packed = await parts.operations["export_packed"]({"what": what})
        for form in ("csv", "json", "xml", "xlsx"):
            file = exporting.exported(FilePlan(what, form, separator=","), unpack_values(packed), "EUR")
            looked = await taken(parts, what, file, f"x.{form}", look=True)
            assert (looked["changes"], looked["faults"]) == ([], []), (what, form)
            assert looked["unchanged"] > 0
            assert (await taken(parts, what, file, f"x.{form}"))["imported"] == 0
        raw = msgspec.json.encode(list(unpack_values(packed)))
        looked = await taken(parts, what, raw, "raw.json", look=True)
        assert (looked["changes"], looked["faults"]) == ([], []), what


async def test_what_is_left_out_is_told_with_what_was_written(parts: wiring.Parts) -> None:
    data = b"ident_no,name,price,vat_key\n007,Tea,0.20,2\n008,Jam,dear,2\n"
    answer = await taken(parts, "articles", data, "x.csv", skip_bad=True)
    assert (answer["imported"], [fault["line"] for fault in answer["faults"]]) == (1, [3])


async def test_before_and_after_of_every_kind_and_nothing_secret(parts: wiring.Parts) -> None:
    for what, text in FILES.items():
        await taken(parts, what, text.encode(), "x.csv")
    for what, text, fields in (
        ("articles", "ident_no,name,price,vat_key,price_3\n007,=1+1,0.20,2,1.00\n",
         [["price", "0.10", "0.20"], ["vat_key", "1", "2"]]),
        ("prices", "ident_no,price_list,price,valid_from\n1001,2,,2026-12-01\n", [["price", "7.50", ""]]),
        ("vat_rates", "vat_key,valid_from,rate\n1,2027-01-01,20\n", [["rate", "19.5", "20"]]),
        ("customers", "no,name,blocked\n7,Zoe,no\n", [["name", "Zoë, X", "Zoe"], ["blocked", "yes", "no"]]),
        ("users", "user,name,role,pin\nanna,Anna,cashier,1234\n", [["name", "Anna Ö", "Anna"], ["pin", "", "*** *"]]),
        ("suppliers", "no,name\n070001,Meier\n", [["name", "Müller", "Meier"]]),
    ):  # fmt: skip
        looked = await taken(parts, what, text.encode(), "x.csv", look=True)
        assert looked["changes"][0]["fields"] == fields, what
    assert looked["changed"] == 1
    await taken(parts, "users", b"user,name,role,pin\nanna,Anna,cashier,1234\n", "x.csv")
    kept = await taken(parts, "users", b"user,name,role\nanna,Anna,cashier\n", "x.csv", look=True)
    assert kept["unchanged"] == 1, "who has a PIN keeps it"


async def test_what_others_changed_meanwhile_is_not_overwritten(parts: wiring.Parts) -> None:
    csv = b"ident_no,name,price,vat_key\n1,a,1,1\n2,b,1,1\n"
    looked = await taken(parts, "articles", csv, "x.csv", look=True)
    await taken(parts, "articles", b"ident_no,name,price,vat_key\n2,c,1,1\n", "x.csv")
    with pytest.raises(Refused) as refused:
        await taken(parts, "articles", csv, "x.csv", expect=looked["state"])
    assert refused.value.code == "changed_meanwhile"
    assert [article.name for article in parts.books.all_articles()] == ["c"]
    looked = await taken(parts, "articles", csv, "x.csv", look=True)
    assert looked["changes"][1]["fields"] == [["name", "c", "b"]]
    before = len(list((parts.home.path / "office" / "copies").glob("*.gz")))
    taken_over = await taken(parts, "articles", csv, "x.csv", expect=looked["state"], by="anna")
    assert taken_over["imported"] == 2
    assert len(list((parts.home.path / "office" / "copies").glob("*.gz"))) > before, "what was there is copied first"
    past = await parts.operations["master_history"]({"kind": "article", "key": "2"})
    assert next(version["by"] for version in past) == "anna"


async def test_rows_that_are_none_are_refused(parts: wiring.Parts) -> None:
    for packed in ("", "x", "eA==", pack(("a", "b"), [(1, {"a": "1"})])):
        request = {"what": "articles", "columns": ["ident_no", "name", "price", "vat_key"], "packed": packed}
        with pytest.raises(Refused):
            await parts.operations["take_over"](request)


def test_rows_come_out_as_they_went_in() -> None:
    rows = [(2, {"a": "ü\n", "b": ""}), (7, {"b": "x"})]
    assert isinstance(unpack(("a", "b"), pack(("a", "b"), rows)), Rows)
    assert list(unpack(("a", "b"), pack(("a", "b"), rows)).rows) == rows
