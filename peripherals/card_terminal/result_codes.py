"""The numbers by which a terminal says why not (ZVT, chapter 10), as words for whoever shows them. Pure."""

from __future__ import annotations

_REASONS = {
    "card_unreadable": (0x64, 0x65, 0x72, 0x73, 0xDD, 0xDE),
    "aborted": (0x6C,),
    "card_blocked": (0x6E, 0xC1),
    "credit_too_low": (0x71,),
    "card_expired": (0x78, 0x79),
    "card_unknown": (0x7A, 0xC5, 0xD2, 0xE9, 0xEA),
    "no_connection": (0x7D, 0x9B, 0xA1, 0xA3),
    "not_registered": (0x6B,),
    "not_possible": (0x83, 0xEB, 0x67, 0x68),
    "busy": (0x9C, 0xA0, 0xDC),
    "already_reversed": (0xB4,),
    "reversal_not_possible": (0xB5,),
    "amount_too_large": (0xB7, 0xC3),
    "amount_too_small": (0xC8, 0xC9),
    "wrong_currency": (0x6F, 0xC6, 0xCB),
    "memory_full": (0xB1, 0xB2, 0x6A),
    "day_not_closed": (0xF0, 0x77),
    "pin_pad_defective": (0x89, 0xEC, 0xED),
}

REASONS = {code: reason for reason, codes in _REASONS.items() for code in codes}


def reason_of(code: int) -> str:
    """Why not; ``declined`` where the number says no more (a bank's answer).

    >>> reason_of(0x6C), reason_of(0x05)
    ('aborted', 'declined')
    """
    return REASONS.get(code, "declined")
