"""Every command that README and docs show in a block of their own is one that the program understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from app import text
from app.__main__ import understood

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
BLOCKS = [
    (page.name, block)
    for page in PAGES
    for kind, block in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if not kind
]
LINES = sorted({(name, line) for name, block in BLOCKS for line in block.splitlines() if line.startswith("tillmesh ")})


def test_there_are_commands_to_look_at() -> None:
    assert len(LINES) > 100


@pytest.mark.parametrize(("page", "line"), LINES, ids=lambda value: value[:60])
def test_a_command_of_the_docs_is_understood(page: str, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    words = shlex.split(line, comments=True)[1:]
    text.use("en")
    try:
        understood(words)
    except SystemExit:
        pytest.fail(f"{page}: {line}\n{capsys.readouterr().err}")
