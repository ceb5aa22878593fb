"""How long a cash drawer has stood open. Pure: the time comes with each look at the sensor."""

from __future__ import annotations

from typing import Literal

DrawerState = Literal["", "closed", "open", "too_long"]
"""Empty: nobody knows, for there is no sensor, or no answer from it."""
OPEN_TOO_LONG_S = 60.0


class DrawerWatch:
    """Looks at the sensor add up to a state. A printer that is silent for a while does not begin the time anew."""

    def __init__(self, open_too_long_s: float = OPEN_TOO_LONG_S) -> None:
        self.state: DrawerState = ""
        self._open_too_long_s = open_too_long_s
        self._open_since_s: float | None = None

    def looked(self, now_s: float, is_open: bool | None) -> bool:
        """The sensor says this now (None: nothing); whether the state is another than before."""
        before = self.state
        if is_open is None:
            self.state = ""
        elif not is_open:
            self.state, self._open_since_s = "closed", None
        else:
            if self._open_since_s is None:
                self._open_since_s = now_s
            self.state = "too_long" if now_s - self._open_since_s >= self._open_too_long_s else "open"
        return self.state != before
