"""Who is typing: a person, or a barcode scanner that pretends to be a keyboard. Pure; time is an argument.

Bytes do not tell: a scanner types the same digits. Time does: its characters come within 3 ms of one another (a slow
one: 22 ms), a person's within some 120, and nobody types two in ``GAP_S``. But the program may be held up, so that a
person's keys arrive at once, or a scan in two parts; hence the greater part of the gaps decides, and whoever is in
between is not known: then the digits alone say what it is (a GTIN with its check digit is a scan).

* what a *person* has typed is no scan, however much it looks like one: it goes into the field
* what a *scanner* has typed is no money, however short it is (``amounts.py`` knows only long ones)
"""

from __future__ import annotations

GAP_S = 0.035
MIN_SCAN = 6
"""Characters: with fewer a hand that slips over the keys is as fast."""


class Gaps:
    """Whether each key came fast after the one before."""

    def __init__(self) -> None:
        self._last_s: float | None = None

    def fast(self, now_s: float) -> bool:
        """The key that is there now, by a clock that only goes on."""
        before_s, self._last_s = self._last_s, now_s
        return before_s is not None and 0 <= now_s - before_s < GAP_S


class Pace:
    """How one entry has been typed. A gap of None is not known (a paste, a program)."""

    def __init__(self) -> None:
        self._fast = self._slow = self._unknown = 0

    def gap(self, fast: bool | None) -> None:
        """The gap before the entry's next character, or before the Enter at its end."""
        if fast is None:
            self._unknown += 1
        elif fast:
            self._fast += 1
        else:
            self._slow += 1

    @property
    def by_person(self) -> bool:
        """Whether a person typed it: most gaps were none of a scanner's."""
        return not self._unknown and self._slow > self._fast

    @property
    def by_scanner(self) -> bool:
        """Whether a scanner typed it: long enough, its Enter included, and hardly a gap (one is a program held up)."""
        return not self._unknown and self._fast >= MIN_SCAN and self._slow <= 1
