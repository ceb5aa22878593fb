"""Money that a card terminal moves: what is asked of it, what it answered, and the proof that a payment keeps.

An *order* has two names. ``charge_id`` is this one attempt's. ``key`` is what it is for ("the payment of sale S"): if
the terminal has already moved money for that and nobody booked it (a crash in between), the order is answered with
that money instead of being carried out a second time.
"""

from __future__ import annotations

from typing import Literal

import msgspec

CardKind = Literal["payment", "refund", "reversal"]
MAX_SLIP_LINES = 40


class CardProof(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the terminal said of money that it moved; fields as in ``app.facts.sales.CardRow``."""

    charge_id: str
    terminal_id: str = ""
    trace: int = 0
    receipt_no: int = 0
    card_name: str = ""
    slip: tuple[str, ...] = ()
    """The customer's slip, as the terminal would have printed it."""
    read_by: str = ""
    """Who read it off the terminal, where the line was lost and it did not tell by itself."""


class CardOrder(msgspec.Struct, frozen=True, omit_defaults=True):
    """``amount_minor`` is above zero. ``original``: the payment that it takes back.

    ``booked``: the charges that the sale holds already; none of them is the answer.
    """

    charge_id: str
    key: str
    sale_id: str
    kind: CardKind
    amount_minor: int
    currency: str
    original: CardProof | None = None
    booked: tuple[str, ...] = ()


class CardAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """``pending``: another order has to be cleared up first. ``amount_minor`` is what was moved, or is unclear.

    ``reason``: a word of ``peripherals.card_terminal.result_codes``, or ``offline``, ``not_charged``, ``taken_back``.
    """

    outcome: Literal["approved", "declined", "uncertain", "pending"]
    reason: str = ""
    code: int = 0
    amount_minor: int = 0
    proof: CardProof | None = None


class TerminalDay(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a terminal's end of day ended: empty ``reason``: well; and what it would have printed."""

    reason: str = ""
    lines: tuple[str, ...] = ()
