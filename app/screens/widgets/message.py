"""The line that says what just happened. A refusal stays for a moment even if something good follows at once."""

from __future__ import annotations

from app.screens.widgets.painting import OneLine

ERROR_STAYS_S = 2.0
"""In a burst of scans the good ones must not wipe out the one that was refused."""


class MessageLine(OneLine):
    """One message; errors are set off and keep their place for ``ERROR_STAYS_S``."""

    COMPONENT_CLASSES = {"message--error", "message--good"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._error_until_s = 0.0
        self._errors = 0

    def good(self, text: str, now_s: float) -> None:
        """Something was done."""
        if now_s >= self._error_until_s:
            self._errors = 0
            self.show(((" " + text, "message--good"),))

    def error(self, text: str, now_s: float) -> None:
        """Something was refused; several at once are counted."""
        self._errors = self._errors + 1 if now_s < self._error_until_s else 1
        self._error_until_s = now_s + ERROR_STAYS_S
        count = f" ({self._errors})" if self._errors > 1 else ""
        self.show(((" " + text + count, "message--error"),))

    def clear(self, now_s: float) -> None:
        """Nothing to say any more."""
        if now_s >= self._error_until_s:
            self.show(())
