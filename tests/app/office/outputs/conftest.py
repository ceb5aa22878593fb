"""Texts are looked for in English here."""

from __future__ import annotations

import pytest

from app import text


@pytest.fixture(autouse=True)
def _in_english() -> None:
    text.use("en")
