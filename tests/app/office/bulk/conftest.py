"""A home whose office is asked as commands ask it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import text, wiring
from app.home import Home
from tests.app.office.master.standing import SETTINGS


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    """Sentences are compared as they stand in the code."""
    text.use("en")


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "office")
    await wiring.found(place, SETTINGS, "Messe", 1, "centre")
    return place
