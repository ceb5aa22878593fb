"""What the screens' benchmark does at the till and at the minimal app beside it, in turn."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator

from tests.app.screens.terminal import python
from tests.benchmarks.shop import PRICE_MINOR, Till, barcode
from tests.benchmarks.test_two_tills import percentile
from tests.benchmarks.timed import Answer, TimedTerminal

SCANS_AT_A_TIME = 10
PAUSE_S = (0.004, 0.012)
"""Between measurements, as between two articles; drawn, so that no clock of the apps keeps step with it."""
TYPING_S = 0.001
"""A scanner's time from character to character."""


class Minimal(TimedTerminal):
    """``minimal.py`` in a terminal."""

    def __init__(self) -> None:
        super().__init__(python("-m", "tests.benchmarks.minimal"))
        self._keys = 0

    def key(self) -> Answer:
        """One key, one changed line."""
        pause()
        self._keys += 1
        return self.ask(b"a", lambda: f"key {self._keys} " in self.screen.display[0])


class Counter:
    """Scans at a till, and what its screen must show then."""

    def __init__(self, till: Till) -> None:
        self.till = till
        self._no = 0
        self._lines = 0
        self._article = 0

    @property
    def number(self) -> int:
        """Of the line sold last."""
        return self._no

    def fill(self, lines: int) -> None:
        """Have so many lines, by scans in one go; a sale is begun with it."""
        self.till.write("".join(f"{self._code()}\r" for _ in range(lines)))
        self._no = self._lines = lines
        self.till.wait_for(self._shown, 120)
        self.till.rest()

    def scan(self) -> Answer:
        """A whole scan in one write: thirteen digits and Enter."""
        pause()
        return self.till.ask(f"{self._next()}\r".encode(), self._shown)

    def entered(self) -> Answer:
        """The digits stand there; Enter is timed."""
        pause()
        code = self._next()
        self.till.write(code)
        self.till.wait_for(code)
        self.till.rest()
        return self.till.ask(b"\r", self._shown)

    def typed(self) -> int:
        """A scan as a scanner types it; bytes painted for it."""
        pause()
        code = self._next()
        for character in code:
            self.till.type_unread(character)
            time.sleep(TYPING_S)
        return self.till.ask(b"\r", self._shown).painted

    def void(self, lines: int) -> None:
        """Take the last lines back."""
        self._lines -= lines
        self.till.write("-" * lines)
        self.till.wait_for(lambda: self.till.standing[1] == self._total)
        self.till.rest()

    def pay(self) -> None:
        """Cash, exactly: the next scan begins a sale."""
        self.till.write("+\r")
        self.till.wait_for("CHANGE")
        self.till.rest()
        self._no = self._lines = 0

    def sell(self, receipts: int) -> None:
        """So many receipts of three lines each, typed in one go."""
        before = self.till.next_receipt
        self.till.write((f"{self._code()}\r" * 3 + "+\r") * receipts)
        self.till.wait_for(lambda: self.till.next_receipt == before + receipts, 120)
        self.till.rest()

    def void_sale(self) -> None:
        """Give the sale up."""
        self.till.write("/13\r\r")
        self.till.wait_for("The sale is voided.")
        self.till.rest()

    def to_tender(self) -> Answer:
        """The payment is asked for."""
        pause()
        return self.till.ask(b"+", lambda: self.till.prompt != "")

    def to_sale(self) -> Answer:
        """And not wanted after all."""
        pause()
        return self.till.ask(b"\x7f", lambda: self.till.prompt == "")

    def _code(self) -> str:
        self._article = self._article % 900 + 1
        return barcode(self._article)

    def _next(self) -> str:
        self._no += 1
        self._lines += 1
        return self._code()

    def _shown(self) -> bool:
        return self.till.standing == (str(self._no), self._total)

    @property
    def _total(self) -> str:
        return f"{self._lines * PRICE_MINOR / 100:.2f}"


def pause() -> None:
    time.sleep(random.uniform(*PAUSE_S))


def in_turn(count: int, *works: Callable[[], Answer]) -> Iterator[tuple[Answer, ...]]:
    """Each work once, ``count`` times over."""
    for _ in range(count):
        yield tuple(work() for work in works)


def told(
    name: str, answers: list[Answer], floor: list[Answer], aims: tuple[float | None, float | None] = (2.0, 2.5)
) -> None:
    """Print times beside the minimal app's; ``aims``: most of its p50 and of its p99 (None: no aim)."""
    ours, theirs = [answer.ms for answer in answers], [answer.ms for answer in floor]
    p50, p99 = statistics.median(ours), percentile(ours, 0.99)
    of_p50, of_p99 = p50 / statistics.median(theirs), p99 / percentile(theirs, 0.99)
    aim50, aim99 = aims
    print(
        f"{name:34} p50 {p50:6.2f}  p99 {p99:6.2f} ms   "
        f"ratio p50 {of_p50:4.2f} {_met(of_p50, aim50)}  p99 {of_p99:4.2f} {_met(of_p99, aim99)}   n={len(ours)}"
    )


def told_floor(floor: list[Answer], name: str = "minimal app") -> None:
    """Print the minimal app's own times, and what parsing costs, which no time holds."""
    times = [answer.ms for answer in floor]
    print(
        f"{name:34} p50 {statistics.median(times):6.2f}  p99 {percentile(times, 0.99):6.2f} ms   "
        f"painted {statistics.median(answer.painted for answer in floor):.0f} B, "
        f"parsed in {statistics.median(answer.parse_ms for answer in floor):.2f} ms   n={len(times)}"
    )


def told_bytes(painted: list[int], most: int) -> None:
    """Print what is painted for a scan that comes as a scanner types it; ``most`` is the aim."""
    met = "met" if max(painted) <= most else f"MISSED by {sum(each > most for each in painted)}"
    print(
        f"{'painted for a scan as it is typed':34} p50 {statistics.median(painted):.0f} B, most {max(painted)} B"
        f"   (aim {most} B: {met})   n={len(painted)}"
    )


def _met(ratio: float, aim: float | None) -> str:
    return "(no aim)" if aim is None else f"(aim {aim}: {'met' if ratio <= aim else 'MISSED'})"
