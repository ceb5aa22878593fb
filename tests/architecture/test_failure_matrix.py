"""docs/failure-matrix.md: every row says what the till does, and names tests that exist."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "failure-matrix.md").read_text("utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| fault |", "| input |"))
]
TEST = re.compile(r"`([a-z0-9_/]+\.py)::(test_\w+)`")
DEVICES = ("printer", "drawer", "display", "scanner", "wedge", "scale", "badge", "card terminal", "stick", "any")


@functools.cache
def functions_of(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / "tests" / path).read_text("utf-8"))
    return frozenset(
        node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )  # fmt: skip


def test_every_device_has_rows() -> None:
    assert {row[0].partition(":")[0] for row in ROWS if ": " in row[0]} == set(DEVICES)


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_says_what_the_till_does_and_which_tests_prove_it(row: list[str]) -> None:
    fault, does, tests = row
    assert fault
    assert does
    assert re.fullmatch(rf"{TEST.pattern}(, {TEST.pattern})*", tests), f"{fault}: names of tests, with commas between"


def test_every_test_that_is_named_exists() -> None:
    named = TEST.findall(TEXT)
    assert len(named) > 60
    assert [f"{path}::{name}" for path, name in named if name not in functions_of(path)] == []


@pytest.mark.parametrize("wire", ["tcp", "pty"])
def test_the_contracts_run_over_both_wires(wire: str) -> None:
    """Each suite of the matrix has a fixture for them."""
    for path in {path for path, _ in TEST.findall(TEXT) if path.startswith("contracts/")}:
        assert f'"{wire}"' in (ROOT / "tests" / path).read_text("utf-8"), path
