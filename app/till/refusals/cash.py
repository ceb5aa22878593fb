"""Cash and day end."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
