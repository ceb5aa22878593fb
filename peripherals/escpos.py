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
  `tillmesh drive`; so ``symbols.py`` composes Code 128 and the image of a QR code.

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
from functools import lru_cache
from typing import Any, Literal

import msgspec

from peripherals.print_job import MAX_CHUNK_BYTES, Chunk, Cut, Feed, Instruction, Logo, Picture, Symbol, Text
from peripherals.symbols import QR_LEVEL_M, code128, qr_dots, qr_image, strips

CODE_PAGE = "CP858"
MAX_CHUNK_INSTRUCTIONS = 10_000
"""The longest receipt of a till, two hundred lines with all that belongs under them, stays below; more is a mistake."""
MAX_SYMBOL_CHARACTERS = 1_200
FONT_DOTS = {"a": 12, "b": 9}
"""Width of a character."""
SMALL_LINE_DOTS = 22
"""Line spacing of the small font; the default leaves nearly half of the paper blank."""
_LOOKALIKES = str.maketrans(
    {"–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"',
     "…": ".", "•": "·", "ẞ": "ß", "œ": "o", "Œ": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ħ": "h", "Ħ": "H",
     "ŧ": "t", "Ŧ": "T", "ı": "i", "‹": "<", "›": ">", "′": "'", "″": '"', "\u00a0": " ", "\u202f": " ",
     "\u2009": " "}
)  # fmt: skip
_RED, _BLACK = b"\x1br\x01", b"\x1br\x00"
_import_lock = threading.Lock()


class PrinterProfile(msgspec.Struct, frozen=True):
    """What differs between printers. ``columns`` at ``font`` (``a`` or ``b``); ``qr_dots`` per module.

    ``cut``: ``full`` (``GS V 0`` after a feed), ``partial`` (``GS V 66``, which feeds by itself), ``none``: no knife.
    ``epson``: may be an Epson, so that it may be asked for Epson's fence.
    """

    name: str
    columns: int
    font: str = "a"
    native_qr: bool = True
    cut: Literal["full", "partial", "none"] = "full"
    qr_dots: int = 8
    red: bool = False
    """Two colours: an impact printer's ribbon, or paper that turns red at less heat (``ESC r 1``)."""
    epson: bool = True
    code_page: int = 19
    """The printer's own number of CP858 (``ESC t n``); some clones count otherwise."""

    @property
    def dots(self) -> int:
        """Dots across the print area."""
        return self.columns * FONT_DOTS[self.font]


PROFILES = {
    each.name: each
    for each in (
        PrinterProfile("default", 42),
        PrinterProfile("80mm-48", 48),
        PrinterProfile("80mm-56", 56, font="b"),
        PrinterProfile("58mm-32", 32, native_qr=False, cut="none", qr_dots=6),
        PrinterProfile("clone-42", 42, cut="partial", epson=False),
        PrinterProfile("clone-48", 48, cut="partial", epson=False),
        PrinterProfile("clone-56", 56, font="b", cut="partial", epson=False),
    )
}
"""``default``: 80 mm paper at 180 dpi (42 columns of 12 dots: TM-T88 and its kin); ``80mm-48``: 80 mm at 203 dpi
(TM-T20 and most others); ``80mm-56``: the small font on 42-column printers; ``58mm-32``: small printers without
knife and QR command; ``clone-…``: printers of other makers that speak ESC/POS."""


class UnknownProfile(ValueError):
    """No profile of that name; the text lists those there are."""


def profile(
    name: str, columns: int | None = None, *, red: bool = False, code_page: int | None = None
) -> PrinterProfile:
    """The profile by name, with other ``columns`` and ``code_page`` if given, and ``red``. ``UnknownProfile`` if there
    is none."""
    found = PROFILES.get(name)
    if found is None:
        raise UnknownProfile(f"unknown printer profile {name!r}; there are {', '.join(PROFILES)}")
    return msgspec.structs.replace(
        found,
        columns=columns or found.columns,
        red=red or found.red,
        code_page=found.code_page if code_page is None else code_page,
    )


