"""``tillmesh import`` on a home that nobody has open: what would change, then exactly that."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main
from app.engine.local import LocalEngine
from app.office.bulk import writing

MAPPING = """
what = "articles"
encoding = "cp850"
separator = ";"
skip_rows = 1

[[fields]]
to = "ident_no"
from = "Nr"
drop_zeros = true
[[fields]]
to = "name"
from = "Bezeichnung"
[[fields]]
to = "price"
from = "VK"
decimal = ","
[[fields]]
to = "vat_key"
from = "MwSt"
table = { A = "1", B = "2" }
"""


class Office:
    """A home and its command line."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def run(self, *arguments: str) -> tuple[int, str, str]:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([*arguments, "--home", str(self.home), "--lang", "en"])
        return status, out.getvalue(), err.getvalue()

    def json(self, *arguments: str) -> Any:
        status, out, err = self.run(*arguments, "--json")
        assert status == 0, err
        return json.loads(out)

    def file(self, text: str, name: str = "list.csv", encoding: str = "utf-8") -> str:
        place = self.home / name
        place.write_bytes(text.encode(encoding))
        return str(place)


@pytest.fixture
def founded(tmp_path: Path) -> Office:
    home = tmp_path
    with contextlib.redirect_stdout(io.StringIO()):
        assert main(["network", "found", "--name", "Messe", "--home", str(home), "--lang", "en"]) == 0
    (home / "mappings").mkdir()
    (home / "mappings" / "pet shop.toml").write_text(MAPPING, "utf-8")
    return Office(home)


def test_what_would_change_is_shown_and_exactly_that_imported_or_nothing(founded: Office) -> None:
    text = "Preisliste\nNr;Bezeichnung;VK;MwSt\n0007;Möhre;1.234,56;A\n0012;Käfig;0,99;B\n"
    given = ("import", "articles", founded.file(text, encoding="cp850"), "--mapping", "pet shop")
    looked = founded.json(*given, "--dry-run")
    assert (looked["new"], looked["changed"], looked["bad"], looked["imported"]) == (2, 0, 0, 0)
    assert looked["changes"][0]["key"] == "7"
    assert ["price", "", "1234.56"] in looked["changes"][0]["fields"]
    assert founded.json("export", "articles") == []

    assert founded.json(*given, "--expect", looked["state"]) == {"imported": 2, "skipped": 0, "unchanged": 0}
    status, _out, err = founded.run(*given, "--expect", looked["state"])
    assert status == 1
    assert "nothing was imported" in err
    assert founded.json(*given) == {"imported": 0, "skipped": 0, "unchanged": 2}

    founded.file(text.replace("0,99;B", "1,09;B"), encoding="cp850")
    status, out, _err = founded.run(*given, "--dry-run")
    assert status == 0
    assert "0 new, 1 changed, 0 taken away, 1 unchanged, 0 bad" in out
    assert "changed: 12 Käfig\n    price: 0.99 -> 1.09\n" in out


def test_an_encoding_that_was_guessed_is_told(founded: Office) -> None:
    file = founded.file("ident_no;name;price;vat_key\n7;Möhre;1;1\n", encoding="cp1252")
    assert "read as Windows-1252; --encoding says otherwise" in founded.run("import", "articles", file)[2]
    assert founded.json("export", "articles")[0]["name"] == "Möhre"


def test_bad_lines_are_told_by_line_column_and_reason_and_nothing_is_imported(founded: Office) -> None:
    text = "x\nNr;Bezeichnung;VK;MwSt\n1;a;1,00;A\n2;b;1,234.00;A\n1;c;1,00;A\n3;d;1,00;C\n"
    given = ("import", "articles", founded.file(text), "--mapping", "pet shop", "--encoding", "utf-8")
    before = founded.json("export", "articles")
    status, _out, err = founded.run(*given)
    assert status == 1
    assert "read as" not in err, "it was stated"
    assert "line 4: column VK: 1,234.00 is no amount with a decimal comma" in err
    assert "line 5: ident_no 1 stands in line 3 already" in err
    assert "line 6: column MwSt: C is in no table of the mapping; add it there; known are A, B" in err
    assert "3 bad lines, nothing imported" in err
    assert founded.json("export", "articles") == before
    assert founded.json(*given, "--skip-bad") == {"imported": 1, "skipped": 3, "unchanged": 0}


def test_wrong_encodings_mappings_and_files_end_in_one_sentence(founded: Office) -> None:
    file = founded.file("Preisliste\nNr;Bezeichnung;VK;MwSt\n7;Möhre;1;A\n", encoding="cp1252")
    for given, told in (
        (("import", "articles", file, "--mapping", "cat shop"), "there is no mapping cat shop; there are: pet shop"),
        (("import", "prices", file, "--mapping", "pet shop"), "the mapping is for articles, not for prices"),
        (("import", "articles", file, "--mapping", "../x"), "is no name"),
        (("import", "articles", file, "--mapping", "pet shop", "--encoding", "utf-8"), "line 3, column 4: byte 0xF6"),
        (("import", "articles", str(founded.home)), "cannot be read"),
    ):
        status, _out, err = founded.run(*given)
        assert status == 1
        assert told in err
        assert len(err.splitlines()) == 1


