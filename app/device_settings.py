"""``[devices.NAME]`` of ``till.toml``: one struct per class of device, told apart by ``kind``.

.. code-block:: toml

    [devices.counter-scale]        # NAME is what people call it
    kind = "scale"
    address = "/dev/serial/by-id/usb-FTDI_FT232R_A1-if00-port0"   # or HOST:PORT, rfc2217://HOST:PORT
    baud = 9600
    frame = "7E1"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

import msgspec

from app.text import gettext as _
from app.till.customer_lines import GREETING_LINES
from peripherals.badge.codec import PCSC, BadgeFormat, Writing
from peripherals.display.codec import CommandSet
from peripherals.display.text import COLUMNS
from peripherals.gate.codec import MAX_PULSE_S, Strokes, board, raw
from peripherals.line import Line
from peripherals.scale.dialog import MakersSecret
from peripherals.scanner.codec import DOUBLE_READ_MS

DEVICES_MAX = 16
DOUBLE_READ_MS_MAX = 10_000
KEYBOARD = "keyboard"
"""The address of a reader that types."""
_PASSWORD = re.compile(r"[0-9]{6}")
_HEX = re.compile(r"[0-9A-Fa-f]{4}")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,29}")


class Wired(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every device has: where it is, and how its line is set if that is a serial one."""

    address: str = ""
    baud: int = 9600
    frame: str = "8N1"
    simulated: bool = False
    """A machine for practice inside the till instead of one at an address."""

    @property
    def line(self) -> Line:
        """How a serial line to it is set."""
        return Line(self.baud, self.frame)

    @property
    def is_wired(self) -> bool:
        """Whether the address is one of a line."""
        return True

    def check(self) -> None:
        """``ValueError`` for what this kind of device cannot be; the sentence says what to write."""


class DisplaySettings(Wired, frozen=True, forbid_unknown_fields=True, tag="display"):
    """A line display of two times twenty characters."""

    command_set: CommandSet = "epson"
    """As it is switched to: ``epson``, ``cd5220`` or ``aedex``."""
    charset: Literal["", "cp858", "ascii"] = ""
    """``ascii`` spells umlauts and the euro out; empty: as the command set has it."""
    greeting: tuple[str, ...] = ()
    """Up to two lines while nobody is served; none: a plain welcome."""

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        if len(self.greeting) > GREETING_LINES or any(len(line) > COLUMNS for line in self.greeting):
            raise ValueError(
                _("greeting has up to {lines} lines of {columns} characters").format(
                    lines=GREETING_LINES, columns=COLUMNS
                )
            )


class ScannerSettings(Wired, frozen=True, forbid_unknown_fields=True, tag="scanner"):
    """A barcode scanner on a line of its own."""

    aim_ids: bool = False
    """It sends AIM identifiers (``]E0``) before its codes; what has none is then no code."""
    double_read_ms: int = DOUBLE_READ_MS
    """So long the same code is the same label; 0: every reading counts."""

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        if not 0 <= self.double_read_ms <= DOUBLE_READ_MS_MAX:
            raise ValueError(
                _("double_read_ms lies between 0 and {most} thousandths of a second").format(most=DOUBLE_READ_MS_MAX)
            )


class ScaleSettings(Wired, frozen=True, forbid_unknown_fields=True, tag="scale"):
    """A scale. ``manual``: one that has no line; its weights are typed and marked.

    ``checksum`` and ``generator`` (four hexadecimal digits) are what the maker of a Dialog 06 scale gives to those
    whose program was examined; empty: the scale does not ask for them.
    """

    frame: str = "7E1"
    protocol: Literal["mettler8217", "dialog06", "manual"] = "mettler8217"
    checksum: str = ""
    generator: str = ""

    @property
    def is_wired(self) -> bool:
        """Whether the address is one of a line."""
        return self.protocol != "manual"

    @property
    def secret(self) -> MakersSecret | None:
        """Checksum and generator; None: there are none."""
        return MakersSecret(int(self.checksum, 16), int(self.generator, 16)) if self.checksum else None

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        given = [text for text in (self.checksum, self.generator) if text]
        if any(_HEX.fullmatch(text) is None for text in given) or len(given) == 1:
            raise ValueError(_("checksum and generator: both, of four hexadecimal digits, or neither"))
        if given and self.protocol != "dialog06":
            raise ValueError(_("checksum and generator belong to protocol dialog06 alone"))


