"""What nearly every test of the screens begins with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.css.model import RuleSet
from textual.css.stylesheet import CSSLocation, Stylesheet

from app import text
from tests.app.screens.standin import Shop

_read = Stylesheet._parse_rules
_known: dict[Any, list[RuleSet]] = {}


def _remembered(
    sheet: Stylesheet,
    css: str,
    read_from: CSSLocation,
    is_default_rules: bool = False,
    tie_breaker: int = 0,
    scope: str = "",
) -> list[RuleSet]:
    where = (css, read_from, is_default_rules, tie_breaker, scope, *sorted(sheet._variables.items()))
    if where not in _known:
        _known[where] = _read(sheet, css, read_from, is_default_rules, tie_breaker, scope)
    return _known[where]


# A screen remembers the styles that it has read, and the next test's screen reads the same ones: that was a fifth of a
# test's time.
Stylesheet._parse_rules = _remembered  # type: ignore[method-assign]


@pytest.fixture
def english() -> None:
    """Texts are read in English."""
    text.use("en")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Till 3 of a shop."""
    made = Shop(tmp_path)
    yield made
    made.close()
