"""``[printer]`` of ``till.toml``: the receipt printer, on whatever wire, and the drawer that hangs on it.

.. code-block:: toml

    [printer]
    address = "192.168.1.50:9100" # or /dev/serial/by-id/…, /dev/usb/lp0, rfc2217://HOST:PORT; empty: no printer
    profile = "default"           # a name of peripherals.escpos.PROFILES
    columns = 42                  # 0: as many as the profile has
    red = false                   # it prints red as well
    code_page = 19                # the printer's number of code page 858, where it is another: its self-test lists them
    baud = 38400                  # of a serial line, as is the frame: 8N1, 7E1, …
    frame = "8N1"
    rtscts = true                 # the printer holds the line up while its buffer is full
    fence = "auto"                # "id": Epson's, "status": of all others; auto: asks who made it
    while_ringing = true          # receipts are printed line by line while they are rung, not whole at the end
    head_ahead = true             # and then the next one's head behind the cut of each; not on printers without knife
    drawer_pin = 2                # 2 or 5, of the printer's plug for the drawer
    drawer_open_level = "high"    # of its sensor when it is open: high or low; empty: it has none
    drawer_open_too_long_s = 60   # the screens complain about a drawer that is open for so long
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import msgspec

from app.device_settings import check_address
from app.text import gettext as _
from peripherals.line import Line

COLUMNS = (24, 80)
MAX_CODE_PAGE = 255
OPEN_TOO_LONG_S = (5, 3_600)


class PrinterSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``[printer]``; no address, no printer. ``profile`` is a name of ``peripherals.escpos.PROFILES``."""

    address: str = ""
    profile: str = "default"
    columns: int = 0
    """Characters of a line; 0: as many as the profile has."""
    red: bool = False
    """It prints red as well as black: head lines may be red."""
    code_page: int = 19
    """The printer's own number of CP858."""
    baud: int = 9600
    frame: str = "8N1"
    rtscts: bool = False
    fence: Literal["auto", "id", "status"] = "auto"
    while_ringing: bool = False
    head_ahead: bool = True
    """With ``while_ringing``, and a knife: the next receipt's head is printed behind the cut of each."""
    drawer_pin: Literal[2, 5] = 2
    drawer_open_level: Literal["", "high", "low"] = ""
    drawer_open_too_long_s: int = 60
    simulated: bool = False
    """A printer for practice inside the till; its paper is ``paper.txt`` in the home."""

    @property
    def line(self) -> Line:
        """How a serial line to it is set."""
        return Line(self.baud, self.frame, self.rtscts)

    @property
    def open_level_high(self) -> bool | None:
        """Whether the sensor's level is high when the drawer is open; None: there is no sensor."""
        return None if not self.drawer_open_level else self.drawer_open_level == "high"

    def faults(self) -> Iterator[tuple[str, str]]:
        """What cannot be used: the key, and what is wrong with it."""
        try:
            if self.address:
                check_address(self.address)
        except ValueError as error:
            yield "address", str(error)
        try:
            self.line.check()
        except ValueError as error:
            yield "baud", _("{reason}; correct baud and frame").format(reason=error)
        if self.columns and not COLUMNS[0] <= self.columns <= COLUMNS[1]:
            yield "columns", _("must be between 24 and 80")
        if not 0 <= self.code_page <= MAX_CODE_PAGE:
            yield "code_page", _("must be between {least} and {most}").format(least=0, most=MAX_CODE_PAGE)
        least, most = OPEN_TOO_LONG_S
        if not least <= self.drawer_open_too_long_s <= most:
            yield "drawer_open_too_long_s", _("must be between {least} and {most}").format(least=least, most=most)
