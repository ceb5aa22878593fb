"""Scanner: a barcode reader on a line of its own."""

from __future__ import annotations

import random
from collections.abc import Callable

from peripherals.claiming import Claims
from peripherals.line import Line
from peripherals.reader import Reader
from peripherals.scanner.codec import DOUBLE_READ_MS, Dropped, Scanned, ScannerCodec

KIND = "scanner"


class BarcodeScanner(Reader[Scanned | Dropped]):
    """Tells ``hear`` each code, and each label that has to be scanned again."""

    def __init__(
        self,
        name: str,
        address: str,
        line: Line,
        *,
        hear: Callable[[Scanned | Dropped], None],
        claims: Claims,
        rng: random.Random,
        on_change: Callable[[], None] = lambda: None,
        aim_ids: bool = False,
        double_read_ms: int = DOUBLE_READ_MS,
    ) -> None:
        super().__init__(name, KIND, address, line, hear=hear, claims=claims, rng=rng, on_change=on_change)
        self._aim_ids = aim_ids
        self._double_read_ms = double_read_ms

    def codec(self) -> ScannerCodec:
        """As the settings say."""
        return ScannerCodec(aim_ids=self._aim_ids, double_read_ms=self._double_read_ms)

    def unreadable(self, heard: Scanned | Dropped) -> bool:
        """Whether it is noise: a misread label is not."""
        return isinstance(heard, Dropped) and heard.reason in ("garbage", "too_long")
