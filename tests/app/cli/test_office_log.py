"""What commands do is in the office's log, in the name of the machine's user, whether or not the office is running."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.office.door import COMMAND, machine_user


def test_commands_are_in_the_log_of_the_office(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    home = ["--home", str(tmp_path / "home"), "--no-discovery", "--lang", "en"]

    def run(*arguments: str, status: int = 0) -> str:
        capsys.readouterr()
        assert main([*arguments, *home]) == status
        said = capsys.readouterr()
        return said.out or said.err

    run("network", "found", "--name", "Messe", "--role", "centre")
    articles = tmp_path / "articles.csv"
    articles.write_text("ident_no,name,price,vat_key\n1,Leine,9.99,1\n")
    run("import", "articles", str(articles), "--dry-run")
    run("import", "articles", str(articles), "--by", "anna")
    run("master", "set", "article", "1", "price=12")
    run("master", "set", "article", "2", "price=12", status=1)
    run("tills", "group", "set", "fair", "--name", "Fair")
    run("catalogues", "set", "messe", "--name", "Messe")
    run("catalogues", "assign", "messe", "--group", "fair")
    run("tills", "list")
    run("jobs", "add", "nightly", "--run", "status", "--cron", "0 3 * * *")
    run("export", "articles", "--out", str(tmp_path / "out.csv"))
    entries = json.loads(run("office", "log", "--json"))
    assert {(entry["user"], entry["action"]) for entry in entries} == {(f"{COMMAND}{machine_user()}", "office_done")}
    assert [entry["detail"] for entry in reversed(entries)] == [
        "import articles (1) --by anna",
        "master set article 1",
        "tills group set fair",
        "catalogues set messe",
        "catalogues assign messe --group fair",
        "jobs add nightly --run 'status'",
        f"export articles --out {tmp_path / 'out.csv'}",
    ]
    past = json.loads(run("master", "history", "article", "1", "--json"))
    assert [row["by"] for row in past] == [f"{COMMAND}{machine_user()}", "anna"]
