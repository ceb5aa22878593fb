"""Settings at the till."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