class BadgeReaderSettings(Wired, frozen=True, forbid_unknown_fields=True, tag="badge_reader"):
    """A reader of badges. ``address`` may also be ``pcsc:NAME`` (PC/SC) or ``keyboard``, for one that types.

    Of the rest ``peripherals.badge.codec.BadgeFormat`` says what it means.
    """

    sends: Writing = "hex"
    last_byte_first: bool = False
    uid_bytes: int = 0
    number: Writing = "hex"
    digits: int = 10

    @property
    def form(self) -> BadgeFormat:
        """How it writes numbers, and how the shop does."""
        return BadgeFormat(self.sends, self.last_byte_first, self.uid_bytes, self.number, self.digits)

    @property
    def types(self) -> bool:
        """Whether its numbers come as keys, so that it has no line."""
        return self.address == KEYBOARD

    @property
    def is_wired(self) -> bool:
        """Whether the address is one of a line."""
        return not self.types and not self.address.startswith(PCSC)

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        self.form.check()


class CardTerminalSettings(Wired, frozen=True, forbid_unknown_fields=True, tag="card_terminal"):
    """A card terminal that speaks ZVT: over TCP (usually port 20007), or in frames on a serial line."""

    frame: str = "8N2"
    password: str = "000000"  # noqa: S105 - what every terminal is delivered with
    """Six digits; terminals come with this one."""
    framing: Literal["auto", "tcp", "serial"] = "auto"
    """``auto``: bare messages in the network, frames on a device file and behind rfc2217."""

    @property
    def in_frames(self) -> bool:
        """Whether messages travel in frames with a checksum."""
        if self.framing == "auto":
            return self.address.startswith(("/", "rfc2217://"))
        return self.framing == "serial"


class GateSettings(Wired, frozen=True, forbid_unknown_fields=True, tag="gate"):
    """A gate or relay that is opened for a moment.

    ``channel`` of a common relay board, or else ``on`` and ``off``: the bytes for it in hexadecimal.
    """

    channel: int = 1
    on: str = ""
    off: str = ""
    pulse_ms: int = 1_000
    opens_for: tuple[str, ...] = ()
    """Article groups: a receipt with goods of one of them opens it; none: only a key does."""
    each: bool = False
    """Once for each piece of these goods, and not once a receipt."""

    @property
    def strokes(self) -> Strokes:
        """What is written to let through and to bar again."""
        return raw(self.on, self.off) if self.on or self.off else board(self.channel)

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        if not 0 < self.pulse_ms <= MAX_PULSE_S * 1000:
            raise ValueError(
                _("pulse_ms lies between 1 and {most} thousandths of a second").format(most=round(MAX_PULSE_S * 1000))
            )
        try:
            _strokes = self.strokes
        except ValueError as error:
            raise ValueError(_("{reason}; correct channel, or on and off").format(reason=error)) from None


DeviceSettings = (
    DisplaySettings | ScannerSettings | ScaleSettings | BadgeReaderSettings | CardTerminalSettings | GateSettings
)


def kind_of(settings: Wired) -> str:
    """The ``kind`` that the settings were written with."""
    return str(settings.__struct_config__.tag)


def check(devices: Mapping[str, DeviceSettings]) -> None:
    """``ValueError`` names the key and says what to do."""
    if len(devices) > DEVICES_MAX:
        raise ValueError(
            _("devices: {count} are too many; {most} at most").format(count=len(devices), most=DEVICES_MAX)
        )
    for name, each in devices.items():
        try:
            _check(name, each)
        except ValueError as error:
            raise ValueError(f"devices.{name}: {error}") from None


def _check(name: str, settings: DeviceSettings) -> None:
    if _NAME.fullmatch(name) is None:
        raise ValueError(_("a name has up to 30 letters, digits, - and _"))
    if not settings.simulated and not settings.address and settings.is_wired:
        raise ValueError(_("address is missing; write where it is, like /dev/serial/by-id/… or 192.168.1.60:9100"))
    if settings.address and not settings.simulated and settings.is_wired:
        check_address(settings.address)
    if isinstance(settings, CardTerminalSettings) and _PASSWORD.fullmatch(settings.password) is None:
        raise ValueError(_("password: six digits, as the terminal's papers say"))
    try:
        settings.line.check()
    except ValueError as error:
        raise ValueError(_("{reason}; correct baud and frame").format(reason=error)) from None
    settings.check()


def check_address(text: str) -> None:
    """``ValueError`` with a plain sentence if no device can be there."""
    if text.startswith("/") and len(text) > 1:
        return
    scheme, found, rest = text.rpartition("://")
    host, colon, port = rest.rpartition(":")
    known = not found or scheme in ("socket", "rfc2217")
    if not known or not host or not colon or not port.isascii() or not port.isdigit() or int(port) > 65_535:
        raise ValueError(
            _("{text!r} is no address of a device; write HOST:PORT, /dev/… or rfc2217://HOST:PORT").format(text=text)
        )
