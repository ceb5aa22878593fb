"""What an article that can be sold looks like: limits that every door to the books checks."""

from __future__ import annotations

from app.domain import codes

MAX_NAME_LENGTH = 100
MAX_UNIT_LENGTH = 12
MAX_BARCODES = 50
MAX_GROUPS = 3
MAX_AGE_LIMIT = 99
DEFAULT_UNIT = "Stk"


def is_name(text: str) -> bool:
    """Whether the text can stand on a receipt as a name: 1 to 100 printable characters."""
    return 0 < len(text) <= MAX_NAME_LENGTH and text.isprintable() and bool(text.strip())


def is_unit(text: str) -> bool:
    """Whether the text can be a unit: 1 to 12 printable characters."""
    return 0 < len(text) <= MAX_UNIT_LENGTH and text.isprintable() and bool(text.strip())


def barcode_fault(code: str) -> str | None:
    """Why the text is no barcode: ``wrong_check_digit`` or ``not_a_code``; None if it is one."""
    if not codes.is_code(code):
        return "not_a_code"
    return "wrong_check_digit" if codes.has_wrong_check_digit(code) else None
