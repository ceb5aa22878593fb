"""A package's docstring is its map: every module is on it, and nothing that is gone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

WITHOUT = {"app", "app/books/queries"}
"""``docs/architecture.md`` is the map of one; the other's files have the names of the questions that they answer."""
ROOT = Path(__file__).parent.parent.parent
PACKAGES = {
    str(path.parent.relative_to(ROOT)): ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    for package in ("app", "replication", "peripherals", "receipts")
    for path in sorted((ROOT / package).rglob("__init__.py"))
}
MAPPED = [name for name, docstring in PACKAGES.items() if name not in WITHOUT and ".py``" in docstring]


def test_the_large_packages_have_a_map() -> None:
    large = {name for name in PACKAGES if len(list((ROOT / name).glob("*.py"))) > 8}
    assert sorted(large - set(MAPPED)) == sorted(WITHOUT)


@pytest.mark.parametrize("package", MAPPED)
def test_every_module_is_on_the_map_of_its_package(package: str) -> None:
    folder = ROOT / package
    modules = {path.name for path in folder.glob("*.py")} - {"__init__.py"}
    named = set(re.findall(r"``([a-z_]+\.py)``", PACKAGES[package]))
    assert sorted(modules - named) == []
    assert sorted(name for name in named if not list(folder.rglob(name))) == []
