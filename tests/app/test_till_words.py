"""Tills in words: what a column says is not cut off."""

from __future__ import annotations

from typing import Any

import pytest

from app import text, till_words

ROW: dict[str, Any] = {
    "no": 99_999,
    "name": "Kasse 12",
    "state": "bound",
    "me": False,
    "online": False,
    "last_heard": 1_795_000_000_000,
    "held": 123_456,
    "pending": 123_456,
    "plan": {"branch": "hall-7", "groups": ["food"], "withheld": ["customers"]},
    "catalogues": ["fair"],
}


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("state", list(till_words.STATES))
@pytest.mark.parametrize("online", [True, False])
def test_every_column_has_room_for_what_it_says(language: str, state: str, *, online: bool) -> None:
    text.use(language)
    cells = till_words.cells(ROW | {"state": state, "online": online})
    assert [cell for cell, width in zip(cells, till_words.WIDTHS, strict=True) if len(cell) > width] == []
    shown = till_words.table([ROW | {"state": state, "online": online}])
    assert max(map(len, shown)) <= 80
