"""The tools fit the program: each can be loaded, so that none is found broken on the day it is needed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOLS = sorted((Path(__file__).parent.parent.parent / "tools").glob("*.py"))


@pytest.mark.parametrize("path", TOOLS, ids=[path.stem for path in TOOLS])
def test_a_tool_finds_all_that_it_takes_of_the_program(path: Path) -> None:
    spec = importlib.util.spec_from_file_location(f"tillmesh_tool_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert callable(module.main)
