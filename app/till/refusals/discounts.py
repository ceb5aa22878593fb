"""Discounts and prices typed."""

from __future__ import annotations

SENTENCES: dict[str, str] = {}
