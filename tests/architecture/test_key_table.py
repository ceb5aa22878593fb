"""``docs/till.md`` lists every function with the keys, the number and the name that it has in the registry."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from app import text
from app.screens.keys import REGISTRY

ROOT = Path(__file__).parent.parent.parent


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tillmesh_key_table", ROOT / "tools" / "key_table.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def tool() -> ModuleType:
    return _tool()


def test_the_page_has_the_keys_of_the_registry(tool: ModuleType) -> None:
    page = (ROOT / "docs" / "till.md").read_text("utf-8")
    assert page == tool.renewed(page), "run `python tools/key_table.py`"
    assert all(f"`{row.function.value}` |" in page for row in REGISTRY)


def test_the_table_is_english_and_a_changed_page_is_noticed(tool: ModuleType) -> None:
    text.use("de")
    table = tool.table()
    assert "Search articles" in table
    page = f"Before.\n{tool.BEGIN}\nan old table\n{tool.END}After.\n"
    assert tool.renewed(page) == f"Before.\n{tool.BEGIN}\n{table}\n{tool.END}After.\n"
    with pytest.raises(ValueError, match="put <!-- keys -->"):
        tool.renewed("Nothing here.")
