"""``tillmesh master`` on a closed home."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main


def test_commands_list_set_and_take_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--no-discovery", "--lang", "en"]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, *home]) == status
        said = capsys.readouterr()
        return said.out or said.err

    run("network", "found", "--name", "Messe", "--role", "centre")
    assert "is set" in run("master", "set", "article", "ident_no=1", "name=Leine", "price=9,99", "vat_key=1")
    run("master", "set", "article", "1", "price=10.99", "--by", "anna")
    shown = run("master", "show", "article", "1")
    assert "price_minor              10.99" in shown
    assert "anna" in shown
    past = run("master", "history", "article", "1")
    assert "price_minor            9.99 -> 10.99" in past
    assert "anna" in past
    version = json.loads(run("master", "history", "article", "--json"))[-1]["version"]
    refused = run("master", "set", "article", "1", "name=Neu", "--version", version, status=1)
    assert "anna has changed article 1 meanwhile" in refused
    assert refused.count("\n") == 1
    assert "as it was" in run("master", "undo", "article", "1")
    assert json.loads(run("master", "show", "article", "1", "--json"))["value"]["price_minor"] == 999
    run("master", "set", "tender", "--value", '{"tender": "twint", "name": "TWINT", "kind": "other"}')
    assert "TWINT" in run("master", "list", "tender")
    assert "is removed" in run("master", "remove", "tender", "twint")
    assert run("master", "list", "tender").strip() == "none"
    assert "nothing is to be set" in run("master", "set", "article", "1", status=1)
    assert "is no FIELD=VALUE" in run("master", "set", "article", "1", "name", status=1)
    assert "is no JSON object" in run("master", "set", "article", "1", "--value", "[]", status=1)
    assert "say which value" in run("master", "undo", status=1)
    file = tmp_path / "articles.csv"
    file.write_text("ident_no,name,price,vat_key\n1,Leine lang,12,1\n2,Napf,3.50,1\n")
    run("import", "articles", str(file))
    change = json.loads(run("master", "changes", "--json"))[0]["change"]
    assert change in run("master", "changes")
    assert "2 values would be taken back" in run("master", "undo", "--change", change, "--dry-run")
    assert "2 values are taken back" in run("master", "undo", "--change", change)
    assert "article" in run("master", "kinds")
    run("master", "set", "article", "1", "article_groups=Hund|Draußen")
    assert "1  Hund" in run("master", "groups")
    assert "1 value would be changed" in run("master", "regroup", "Hund", "Hunde", "--dry-run")
    assert "1 value is changed" in run("master", "regroup", "Hund", "Hunde")
    assert "no article has the group Hund" in run("master", "regroup", "Hund", "Katze", status=1)
    copies = json.loads(run("master", "copies", "--json"))
    assert copies[0]["copy"] in run("master", "copies")
    assert "1 value would be as it was" in run("master", "restore", copies[0]["copy"], "--dry-run")
    assert "1 value is as it was" in run("master", "restore", copies[0]["copy"])
    assert "1  Hund" in run("master", "groups")
