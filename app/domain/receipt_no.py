"""Receipt numbers: per till, counted without a gap, never given out twice.

A till counts its own ``3-000001``, ``3-000002``, … unless it was assigned a range (``number_range.py``).
"""

from __future__ import annotations

import re

from app.domain.number_range import split_number

_RECEIPT_NO = re.compile(r"(?P<till>[1-9][0-9]{0,8})-(?P<sequence>[0-9]{6,15})")
_OWN_NUMBER = re.compile(r"([1-9][0-9]{0,8}-)([0-9]{6}|[1-9][0-9]{6,14})")
"""One of a till's own in canonical form, as almost all are; all that is left to ask is whether it counts from 1."""
_OWN_PREFIX = re.compile(r"[1-9][0-9]*-")


def receipt_no(till_no: int, sequence: int) -> str:
    """The number of the till's receipt: ``3-000123``; longer once the sixth digit is used up."""
    if till_no < 1 or sequence < 1:
        raise ValueError("till and sequence are counted from 1")
    return f"{till_no}-{sequence:06d}"


def parse_receipt_no(text: str) -> tuple[int, int]:
    """Till and sequence of a receipt number of a till's own; ``ValueError`` for anything else."""
    found = _RECEIPT_NO.fullmatch(text.strip())
    if found is None or receipt_no(int(found["till"]), max(1, int(found["sequence"]))) != text.strip():
        raise ValueError(f"not a receipt number: {text[:40]!r}")
    return int(found["till"]), int(found["sequence"])


def split_receipt_no(text: str) -> tuple[str, int]:
    """Prefix and sequence of a receipt number of any range; ``ValueError`` for what is none.

    >>> split_receipt_no("3-000123"), split_receipt_no("MESSE/00017")
    (('3-', 123), ('MESSE/', 17))
    """
    own = _OWN_NUMBER.fullmatch(text)
    if own is not None and (sequence := int(own[2])):
        return own[1], sequence
    split = split_number(text)
    if split is None or split[1] < 1 or text.strip() != text or not text.isprintable() or not text.isascii():
        raise ValueError(f"not a receipt number: {text[:40]!r}")
    if _OWN_PREFIX.fullmatch(split[0]):
        parse_receipt_no(text)
    return split


def of_till(text: str, till_no: int) -> bool:
    """Whether the till may have given out this number: one of its own, or one of an assigned range."""
    prefix, _ = split_receipt_no(text)
    return prefix == f"{till_no}-" or not _OWN_PREFIX.fullmatch(prefix)
