"""Several till numbers as people write them: ``2-8``, ``2,3,5``, ``2-4, 7``."""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_NO = 99_999
MAX_NUMBERS = 1_000
"""Of one text; who means more has mistyped a range."""

_PART = re.compile(r"([0-9]{1,5})(?:[-–]([0-9]{1,5}))?", re.ASCII)


def parse(text: str) -> tuple[int, ...]:
    """The numbers, in the order of the text; ``ValueError`` for what is none, a number named twice, or too many."""
    found: list[int] = []
    for part in text.split(","):
        match = _PART.fullmatch(part.strip().replace(" ", ""))
        if match is None:
            raise ValueError(part)
        first, last = int(match[1]), int(match[2] or match[1])
        if not 1 <= first <= last <= MAX_NO or last - first >= MAX_NUMBERS - len(found):
            raise ValueError(part)
        found += range(first, last + 1)
    if len(set(found)) < len(found):
        raise ValueError(text)
    return tuple(found)


def written(numbers: Iterable[int]) -> str:
    """The numbers in ascending order, three and more in a row as a range."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return ", ".join(parts)
