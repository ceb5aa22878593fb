"""A simulated printer on its real wire (``serving.py``), with its paper in a file.

Several tills may connect; replies go to the one that connected last, as with printers
that have one status port. Its faults are those of ``printer_machine.py`` and of the wire.

As a command: ``tillmesh simulators printer --listen 127.0.0.1:9100 --paper paper.txt``
(``app/cli/simulators.py``), which reads faults from standard input, one a line.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from peripherals.simulators.printer_machine import PrinterMachine
from peripherals.simulators.serving import Simulator


class PrinterSimulator(Simulator):
    """A printer. ``paper`` gets text appended, ``raw`` all bytes received; ``on_paper`` hears text.

    What is said to be printed is on the paper by then.
    """

    machine: PrinterMachine

    def __init__(
        self,
        *,
        paper: Path | None = None,
        raw: Path | None = None,
        columns: int = 42,
        clone: bool = False,
        baud: int = 0,
        on_paper: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._received = bytearray()
        super().__init__(PrinterMachine(columns, clone=clone), baud=baud, heard=self._received.extend)
        self._paper = paper
        self._raw = raw
        self._on_paper = on_paper

    async def put_away(self) -> None:
        """The paper that has come out goes to its file, and what has been received."""
        if self._raw is not None:
            await asyncio.to_thread(_append, self._raw, bytes(self._received))
        self._received.clear()
        text = self.machine.take_paper()
        if text:
            if self._paper is not None:
                await asyncio.to_thread(_append, self._paper, text.encode("utf-8"))
            self._on_paper(text)


def _append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)
