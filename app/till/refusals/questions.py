"""Questions."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "pdf_not_possible": mark("No PDF can be made of this receipt: {reason}"),
    "unknown_receipt": mark("No receipt has the number {receipt_no}."),
    "unknown_scope": mark("There is no scope called {scope}; use till or network."),
    "not_authority": mark("Only the network's authority can do this; do it there."),
    "number_taken": mark("The number {no} belongs to a till already; choose another."),
    "timeout": mark("It did not happen within {seconds} seconds."),
}