class Composer:
    """Makes the bytes of one chunk after the other. ``logo``: what ``Logo`` stands for. Not for two threads at once."""

    def __init__(self, printer_profile: PrinterProfile, logo: Picture | None = None) -> None:
        self.profile = printer_profile
        self._logo = logo
        self._dummy: Any = None

    def compose(self, chunk: Chunk) -> bytes:
        """All bytes of the chunk, beginning with ``ESC @``; ``ValueError`` for what cannot be printed."""
        if len(chunk.instructions) > MAX_CHUNK_INSTRUCTIONS:
            raise ValueError(f"{len(chunk.instructions)} instructions in a chunk, {MAX_CHUNK_INSTRUCTIONS} at most")
        if self._dummy is None:
            self._dummy = _dummy()
        page = _Page(self._dummy, self.profile, self._logo)
        for instruction in chunk.instructions:
            page.add(instruction)
        data = page.taken()
        if len(data) > MAX_CHUNK_BYTES:
            raise ValueError(f"a chunk of {len(data)} bytes; {MAX_CHUNK_BYTES} at most")
        return data


class _Page:
    """One chunk in the making: the bytes so far and the style that the printer is in."""

    def __init__(self, dummy: Any, printer_profile: PrinterProfile, logo: Picture | None) -> None:
        self._profile = printer_profile
        self._logo = logo
        self._dummy = dummy
        self._out = bytearray()
        self._style = (False, False, False, False)
        self._centred = False
        dummy.clear()
        dummy.hw("INIT")
        dummy.magic.encoding = None  # after ESC @ it would believe that the old page still holds
        dummy.charcode(CODE_PAGE)
        self._flush()
        self._out[-1] = printer_profile.code_page
        if printer_profile.font == "b":
            dummy.set(font="b")
            dummy.line_spacing(SMALL_LINE_DOTS)
        self._flush()
        self._out += b"\x1d\x57" + printer_profile.dots.to_bytes(2, "little")

    def add(self, instruction: Instruction) -> None:
        match instruction:
            case Text():
                self._text(instruction)
            case Symbol():
                self._symbol(instruction)
            case Feed(lines):
                self._dummy.print_and_feed(lines)
            case Cut():
                self._cut()
            case Logo():
                self._picture()

    def _cut(self) -> None:
        match self._profile.cut:
            case "full":
                self._dummy.cut("FULL")
            case "partial":
                self._flush()
                self._out += b"\x1d\x56\x42\x00"
            case "none":
                self._dummy.print_and_feed(4)

    def _picture(self) -> None:
        if self._logo is not None:
            self._align(centred=True)
            self._flush()
            for strip in strips(self._logo):
                self._out += strip

    def taken(self) -> bytes:
        self._flush()
        return bytes(self._out)

    def _flush(self) -> None:
        self._out += self._dummy.output
        self._dummy.clear()

    def _text(self, line: Text) -> None:
        red = line.red and self._profile.red
        style = (line.bold or (line.red and not red), line.tall, line.wide, red)
        if style[0] != self._style[0]:
            self._dummy.set(bold=style[0])
        if red != self._style[3]:
            self._flush()
            self._out += _RED if red else _BLACK
        if style[1:3] != self._style[1:3]:
            self._dummy.set(custom_size=True, width=2 if line.wide else 1, height=2 if line.tall else 1)
        self._style = style
        self._align(centred=line.centred)
        # Every character is known to be in the code page: no need to look for one, letter by letter, as it would.
        self._flush()
        self._out += printable(line.text).encode(CODE_PAGE) + b"\n"

    def _symbol(self, symbol: Symbol) -> None:
        if not symbol.data or len(symbol.data) > MAX_SYMBOL_CHARACTERS:
            raise ValueError(f"a symbol holds 1 to {MAX_SYMBOL_CHARACTERS} characters, not {len(symbol.data)}")
        self._align(centred=True)
        if symbol.kind == "code128":
            self._flush()
            self._out += code128(symbol.data)
            return
        dots = qr_dots(symbol.data, self._profile.dots, self._profile.qr_dots)
        if self._profile.native_qr:
            self._dummy.qr(symbol.data, ec=QR_LEVEL_M, size=dots, native=True)
        else:
            self._flush()
            self._out += qr_image(symbol.data, dots)

    def _align(self, *, centred: bool) -> None:
        if centred != self._centred:
            self._dummy.set(align="center" if centred else "left")
            self._centred = centred


def printable(text: str) -> str:
    """The text in characters that CP858 has, one for one; what has no likeness becomes ``?``, controls a space."""
    plain = text.translate(_LOOKALIKES)
    if plain.isprintable():
        try:
            plain.encode(CODE_PAGE)
        except UnicodeEncodeError:
            pass
        else:
            return plain
    return "".join(map(_printable, plain))


@lru_cache(maxsize=4096)
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
