"""Where a home's books are, as settings and arguments say."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import config, text
from app.__main__ import understood
from app.cli.options import passed_on, settings_of
from app.home import Home
from app.office.places import books_place

URL = "postgresql://office:geheim@db/books"


def test_books_are_in_the_home_unless_settings_or_the_command_say_otherwise(tmp_path: Path) -> None:
    home = Home(tmp_path)
    options = understood(["status", "--home", str(tmp_path)])
    assert books_place(home, settings_of(options)) == home.books
    home.settings.write_text(f'[office]\nbooks = "{URL}"\n')
    assert books_place(home, settings_of(options)) == URL
    other = understood(["status", "--home", str(tmp_path), "--books", "postgresql://other/books"])
    assert books_place(home, settings_of(other)) == "postgresql://other/books"
    assert passed_on(other) == ["--books", "postgresql://other/books"]


def test_an_address_of_something_else_is_refused_by_name_and_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text.use("en")
    Home(tmp_path).settings.write_text(f'[office]\nbooks = "{URL.replace("postgresql", "mysql")}"\n')
    with pytest.raises(config.ConfigError, match=r"till\.toml: office\.books: .*postgresql://") as refused:
        config.load(Home(tmp_path).settings)
    assert "geheim" not in str(refused.value)
    with pytest.raises(SystemExit):
        understood(["status", "--books", "oracle://a:geheim@b/c"])
    said = capsys.readouterr().err
    assert "postgresql://USER@HOST:PORT/DATABASE" in said
    assert "geheim" not in said
