"""Tenders."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "unknown_tender": mark("This till knows no way to pay called {tender}."),
    "unknown_currency": mark("This till takes {known} only, not {currency}."),
    "more_than_due": mark("Only cash gives change; at most {due} is due."),
    "no_payment": mark("There is no payment to take back."),
}
