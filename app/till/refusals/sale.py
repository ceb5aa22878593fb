"""The sale as a whole."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "no_sale": mark("No sale is open."),
    "empty_sale": mark("There is nothing to pay yet: the sale has no lines."),
    "unknown_line": mark("The sale has no line {line}."),
    "sale_full": mark("The receipt is full; finish this sale and begin another."),
    "total_too_large": mark("The total would be too large; finish this sale and begin another."),
    "paid_more_than_left": mark("More is paid than would be left to pay; take the payment back first."),
}
