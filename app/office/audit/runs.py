"""Which numbers were there, in little memory: numbers that follow one another are one stretch. Pure."""

from __future__ import annotations

from bisect import bisect_right


class Runs:
    """A set of whole numbers that mostly come one after the other."""

    __slots__ = ("_ends", "_starts")

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []

    def add(self, number: int) -> bool:
        """Whether the number is new."""
        at = bisect_right(self._starts, number) - 1
        if at >= 0 and number <= self._ends[at]:
            return False
        joins_before = at >= 0 and self._ends[at] == number - 1
        joins_behind = at + 1 < len(self._starts) and self._starts[at + 1] == number + 1
        if joins_before and joins_behind:
            self._ends[at] = self._ends.pop(at + 1)
            del self._starts[at + 1]
        elif joins_before:
            self._ends[at] = number
        elif joins_behind:
            self._starts[at + 1] = number
        else:
            self._starts.insert(at + 1, number)
            self._ends.insert(at + 1, number)
        return True

    def stretches(self) -> list[tuple[int, int]]:
        """First and last of each stretch, in order."""
        return list(zip(self._starts, self._ends, strict=True))
