"""Receipt numbers: per till, counted from 1 without a gap, never given out twice."""

from __future__ import annotations

import re

_RECEIPT_NO = re.compile(r"(?P<till>[1-9][0-9]{0,8})-(?P<sequence>[0-9]{6,15})")


def receipt_no(till_no: int, sequence: int) -> str:
    """The number of the till's receipt: ``3-000123``; longer once the sixth digit is used up."""
    if till_no < 1 or sequence < 1:
        raise ValueError("till and sequence are counted from 1")
    return f"{till_no}-{sequence:06d}"


def parse_receipt_no(text: str) -> tuple[int, int]:
    """Till and sequence of a receipt number; ``ValueError`` for anything else."""
    found = _RECEIPT_NO.fullmatch(text.strip())
    if found is None or receipt_no(int(found["till"]), max(1, int(found["sequence"]))) != text.strip():
        raise ValueError(f"not a receipt number: {text[:40]!r}")
    return int(found["till"]), int(found["sequence"])