def test_what_json_exports_is_imported_as_unchanged(founded: Office) -> None:
    founded.run("import", "articles", founded.file("ident_no,name,price,vat_key,price_2,barcode\n5,x,2,1,1.50,A|B\n"))
    founded.run("import", "prices", founded.file("ident_no,price_list,price,valid_from\n5,1,1.80,2026-12-01\n"))
    founded.run("import", "suppliers", founded.file("no,name\n5,x\n"))
    for what in ("articles", "vat_rates", "settings", "prices"):
        exported = json.dumps(founded.json("export", what))
        looked = founded.json("import", what, founded.file(exported, "all.json"), "--dry-run")
        assert (looked["new"], looked["changed"], looked["bad"]) == (0, 0, 0), (what, looked)
        assert looked["unchanged"] > 0


def test_mappings_are_checked_kept_shown_and_removed(founded: Office) -> None:
    file = founded.file(MAPPING.replace("decimal", "decimals"), "new.toml")
    status, _out, err = founded.run("mappings", "save", "new", file)
    assert status == 1
    assert "decimals" in err
    founded.run("mappings", "save", "new", founded.file(MAPPING, "new.toml"))
    listed = founded.json("mappings", "list")["mappings"]
    assert [(each["name"], each["what"], each["error"]) for each in listed] == [
        ("new", "articles", ""), ("pet shop", "articles", ""),
    ]  # fmt: skip
    shown = founded.run("mappings", "show", "new")[1]
    founded.json("mappings", "save", "again", founded.file(shown, "shown.toml"))
    assert founded.json("mappings", "show", "again") == founded.json("mappings", "show", "pet shop")
    founded.json("mappings", "remove", "again")
    assert founded.run("mappings", "show", "again")[0] == 1
    for toml, told in (
        ('what = "moons"', "what: moons is unknown"),
        (MAPPING.replace('"ident_no"', '"number"'), "articles has no field number"),
    ):
        status, _out, err = founded.run("mappings", "save", "new", founded.file(toml, "bad.toml"))
        assert status == 1
        assert told in err
    listing = founded.file("x\nNr;VK\n0007;1.234,56\n", encoding="cp850")
    seen = founded.json("mappings", "sample", listing, "--skip-rows", "1")
    assert (seen["headings"], seen["rows"]) == (["Nr", "VK"], [["0007", "1.234,56"]])


def test_suppliers_and_other_settings_come_as_tables(founded: Office) -> None:
    file = founded.file("no;name\n70001;Futter Müller\n70002;Käfige & Co\n")
    assert founded.json("import", "suppliers", file)["imported"] == 2
    assert founded.json("export", "suppliers")[0] == {"no": "70001", "name": "Futter Müller"}
    file = founded.file("no;name\n70001;Futter Meier\n70002;Käfige & Co\n;nobody\n")
    looked = founded.json("import", "suppliers", file, "--dry-run")
    assert looked["changes"][0]["fields"] == [["name", "Futter Müller", "Futter Meier"]]
    assert [fault["line"] for fault in looked["faults"]] == [4]
    groups = founded.file("subject;value.group;value.name;value.price_list\ncustomer_group;G;Gäste;2\n")
    assert founded.json("import", "settings", groups)["imported"] == 1
    assert founded.json("import", "settings", groups)["unchanged"] == 1
    centres = "subject;value.no;value.name;value.hospitality\ncost_centre;7;Bewirtung;yes\n"
    founded.json("import", "settings", founded.file(centres))
    looked = founded.json(
        "import", "settings", founded.file("subject;value.no;value.name\ncost_centre;7;Gäste\n"), "--dry-run"
    )
    assert looked["changes"][0]["fields"] == [["name", "Bewirtung", "Gäste"]], "what has no column stays"


def test_one_that_is_given_up_or_was_cut_off_says_what_is_done(
    founded: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "FACTS_PER_STEP", 2)
    journal = LocalEngine.journal
    steps = 0

    async def given_up(engine: LocalEngine, entries: Any, **how: Any) -> None:
        nonlocal steps
        await journal(engine, entries, **how)
        steps += 1
        if steps == 3:
            raise KeyboardInterrupt

    given = (
        "import",
        "articles",
        founded.file("ident_no,name,price,vat_key\n1,a,1,1\n2,b,1,1\n3,c,1,1\n4,d,1,1\n5,e,1,1\n"),
    )
    assert founded.json("master", "unfinished")["state"] == ""
    assert "no import is under way" in founded.run("master", "unfinished")[1]
    monkeypatch.setattr(LocalEngine, "journal", given_up)
    status, out, _err = founded.run(*given)
    assert (status, out.splitlines()[0].partition(" was ")[2]) == (1, "stopped: 4 of 5 are written, 1 are not")
    assert "tillmesh master undo --change" in out
    steps = 1
    (founded.home / "list.csv").write_text("ident_no,name,price,vat_key\n6,a,1,1\n7,b,1,1\n8,c,1,1\n")
    monkeypatch.setattr("app.cli.files.stop", lambda _options: 1)  # killed before it could say so
    founded.run(*given)
    assert founded.json("master", "unfinished")["state"] == "waiting"
    assert "was cut off; it is completed as soon as" in founded.run("master", "unfinished")[1]
    assert founded.json("import", "articles", given[2])["unchanged"] == 3
    status, _out, err = founded.run("master", "unfinished", "--stop")
    assert (status, "no import is under way" in err) == (1, True)
