"""How far long work is: one line on a terminal, drawn anew; on a pipe nothing but the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TextIO

from app.text import gettext as _

CLEAR = "\r\x1b[K"
BAR = 24


class Bar:
    """A line on ``out``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._drawn = False

    def show(self, done: int, of: int, told: str) -> None:
        """So much is done, of so much; ``told`` says what of."""
        if not self._out.isatty():
            return
        full = BAR * done // of if of else 0
        self._out.write(f"{CLEAR}[{'#' * full}{'.' * (BAR - full)}] {told}")
        self._out.flush()
        self._drawn = True

    def clear(self) -> None:
        """Take the line away."""
        if self._drawn:
            self._out.write(CLEAR)
            self._out.flush()
            self._drawn = False


class Progress(Bar):
    """How many records have come into the books."""

    def records(self, done: int, of: int) -> None:
        """So many records are in the books, of so many; 0 of 0 as long as nobody has been heard."""
        self.show(
            done, of, _("{done} of {of} records").format(done=done, of=of) if of else _("looking for the other tills")
        )

    def end(self, complete: bool, came: Mapping[str, int]) -> None:
        """What came to a till that has joined, or that the rest follows."""
        self.clear()
        if complete:
            counts = {name: came.get(name, 0) for name in ("articles", "vouchers", "coupons", "customers")}
            text = _("ready: {articles} articles, {vouchers} vouchers, {coupons} coupons, {customers} customers")
            said = text.format(**counts)
        else:
            said = _("it belongs to the network; its data are not all here yet, the rest comes at the first start")
        self._out.write(said + "\n")
        self._out.flush()
