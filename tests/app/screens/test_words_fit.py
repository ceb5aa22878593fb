"""In both languages, headings of columns, labels of actions and fields, and the footer's words fit where they stand."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import text
from app.screens import card_words, device_words
from app.screens.functions import REGISTRY
from app.screens.tasks import devices
from app.screens.tasks.form import LABEL_WIDTH

SCREENS = Path(__file__).parent.parent.parent.parent / "app" / "screens"
LABEL = 8
"""Of a key in the footer, of an action in the lowest line."""
STATE = 50
"""Beside a device in the list on 80 columns."""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path in sorted(SCREENS.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield path.name, node


def _said(node: ast.expr) -> str | None:
    """The msgid of ``_("...")``; None for anything else."""
    match node:
        case ast.Call(func=ast.Name(id="_"), args=[ast.Constant(value=str(said))]):
            return said
    return None


def _places(call: ast.Call) -> Iterator[tuple[str, int]]:
    """Texts of a call and how wide each may be."""
    match call:
        case ast.Call(func=ast.Name(id="Column"), args=[title, ast.Constant(value=int(width)), *_]) if width:
            if (said := _said(title)) is not None:
                yield said, width
        case ast.Call(func=ast.Name(id="Action"), args=[_, _, label, *_]):
            if (said := _said(label)) is not None:
                yield said, LABEL
        case ast.Call(func=ast.Name(id="Field"), args=[_, label, *_]):
            if (said := _said(label)) is not None:
                yield said, LABEL_WIDTH
    for keyword in call.keywords:
        if keyword.arg == "finish" and (said := _said(keyword.value)) is not None:
            yield said, LABEL


PLACES = [(name, said, width) for name, call in _calls() for said, width in _places(call)]


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_a_text_fits_where_it_stands(language: str) -> None:
    assert len(PLACES) > 150
    text.use(language)
    shown = [(name, text.gettext(said), width) for name, said, width in PLACES]
    assert [place for place in shown if len(place[1]) > place[2]] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_the_label_of_a_key_fits_the_footer(language: str) -> None:
    text.use(language)
    assert [label for row in REGISTRY if len(label := text.gettext(row.label)) > LABEL] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_is_known_of_a_device_or_a_card_payment_fits_beside_it_in_the_list(language: str) -> None:
    text.use(language)
    tables = (devices.TROUBLES, devices.DRAWER_ENDS, devices.DRAWER_STATES, device_words.TROUBLES, card_words.STATES)
    said = [each for table in tables for each in table.values()]
    assert [shown for each in said if len(shown := text.gettext(each)) > STATE] == []


@pytest.mark.parametrize("language", text.LANGUAGES)
def test_what_the_assistant_offers_beside_an_address_fits(language: str) -> None:
    text.use(language)
    rows = [call.args[0] for name, call in _calls() if name == "assistant.py" and call.func.id == "Choice"]  # type: ignore[attr-defined]
    firsts = [_said(row.elts[0]) for row in rows if isinstance(row, ast.Tuple) and len(row.elts) > 1]
    assert any("paper.txt" in said for said in firsts if said)
    assert [shown for said in firsts if said and len(shown := text.gettext(said)) > STATE] == []
