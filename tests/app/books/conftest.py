"""Books for every test, empty."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.books.shelf import Books


@pytest.fixture
def books() -> Iterator[Books]:
    made = Books()
    yield made
    made.close()


@pytest.fixture(scope="module")
def two_books() -> Iterator[tuple[Books, Books]]:
    """Emptied by each example; made once, because making tables is slow."""
    pair = Books(), Books()
    yield pair
    for each in pair:
        each.close()
