"""The line that says what just happened. A refusal stays for a moment even if something good follows at once."""

from __future__ import annotations

from app.screens.widgets.painting import OneLine

ERROR_STAYS_S = 2.0
"""In a burst of scans the good ones must not wipe out the one that was refused."""


class MessageLine(OneLine):
    """One message; errors are set off, by a sign as well as by colour, and keep their place for ``ERROR_STAYS_S``."""

    COMPONENT_CLASSES = {"message--error", "message--good"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._error_until_s = 0.0
        self._errors = 0
        self._refused = False
        """Whether it says what was refused."""
        self._of_key = False
        """Whether that was a key, of the step that was shown then."""

    def good(self, text: str, now_s: float) -> None:
        """Something was done."""
        if now_s >= self._error_until_s:
            self._errors, self._refused = 0, False
            self.show(((" " + text, "message--good"),))

    def error(self, text: str, now_s: float, *, of_key: bool = False) -> None:
        """Something was refused; several at once are counted. ``of_key``: a key that does nothing on this step."""
        self._of_key = of_key
        self._errors = self._errors + 1 if now_s < self._error_until_s else 1
        self._error_until_s, self._refused = now_s + ERROR_STAYS_S, True
        count = f" ({self._errors})" if self._errors > 1 else ""
        self.show((("!" + text + count, "message--error"),))

    def under_way(self, text: str) -> None:
        """What is waited for now. Whoever began it has read what was refused before."""
        self._errors, self._error_until_s, self._refused = 0, 0.0, False
        self.show(((" " + text, "message--good"),))

    def go_on(self, other: MessageLine) -> None:
        """Say what the line of the screen below says, for that is covered now."""
        self._errors, self._error_until_s, self._refused = other._errors, other._error_until_s, other._refused
        self.show(other._parts)

    def ask(self, text: str) -> None:
        """Something is asked about what was refused; whatever comes of the answer may take its place."""
        self._errors, self._error_until_s, self._refused = 0, 0.0, False
        self.show((("!" + text, "message--error"),))

    def overcome(self, now_s: float) -> None:
        """Whatever was refused is over: something else is begun. Everybody has had the time to read it."""
        if self._refused and now_s >= self._error_until_s:
            self.show(())
            self._refused = False

    def other_step(self) -> None:
        """Another step is shown, on which the key that was refused may well do something."""
        if self._refused and self._of_key:
            self._errors, self._error_until_s, self._refused = 0, 0.0, False
            self.show(())

    def clear(self, now_s: float) -> None:
        """Nothing to say any more."""
        if now_s >= self._error_until_s:
            self.show(())
