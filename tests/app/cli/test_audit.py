"""``tillmesh audit`` of a home, open or closed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.__main__ import main
from app.books.schema import open_books
from app.books.writer import BooksWriter
from app.home import Home
from tests.app.office.audit.sins import Writing


@pytest.fixture
def home(tmp_path: Path) -> Home:
    assert main(["network", "found", "--name", "Messe", "--home", str(tmp_path)]) == 0
    return Home(tmp_path)


def test_findings_as_json_and_as_text(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    database = open_books(home.books)
    writer = BooksWriter(database)
    shop = Writing(writer)
    shop.sell(7, receipt_no="7-000002")
    shop.flush()
    writer.close()
    database.dispose()
    capsys.readouterr()
    asked = ["audit", "--home", str(home.path), "--lang", "en", "--kind", "number_gap"]
    assert main([*asked, "--json", "--from", "2026-11-21", "--till", "7"]) == 0
    (finding,) = json.loads(capsys.readouterr().out)["findings"]
    assert (finding["kind"], finding["severity"], finding["till_no"]) == ("number_gap", "alarm", 7)
    assert finding["evidence"] == [{"what": "receipt", "name": "7-000002", "member_id": "a"}]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "ALARM  Numbers missing  till 7  2026-11-21" in said
    assert "number 7-000001 is missing before 7-000002" in said
    assert "Receipt 7-000002, of member a" in said
    assert "Numbers missing: 1" in said
    assert main([*asked, "--until", "2026-11-20"]) == 0
    assert "nothing found" in capsys.readouterr().out


def test_what_cannot_be_asked_is_one_line(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["audit", "--home", str(home.path), "--lang", "en", "--kind", "ghosts"])
    assert "there is no kind 'ghosts'; known are number_gap, " in capsys.readouterr().err
    assert (
        main(["audit", "--home", str(home.path), "--lang", "en", "--from", "2026-11-22", "--until", "2026-11-21"]) == 1
    )
    assert "is after --until" in capsys.readouterr().err
    home.books.write_bytes(b"junk" * 1000)
    assert main(["audit", "--home", str(home.path), "--lang", "en"]) == 1
    assert "run: tillmesh rebuild" in capsys.readouterr().err
    home.books.unlink()
    assert main(["audit", "--home", str(home.path), "--lang", "en"]) == 1
    assert "start the till of this home once" in capsys.readouterr().err


def test_books_on_a_server_that_is_away_are_one_line_without_a_password(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "postgresql+psycopg://till:secret@127.0.0.1:1/books"
    assert main(["audit", "--home", str(home.path), "--lang", "en", "--books", address]) == 1
    said = capsys.readouterr().err
    assert "cannot be reached" in said
    assert said.count("\n") == 1
    assert "secret" not in said
