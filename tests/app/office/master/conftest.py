"""A home with an office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import text, wiring
from app.home import Home
from tests.app.office.master.standing import SEED, SETTINGS, Office


@pytest.fixture(autouse=True)
def english(german: None) -> None:
    """Sentences are compared as they stand in the code."""
    text.use("en")


@pytest.fixture
async def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "office")
    await wiring.found(place, SETTINGS, "Messe", 1, "centre")
    return place


@pytest.fixture
async def office(home: Home) -> AsyncIterator[Office]:
    """With one article, 0815."""
    async with wiring.opened(home, SETTINGS, network=False) as parts:
        office = Office(parts)
        await office.set("article", **SEED)
        yield office
