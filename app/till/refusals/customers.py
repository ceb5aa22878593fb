"""Customers, credit, purse."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
