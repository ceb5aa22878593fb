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


CATALOGUE: dict[str, Any] = {
    "catalogue": "fair", "name": "Fair stand", "valid_from": "2026-11-01", "valid_until": "2026-12-31", "beside": False,
    "tills": [2],
    "entries": [
        {"ident_no": "0001", "name": "Napf", "price": "2.19", "own_price": "2.39"},
        {"ident_no": "0002", "name": "N" * 60, "price": "", "own_price": "1234.99"},
    ],
}  # fmt: skip


def test_a_catalogue_says_once_whom_it_goes_to_and_fits_the_screen() -> None:
    german = till_words.catalogue_sheet(CATALOGUE)
    assert "Er geht            zu Kasse 2" in german
    assert "01.11.2026 – 31.12.2026" in "\n".join(german)
    assert [line.split()[-1] for line in german if line.startswith("0001")] == ["2,19"]
    text.use("en")
    english = till_words.catalogue_sheet(CATALOGUE)
    assert "It goes            to till 2" in english
    assert max(map(len, [*german, *english])) <= 78


def test_a_tills_sheet_calls_feeds_and_numbers_as_people_do() -> None:
    ranges = [{"kind": "receipt", "start": "F000001", "end": "F000100", "left": 7}]
    known = {"sales": 2, "catalogue/fair": 3, "of-a-newer-version": 4}
    plan = {**ROW["plan"], "branch": "", "groups": [], "role": "", "head": [], "foot": [], "withheld": []}
    said = "\n".join(till_words.sheet(ROW | {"site": "", "known": known, "ranges": ranges, "plan": plan}))
    assert "Katalog fair: 3; of-a-newer-version: 4; Verkäufe: 2" in said
    assert "Belege F000001 … F000100" in said


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("state", list(till_words.STATES))
@pytest.mark.parametrize("online", [True, False])
def test_every_column_has_room_for_what_it_says(language: str, state: str, *, online: bool) -> None:
    text.use(language)
    cells = till_words.cells(ROW | {"state": state, "online": online})
    assert [cell for cell, width in zip(cells, till_words.WIDTHS, strict=True) if len(cell) > width] == []
    shown = till_words.table([ROW | {"state": state, "online": online}])
    assert max(map(len, shown)) <= 80
