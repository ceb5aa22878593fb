"""``tillmesh export`` in every format, and back: nothing would change."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest

from app.__main__ import main

SAMPLE = Path(__file__).parents[3] / "docs" / "sample"
MAPPING = """
what = "customers"
format = "fixed"
encoding = "cp850"
header = false
line_end = "crlf"
[[fields]]
to = "no"
at = 1
width = 8
[[fields]]
to = "name"
at = 9
width = 41
[[fields]]
to = "credit_limit"
at = 50
width = 10
decimal = "minor"
[[fields]]
to = "blocked"
at = 60
width = 1
yes = ["J"]
no = ["N"]
"""
GROUPS = """
what = "settings"
format = "xlsx"
[[fields]]
to = "subject"
value = "customer_group"
[[fields]]
to = "value.group"
from = "Kürzel"
[[fields]]
to = "value.name"
from = "Gruppe"
[[fields]]
to = "value.price_list"
from = "Preisliste"
"""


def run(home: Path, *arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main([*arguments, "--home", str(home), "--lang", "en"])
    return status, out.getvalue(), err.getvalue()


def asked(home: Path, *arguments: str) -> Any:
    status, out, err = run(home, *arguments, "--json")
    assert status == 0, err
    return json.loads(out)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A home with something to export."""
    home = tmp_path / "home"
    assert run(home, "network", "found", "--name", "Messe")[0] == 0
    (home / "mappings").mkdir()
    (home / "mappings" / "old till.toml").write_text(MAPPING, "utf-8")
    (home / "mappings" / "groups.toml").write_text(GROUPS, "utf-8")
    for what, file in (("customers", "customers.csv"), ("settings", "settings.json")):
        assert run(home, "import", what, str(SAMPLE / file))[0] == 0
    return home


def test_a_mapping_is_used_both_ways(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "customers.txt"
    assert run(shop, "export", "customers", "--mapping", "old till", "--out", str(file)) == (0, "", "")
    lines = file.read_bytes().decode("cp850").split("\r\n")
    assert lines[0] == "10001   " + "Mustermann, Erika".ljust(41) + "0000000000N"
    looked = asked(shop, "import", "customers", str(file), "--mapping", "old till", "--dry-run")
    assert (looked["new"], looked["changed"], looked["bad"]) == (0, 0, 0)
    groups = tmp_path / "groups.xlsx"
    assert run(shop, "export", "settings", "--mapping", "groups", "--out", str(groups))[0] == 0
    looked = asked(shop, "import", "settings", str(groups), "--mapping", "groups", "--dry-run")
    assert (looked["new"], looked["changed"], looked["bad"]) == (0, 0, 0)
    assert looked["unchanged"] == sum(row["subject"] == "customer_group" for row in asked(shop, "export", "settings"))


def test_what_cannot_be_written_leaves_the_file_that_is_there(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "articles.csv"
    file.write_text("old", "utf-8")
    status, _out, err = run(shop, "export", "customers", "--mapping", "old till", "--format", "csv", "--out", str(file))
    assert (status, file.read_text("utf-8")) == (1, "old")
    assert "at and width" in err
    for given, told in (
        (("articles", "--format", "xlsx"), "name a file with --out"),
        (("articles", "--format", "fixed"), "needs at and width of each field"),
        (("articles", "--out", str(tmp_path / "no" / "x.csv")), "cannot be written"),
    ):
        status, _out, err = run(shop, "export", *given)
        assert status == 1
        assert told in err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles.csv", "home"]
