"""What nearly every test of the screens begins with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import text
from tests.app.screens.standin import Shop


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
