"""A receipt for a customer who wants no paper: its signed text as a QR code that fills the screen.

The terminal decides how much the text may be: each character shows two modules, one above the other, and a code must
be white around. The engine says as much as that holds, and signs it (``app/engine/documents.py``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from app.screens.tasks.desk import Desk, Given
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import PAPER, STRONG, Finished, Line, Outcome, Step, wrap
from app.text import gettext as _
from receipts.qr import QUIET, matrix_of

SMALL = 45
"""Modules of a code that 80×24 has room for, with less white around than the standard wants."""
QUIET_LEAST = 3
"""White above and below together, then."""
BESIDE = 20
"""Columns that are worth writing in, beside a code."""
HALVES = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}
"""An upper and a lower module, dark or not."""


async def digital(desk: Desk, given: Given) -> None:
    """The number before it, or the last receipt, or one that is asked for."""
    last = desk.view.last
    receipt_no = given.text or (last.receipt_no if last else "")
    if receipt_no and await _shown(desk, receipt_no):
        return
    form = Form(_("Receipt as a QR code"), [Field("no", _("Receipt"), Kind.CODE, receipt_no, required=True)])
    while (filled := await desk.fill(form)) is not None:
        if await _shown(desk, filled["no"].strip()):
            return


async def _shown(desk: Desk, receipt_no: str) -> bool:
    """The code on the screen until it is closed; False: there is none, and that was told."""
    told: Mapping[str, Any] = {}

    async def wanted() -> None:
        nonlocal told
        told = await desk.services.digital_receipt(receipt_no, modules_for(*desk.size))

    if not await desk.device(wanted):
        return False
    text, seal = str(told["text"]), str(told["seal"])
    matrix = await asyncio.to_thread(matrix_of, text.removesuffix(seal), seal)  # 50 ms for the largest
    await desk.show(Code(receipt_no, matrix))
    return True


def modules_for(columns: int, rows: int) -> int:
    """The side of the largest code that a terminal of this size shows, in modules.

    >>> modules_for(80, 24), modules_for(120, 40), modules_for(80, 60)
    (45, 72, 72)
    """
    roomy = 2 * rows - 2 * QUIET
    return min(roomy if roomy >= SMALL else 2 * rows - QUIET_LEAST, columns - 2 * QUIET)


class Code(Step):
    """The code on the whole screen, and what it is beside it; any key that answers closes it."""

    bare = True

    def __init__(self, receipt_no: str, matrix: Sequence[Sequence[bool]]) -> None:
        super().__init__(_("Receipt as a QR code"), _("Enter or Esc closes"))
        self._receipt_no = receipt_no
        self._matrix = matrix

    def enter(self, text: str) -> Outcome:  # noqa: ARG002 - nobody sees what was typed
        """Close it."""
        return Finished(None)

    def lines(self, width: int, height: int) -> list[Line]:
        """The code in the middle from top to bottom; if it does not fit any more, that."""
        block = halves(self._matrix, height)
        if not block or len(block[0]) > width:
            said = _("The window is too small for the code now: enlarge it, or press Enter and show it again.")
            return [((f" {line}", STRONG),) for line in wrap(said, width - 2)[:height]]
        above = (height - len(block)) // 2
        beside = self._beside(width - len(block[0]) - 2)
        shown: list[Line] = [((" ", ""),)] * above
        for place, row in enumerate(block):
            words = beside[place - 1] if 0 < place <= len(beside) else ""
            shown.append(((row, PAPER), (f" {words}", STRONG)))
        return shown

    def _beside(self, width: int) -> list[str]:
        if width < BESIDE:
            return []
        parts = (
            _("Receipt {no}").format(no=self._receipt_no),
            _("Scan it with a phone: shop, total and taxes as signed text."),
            self.prompt,
        )
        return [line for part in parts for line in (*wrap(part, width), "")]


def halves(matrix: Sequence[Sequence[bool]], rows: int) -> list[str]:
    """The code as lines of half blocks, dark on light, with as much white around as fits; none if it does not fit."""
    side = len(matrix)
    if side + QUIET_LEAST - 1 > 2 * rows:
        return []
    above = min(QUIET, (2 * rows - side) // 2)
    white = (False,) * (side + 2 * QUIET)
    pixels = [*[white] * above, *((*(False,) * QUIET, *row, *(False,) * QUIET) for row in matrix)]
    pixels += [white] * min(QUIET, 2 * rows - len(pixels))
    if len(pixels) % 2:
        pixels.append(white)
    return [
        "".join(HALVES[upper, lower] for upper, lower in zip(pixels[y], pixels[y + 1], strict=True))
        for y in range(0, len(pixels), 2)
    ]
