"""Notes and coins counted: a row for each denomination, and the sum and the difference while it is typed. Pure.

Pieces are typed as they lie there: ``12``, ``3*40`` (three bundles of forty), ``2r`` (two rolls of coins), and sums
of these. Enter goes on to the next denomination, after the last one to the first: too many Enters end nothing.
Only the finishing action (F8) does.
"""

from __future__ import annotations

import re

from app.domain.cash import DENOMINATIONS, MAX_PIECES, ROLLS
from app.domain.money import format_minor
from app.screens import wording
from app.screens.cells import Part, between, left, page_top, right
from app.screens.tasks.form import FINISH_SLOT
from app.screens.tasks.steps import MARKED, SOFT, STRONG, WARN, Action, Bad, Finished, Line, Outcome, Stays, Step
from app.text import gettext as _

TABLE_WIDTH = 40
PIECE_WIDTH, COUNT_WIDTH, SUM_WIDTH = 9, 7, 12

_TERM = re.compile(r"([0-9]{1,5})(?:[*x]([0-9]{1,5})|(r))?")


class CountPieces(Step):
    """Answers pieces by denomination as commands take them (``{"50.00": 3}``), or None. It may be shown again."""

    def __init__(self, title: str, currency: str, expected_minor: int) -> None:
        """``currency`` is one of ``DENOMINATIONS``; ``expected_minor``: what the drawer should hold of it."""
        super().__init__(title, "", (Action(FINISH_SLOT, "finish", _("Done")),))
        self._currency = currency
        self._expected_minor = expected_minor
        self._denominations = DENOMINATIONS[currency]
        self._rolls = ROLLS.get(currency, {})
        self._pieces = dict.fromkeys(self._denominations, 0)
        self._typed: int | None = None
        """What the entry line comes to for the row that is typed; None: it is as it was."""
        self._at = 0
        self._top = 0

    @property
    def counted_minor(self) -> int:
        """What has been counted, with what is being typed."""
        return sum(piece * self._now(piece) for piece in self._denominations)

    @property
    def begun(self) -> bool:
        """Whether anything has been counted."""
        return any(self._pieces.values())

    @property
    def prompt(self) -> str:
        """Which pieces are counted now."""
        return _("How many of {piece}").format(piece=self._said(self._piece))

    @property
    def prefill(self) -> str:
        """How many there are so far."""
        count = self._pieces[self._piece]
        return str(count) if count else ""

    @property
    def _piece(self) -> int:
        return self._denominations[self._at]

    def typing(self, text: str) -> bool:
        """Reckon along."""
        read = self._read(text)
        self._typed = None if isinstance(read, Bad) else read
        return True

    def enter(self, text: str) -> Outcome:
        """The next denomination."""
        return self._keep(text) or self._go((self._at + 1) % len(self._denominations))

    def move(self, by: int, text: str) -> Outcome:
        """Another denomination."""
        return self._keep(text) or self._go(max(0, min(self._at + by, len(self._denominations) - 1)))

    def acted(self, name: str, text: str) -> Outcome:  # noqa: ARG002 - there is only one
        """Done with what has been counted."""
        if (bad := self._keep(text)) is not None:
            return bad
        return Finished({format_minor(piece, self._currency): count for piece, count in self._pieces.items() if count})

    def _go(self, at: int) -> Outcome:
        self._at = at
        return Stays()

    def _keep(self, text: str) -> Bad | None:
        read = self._read(text)
        self._typed = None
        if isinstance(read, Bad):
            return read
        self._pieces[self._piece] = read
        return None

    def _read(self, text: str) -> int | Bad:
        """The pieces that are meant; nothing typed is none."""
        count = 0
        for term in text.replace(" ", "").split("+") if text.strip() else ():
            match = _TERM.fullmatch(term)
            if match is None:
                return Bad("no_pieces", text[:20])
            if match[3] and self._piece not in self._rolls:
                return Bad("no_rolls", self._said(self._piece))
            count += int(match[1]) * (self._rolls[self._piece] if match[3] else int(match[2] or 1))
        return count if count <= MAX_PIECES else Bad("no_pieces", text[:20])

    def _now(self, piece: int) -> int:
        return self._typed if self._typed is not None and piece == self._piece else self._pieces[piece]

    def _said(self, amount_minor: int) -> str:
        return wording.money(amount_minor, self._currency)

    def lines(self, width: int, height: int) -> list[Line]:
        """The denominations; beside them what was counted, what should be there, and the difference."""
        self._top = page_top(self._top, self._at, len(self._denominations), height)
        shown = self._denominations[self._top : self._top + height]
        beside = self._beside(width - TABLE_WIDTH)
        return [
            (self._row(piece, min(width, TABLE_WIDTH)), *(beside[y : y + 1] if width > TABLE_WIDTH else ()))
            for y, piece in enumerate(shown)
        ]

    def _row(self, piece: int, width: int) -> Part:
        at, count = piece == self._piece, self._now(piece)
        cells = (right(self._said(piece), PIECE_WIDTH), right(str(count or ""), COUNT_WIDTH))
        total = right(self._said(piece * count) if count else "", SUM_WIDTH)
        text = f"{'>' if at else ' '} {cells[0]} x {cells[1]} {'=' if count else ' '} {total}"
        return (left(text, width), MARKED if at else STRONG if count else "")

    def _beside(self, width: int) -> list[Part]:
        room = max(0, width - 3)
        difference = self.counted_minor - self._expected_minor
        rows = (
            (_("Counted"), self.counted_minor, STRONG),
            (_("Should be"), self._expected_minor, ""),
            (_("Difference"), difference, WARN if difference else STRONG),
        )
        said = [
            ("   " + between(label, f"{self._said(amount)} {self._currency}", room), style)
            for label, amount, style in rows
        ]
        state = _("That is right.") if not difference else _("Too much.") if difference > 0 else _("Missing.")
        help_ = [_("3*40: three times 40"), _("2r: two rolls") if self._piece in self._rolls else "", _("F8: done")]
        return [*said, ("   " + left(state, room), STRONG if not difference else WARN), ("", ""),
                *(("   " + left(text, room), SOFT) for text in help_)]  # fmt: skip
