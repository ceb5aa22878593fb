"""What a command imports: its own file, and for the screens nothing of the network, so that a till opens quickly."""

from __future__ import annotations

import argparse
import subprocess
import sys
from importlib import import_module

import pytest

from app.__main__ import GROUPS, parser, understood
from tests.driving import ROOT

NETWORK = ("replication.node", "websockets", "zeroconf", "automerge", "app.office.desk")
LATER = (
    "sqlalchemy.dialects.postgresql",
    "cryptography",
    "argon2",
    "segno",
    "tomlkit",
    "escpos",
    "urllib.request",
    "fpdf",
    "pypdfium2",
    "PIL",
)
"""What no first screen needs: each costs the start milliseconds, and the screens' process memory all day."""


@pytest.mark.parametrize("group", GROUPS)
def test_the_table_names_every_command_of_a_file(group: str) -> None:
    commands = argparse.ArgumentParser().add_subparsers()
    import_module(f"app.cli.{group}").add_commands(commands)
    assert tuple(commands.choices or ()) == GROUPS[group]


def imported_after(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_screens_open_without_the_network_and_start_the_engine_before_either() -> None:
    first = imported_after("from app.__main__ import understood; understood(['--lang', 'en'])")
    assert first.isdisjoint({"asyncio", "sqlalchemy", "textual", *NETWORK})
    assert "app.engine.launch" in first
    screens = imported_after("import app.cli.till_screens")
    assert {"textual", "sqlalchemy"} <= screens
    assert screens.isdisjoint(NETWORK)
    assert screens.isdisjoint(LATER)


def test_an_engine_on_sqlite_does_not_import_what_other_databases_and_pictures_need() -> None:
    loaded = imported_after("import app.cli.engine, app.wiring")
    assert loaded.isdisjoint({"sqlalchemy.dialects.postgresql", "fpdf", "pypdfium2", "PIL"})


def test_a_command_imports_no_other_commands_file() -> None:
    loaded = imported_after("from app.__main__ import understood; understood(['engine'])")
    assert "app.cli.engine" in loaded
    assert loaded.isdisjoint({"textual", *(f"app.cli.{group}" for group in GROUPS if group != "engine")})


@pytest.mark.parametrize(
    "arguments", [["engine", "--home", "drive"], ["--home", "engine"], ["status", "--json"], ["--lang", "en", "node"]]
)
def test_arguments_mean_what_they_mean_to_the_parser_of_all_commands(arguments: list[str]) -> None:
    assert understood(arguments) == parser().parse_args(arguments)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [(["nonsense"], 2, "simulate"), (["engine", "--nonsense"], 2, "--nonsense"), (["--help"], 0, "simulate")],
)
def test_what_is_not_understood_is_told_by_the_parser_that_knows_all_commands(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        understood(arguments)
    said = capsys.readouterr()
    assert ended.value.code == status
    assert told in said.out + said.err
