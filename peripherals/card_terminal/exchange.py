"""One request to a card terminal and all that it says until that has ended. Pure; the clock is an argument.

::

    request ─► (80 00 00) accepted ─► 04 FF, 06 D1, 04 0F, each acknowledged ─► 06 0F done
       │                                                                   └──► 06 1E code: aborted
       └─────► 84 code: refused          silence beyond ``deadline_s``: silent
"""

from __future__ import annotations

from typing import Literal

import msgspec

from peripherals.card_terminal.apdu import (
    ABORTED,
    ACKNOWLEDGE,
    COMPLETION,
    INTERMEDIATE,
    PRINT_BLOCK,
    PRINT_LINE,
    STATUS,
    Apdu,
)
from peripherals.card_terminal.printed_text import customers_part, line_of, lines_of_block
from peripherals.card_terminal.status_information import Transaction, transaction_of

ACCEPT_S = 5.0
"""A terminal acknowledges within this; in ZVT's words T3."""
SILENCE_S = 180.0
"""Then it may be silent for so long, while a customer looks for his card: T4, unless ``04 FF`` says more …"""
MAX_SILENCE_S = 600.0
"""… and never more than this."""
MAX_LINES = 60

How = Literal["done", "aborted", "refused", "silent"]

PROGRESS = {
    0x00: "confirm_amount", 0x01: "watch_terminal", 0x02: "watch_terminal", 0x04: "please_wait", 0x05: "taking_back",
    0x06: "please_wait", 0x07: "card_not_taken", 0x08: "card_not_taken", 0x09: "card_expired", 0x0A: "insert_card",
    0x0B: "remove_card", 0x0C: "card_unreadable", 0x0E: "please_wait", 0x0F: "please_wait", 0x10: "please_wait",
    0x13: "please_wait", 0x14: "enter_pin", 0x17: "please_wait", 0x41: "watch_terminal", 0x4A: "insert_card",
    0x4B: "remove_card",
}  # fmt: skip
"""What a terminal shows meanwhile, by its number; others say only that it is at work."""
AT_WORK = "watch_terminal"


class Ended(msgspec.Struct, frozen=True):
    """How it ended. ``code`` is the terminal's of a refusal or an abort, ``accepted`` whether it had begun."""

    how: How
    accepted: bool
    code: int = 0
    transaction: Transaction | None = None
    slip: tuple[str, ...] = ()
    """What the terminal would have printed for the customer."""


class Exchange:
    """Feed it every APDU that comes (``hear``) and the time (``look_at``), until ``ended``."""

    def __init__(self, now_s: float) -> None:
        """The request is on its way."""
        self.ended: Ended | None = None
        self.progress = ""
        self.deadline_s = now_s + ACCEPT_S
        self.transaction: Transaction | None = None
        self._accepted = False
        self._lines: list[str] = []

    def hear(self, apdu: Apdu, now_s: float) -> tuple[Apdu, ...]:
        """What is to be answered at once."""
        if self.ended is not None:
            return ()
        if apdu.acknowledges:
            self._wait(now_s)
            return ()
        if apdu.refuses is not None:
            if not self._accepted:
                self._end("refused", apdu.refuses)
            return ()  # of an abort that came too late
        if not self._accepted:
            return ()  # said before it heard us: of what an earlier line began
        self._wait(now_s)
        match apdu.control:
            case control if control == INTERMEDIATE:
                self._shows(apdu.data, now_s)
            case control if control == STATUS:
                self.transaction = transaction_of(apdu.data)
            case control if control == PRINT_LINE:
                self._keep_lines((line_of(apdu.data),))
            case control if control == PRINT_BLOCK:
                self._keep_lines(lines_of_block(apdu.data))
            case control if control == COMPLETION:
                self._end("done")
            case control if control == ABORTED:
                self._end("aborted", apdu.data[0] if apdu.data else 0)
        # A message of a kind that we do not know is acknowledged too: a terminal waits for that and nothing else.
        return (ACKNOWLEDGE,)

    def look_at(self, now_s: float) -> None:
        """The time has gone on."""
        if self.ended is None and now_s >= self.deadline_s:
            self.ended = self.cut()

    def cut(self) -> Ended:
        """The line is lost before it has ended."""
        return Ended("silent", self._accepted, 0, self.transaction, customers_part(self._lines))

    def _wait(self, now_s: float) -> None:
        self._accepted = True
        self.deadline_s = now_s + SILENCE_S

    def _shows(self, data: bytes, now_s: float) -> None:
        self.progress = PROGRESS.get(data[0], AT_WORK) if data else AT_WORK
        if len(data) > 1 and data[1:2].hex().isdecimal():
            minutes = int(data[1:2].hex())
            self.deadline_s = now_s + min(MAX_SILENCE_S, max(SILENCE_S, minutes * 60.0))

    def _keep_lines(self, lines: tuple[str, ...]) -> None:
        self._lines += lines[: MAX_LINES - len(self._lines)]

    def _end(self, how: How, code: int = 0) -> None:
        self.ended = Ended(how, self._accepted, code, self.transaction, customers_part(self._lines))
