"""Number ranges."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "numbers_used_up": mark("The number range is used up ({kind}); the office must assign another."),
    "numbers_unsure": mark("Other hardware had this range ({kind}); ask the office for another."),
    "numbers_low": mark("Only {left} numbers are left ({kind}); ask the office for another range."),
}
