"""What is asked when not every till confirmed a claim. Pure: the router feeds it what was typed.

*Go on without them?* is one question: Enter is yes. If the policy refuses it, somebody may take it on himself: who
(empty: whoever stands here), the PIN, and why; where nobody logs in only why. A badge says who without a PIN.

Likewise before a payment by card that the printer cannot print a receipt for: that is ``Stage.UNPRINTED``.
"""

from __future__ import annotations

from enum import StrEnum

from app.domain import statement, voucher
from app.domain.user import PIN_DIGITS
from app.screens import amounts
from app.till.effects import Override


class Stage(StrEnum):
    """What is asked now."""

    GO_ON = "go_on"
    UNPRINTED = "unprinted"
    USER = "user"
    PIN = "pin"
    REASON = "reason"


class Dialogue:
    """One question, or three, after a refusal."""

    def __init__(self, *, override: bool = False, login: bool = False, stage: Stage = Stage.GO_ON) -> None:
        """``override``: the policy refuses it. ``login``: there are users, so who overrides must say so. ``stage``:
        what is asked if nobody has to override anything."""
        self.stage = stage if not override else Stage.USER if login else Stage.REASON
        self.done = False
        self._user = self._pin = self._badge = self._reason = ""

    @property
    def secret(self) -> bool:
        """Whether what is typed must not be seen."""
        return self.stage is Stage.PIN

    @property
    def override(self) -> Override | None:
        """Once it is done: who overrides, and why; None if nothing has to be overridden."""
        return Override(self._reason, self._user, self._pin, self._badge) if self._reason else None

    def badge(self, number: str) -> str:
        """A badge was held to its reader: the code of a refusal where nobody is asked who he is."""
        if self.stage not in (Stage.USER, Stage.PIN):
            return "answer_first"
        self._user = self._pin = ""
        self._badge, self.stage = number, Stage.REASON
        return ""

    def enter(self, text: str, *, by_person: bool = False) -> str:
        """Enter was pressed: the code of a refusal, or empty if it goes on or is ``done``. ``by_person``: no scan."""
        if not by_person and _is_scanned(text) and not (self.stage is Stage.PIN and len(text) <= PIN_DIGITS[1]):
            return "answer_first"  # goods and slips are no name and no reason; a PIN may happen to look like a barcode
        match self.stage:
            case Stage.GO_ON | Stage.UNPRINTED:
                if text:
                    # Scanned before anybody saw the question: that is no yes.
                    return "answer_first"
                self.done = True
            case Stage.USER:
                self._user = text.strip()
                self.stage = Stage.PIN if self._user else Stage.REASON
            case Stage.PIN:
                if not text:
                    return "pin_first"
                self._pin = text
                self.stage = Stage.REASON
            case Stage.REASON:
                if not text.strip():
                    return "reason_first"
                self._reason = text.strip()
                self.done = True
        return ""


def _is_scanned(text: str) -> bool:
    """Whether the text is a barcode with its check digit, or a voucher's code or symbol."""
    if amounts.is_scan(text) or statement.looks_like_one(text):
        return True
    try:
        voucher.parse_code(text)
    except voucher.CodeMistyped:
        return False
    return True
