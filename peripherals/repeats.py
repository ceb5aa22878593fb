"""The same thing read twice: a label that stays before the beam, a badge that lies on its reader. Pure."""

from __future__ import annotations


class Repeats:
    """Knows what was read last. ``window_ms``: so long the same is no new reading; 0: everything is new."""

    def __init__(self, window_ms: int) -> None:
        self._window_s = window_ms / 1000
        self._last = ""
        self._seen_s: float | None = None

    def again(self, text: str, now_s: float) -> bool:
        """Whether this was read within the window before; each time it is seen the window begins anew."""
        again = text == self._last and self._seen_s is not None and now_s - self._seen_s < self._window_s
        self._last, self._seen_s = text, now_s
        return again
