"""What the walks through the office share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.screens.office.standin import Office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office with empty books."""
    made = Office(tmp_path)
    yield made
    made.database.dispose()
