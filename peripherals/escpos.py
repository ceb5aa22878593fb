"""Chunk -> ESC/POS bytes. The only module that imports python-escpos, and only to compose.

Its own transports lose receipts, so bytes are taken from a ``Dummy`` and sent by
``printer.py``. What has to be known about it (all tried with 3.1):

* Importing it takes a third of a second, calls ``logging.basicConfig()`` and leaves a
  folder in the temporary directory. So it is imported at the first use, off the event
  loop (callers use a thread), and both traces are removed.
* Its automatic code page picks a Greek page for the euro sign, which most printers print
  as a box. The page is forced to CP858, anew after every ``ESC @``.
* ``set(double_height=...)`` sends ``ESC !``, which also resets font and bold;
  ``custom_size`` sends ``GS !``, which does not. Only changes of style are sent.
* ``barcode()`` and ``qr()`` as an image print sentences to standard output, which belongs to
  `tillmesh drive`; so Code 128 and the image of a QR code are composed here.

The print area is set to the profile's columns, so that what the printer centres is centred
over the text even when the paper is wider.

Characters CP858 lacks are replaced one for one, so that a laid-out line keeps its
width, and control characters never reach the printer: a name is not a command.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
import unicodedata
from typing import Any

import msgspec
import segno

from peripherals.print_job import Chunk, Cut, Feed, Instruction, Symbol, Text

CODE_PAGE = "CP858"
MAX_CHUNK_INSTRUCTIONS = 5000
"""A receipt of a thousand lines stays below; a chunk above it is a mistake of the caller."""
MAX_SYMBOL_CHARACTERS = 512
QR_LEVEL_M = 1
"""A slip lives in a purse and must survive a crease."""
FONT_DOTS = {"a": 12, "b": 9}
"""Width of a character."""
SMALL_LINE_DOTS = 22
"""Line spacing of the small font; the default leaves nearly half of the paper blank."""
MAX_CODE128_CHARACTERS = 20
"""At two dots a module more would not fit 58 mm paper."""

_LOOKALIKES = str.maketrans(
    {"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"',
     "…": ".", "•": "·", "ẞ": "ß", "œ": "o", "Œ": "O", "\u00a0": " ", "\u202f": " ", "\u2009": " "}
)  # fmt: skip
_import_lock = threading.Lock()


class PrinterProfile(msgspec.Struct, frozen=True):
    """What differs between printers. ``columns`` at ``font`` (``a`` or ``b``); ``qr_dots`` per module."""

    name: str
    columns: int
    font: str = "a"
    native_qr: bool = True
    cutter: bool = True
    qr_dots: int = 8


PROFILES = {
    each.name: each
    for each in (
        PrinterProfile("default", 42),
        PrinterProfile("80mm-48", 48),
        PrinterProfile("80mm-56", 56, font="b"),
        PrinterProfile("58mm-32", 32, native_qr=False, cutter=False, qr_dots=6),
    )
}
"""``default``: 80 mm paper at 180 dpi (42 columns of 12 dots: TM-T88 and its kin); ``80mm-48``: 80 mm at 203 dpi
(TM-T20 and most others); ``80mm-56``: the small font on 42-column printers; ``58mm-32``: small printers without
knife and QR command."""


class UnknownProfile(ValueError):
    """No profile of that name; the text lists those there are."""


def profile(name: str, columns: int | None = None) -> PrinterProfile:
    """The profile by name, with other ``columns`` if given. ``UnknownProfile`` if there is none."""
    found = PROFILES.get(name)
    if found is None:
        raise UnknownProfile(f"unknown printer profile {name!r}; there are {', '.join(PROFILES)}")
    return found if columns is None else msgspec.structs.replace(found, columns=columns)


class Composer:
    """Makes the bytes of one chunk after the other. Not for two threads at once."""

    def __init__(self, printer_profile: PrinterProfile) -> None:
        self.profile = printer_profile
        self._dummy: Any = None

    def compose(self, chunk: Chunk) -> bytes:
        """All bytes of the chunk, beginning with ``ESC @``; ``ValueError`` for what cannot be printed."""
        if len(chunk.instructions) > MAX_CHUNK_INSTRUCTIONS:
            raise ValueError(f"{len(chunk.instructions)} instructions in a chunk, {MAX_CHUNK_INSTRUCTIONS} at most")
        if self._dummy is None:
            self._dummy = _dummy()
        page = _Page(self._dummy, self.profile)
        for instruction in chunk.instructions:
            page.add(instruction)
        return page.taken()


class _Page:
    """One chunk in the making: the bytes so far and the style that the printer is in."""

    def __init__(self, dummy: Any, printer_profile: PrinterProfile) -> None:
        self._profile = printer_profile
        self._dummy = dummy
        self._out = bytearray()
        self._style = (False, False, False)
        self._centred = False
        dummy.clear()
        dummy.hw("INIT")
        dummy.magic.encoding = None  # after ESC @ it would believe that the old page still holds
        dummy.charcode(CODE_PAGE)
        if printer_profile.font == "b":
            dummy.set(font="b")
            dummy.line_spacing(SMALL_LINE_DOTS)
        self._flush()
        self._out += b"\x1d\x57" + (printer_profile.columns * FONT_DOTS[printer_profile.font]).to_bytes(2, "little")

    def add(self, instruction: Instruction) -> None:
        match instruction:
            case Text():
                self._text(instruction)
            case Symbol():
                self._symbol(instruction)
            case Feed(lines):
                self._dummy.print_and_feed(lines)
            case Cut() if self._profile.cutter:
                self._dummy.cut("FULL")
            case Cut():
                self._dummy.print_and_feed(4)

    def taken(self) -> bytes:
        self._flush()
        return bytes(self._out)

    def _flush(self) -> None:
        self._out += self._dummy.output
        self._dummy.clear()

    def _text(self, line: Text) -> None:
        style = (line.bold, line.tall, line.wide)
        if style[0] != self._style[0]:
            self._dummy.set(bold=line.bold)
        if style[1:] != self._style[1:]:
            self._dummy.set(custom_size=True, width=2 if line.wide else 1, height=2 if line.tall else 1)
        self._style = style
        self._align(centred=line.centred)
        self._dummy.textln(printable(line.text))

    def _symbol(self, symbol: Symbol) -> None:
        if not symbol.data or len(symbol.data) > MAX_SYMBOL_CHARACTERS:
            raise ValueError(f"a symbol holds 1 to {MAX_SYMBOL_CHARACTERS} characters, not {len(symbol.data)}")
        self._align(centred=True)
        if symbol.kind == "qr" and self._profile.native_qr:
            self._dummy.qr(symbol.data, ec=QR_LEVEL_M, size=self._profile.qr_dots, native=True)
            return
        self._flush()
        self._out += (
            _code128(symbol.data) if symbol.kind == "code128" else _qr_image(symbol.data, self._profile.qr_dots)
        )

    def _align(self, *, centred: bool) -> None:
        if centred != self._centred:
            self._dummy.set(align="center" if centred else "left")
            self._centred = centred


def printable(text: str) -> str:
    """The text in characters that CP858 has, one for one; what has no likeness becomes ``?``, controls a space."""
    return "".join(_printable(char) for char in text.translate(_LOOKALIKES))


def _printable(char: str) -> str:
    if ord(char) < 0x20 or 0x7F <= ord(char) < 0xA0:
        return " "
    for candidate in (char, unicodedata.normalize("NFKD", char)[0]):
        try:
            candidate.encode(CODE_PAGE)
        except UnicodeEncodeError:
            continue
        return candidate
    return "?"


def _code128(data: str) -> bytes:
    """Code set B, 80 dots high, 2 dots a module, no text below: ``1D 68 50 1D 77 02 1D 48 00 1D 6B 49 n 7B 42 ...``."""
    if len(data) > MAX_CODE128_CHARACTERS or not data.isascii() or not data.isprintable():
        raise ValueError(f"Code 128 takes at most {MAX_CODE128_CHARACTERS} printable ASCII characters")
    body = b"{B" + data.encode("ascii").replace(b"{", b"{{")
    return b"\x1dh\x50\x1dw\x02\x1dH\x00\x1dkI" + bytes((len(body),)) + body


def _qr_image(data: str, dots: int) -> bytes:
    """The QR code as a raster of ``dots`` a module (``GS v 0``), for printers without a command for it."""
    # segno adds no quiet zone to ``matrix``; the paper around it is one.
    modules = segno.make(data, error="m", micro=False).matrix
    across = (len(modules) * dots + 7) // 8
    rows = bytearray()
    for line in modules:
        bits = "".join(("1" if module else "0") * dots for module in line).ljust(across * 8, "0")
        rows += int(bits, 2).to_bytes(across, "big") * dots
    return b"\x1d\x76\x30\x00" + across.to_bytes(2, "little") + (len(modules) * dots).to_bytes(2, "little") + rows


def _dummy() -> Any:
    """A python-escpos ``Dummy``; its import's traces (a logging handler, a temporary folder) are removed."""
    root = logging.getLogger()
    with _import_lock:
        before = list(root.handlers)
        from escpos import capabilities
        from escpos.printer import Dummy

        for handler in [each for each in root.handlers if each not in before and type(each) is logging.StreamHandler]:
            root.removeHandler(handler)
        if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
            shutil.rmtree(capabilities.pickle_dir, ignore_errors=True)
    return Dummy(profile="default")
