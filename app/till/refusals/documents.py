"""Orders, delivery notes, invoices."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
