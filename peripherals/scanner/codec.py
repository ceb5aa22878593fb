"""What a barcode scanner sends: bytes -> codes. Pure; time is an argument.

A scanner that is set up to send AIM identifiers begins each code with ``]cm``: a letter for the symbology, a
character for its variant (ISO/IEC 15424). They tell a GS1-128 from a label of the shop's own, and a code that came
whole from the rest of one that did not; so a scanner whose identifiers are switched on (``aim_ids``) must send one.

    ]E04006381333931      EAN-13 (UPC-A comes as one too)      ]E4  EAN-8
    ]C101040063813339311724…<GS>10AB     GS1-128: an element string, FNC1 as GS (1Dh); so are ]d2, ]Q3 and ]e0
    4006381333931         no identifier: 8, 12, 13 or 14 digits are a GTIN

The check digit of a GTIN is reckoned here once more, whatever the scanner promised. What cannot be a code as it
stands is ``Dropped`` with its reason, so that somebody can hear that this label has to be scanned again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from peripherals.line_cutter import LineCutter, Lost
from peripherals.repeats import Repeats

MAX_CODE_BYTES = 1_200
"""As much as the symbol of a slip holds."""
DOUBLE_READ_MS = 400
GS = "\x1d"
SYMBOLOGIES: Mapping[str, str] = {
    "A": "code39", "C0": "code128", "C1": "gs1_128", "C2": "code128", "E0": "ean13", "E3": "ean13", "E4": "ean8",
    "F": "codabar", "G": "code93", "I": "itf", "L": "pdf417", "M": "msi", "Q0": "qr", "Q1": "qr", "Q3": "gs1_qr",
    "d": "datamatrix", "d2": "gs1_datamatrix", "e0": "gs1_databar", "z": "aztec",
}  # fmt: skip
"""The name of a symbology by the letter of its identifier, or by letter and variant where these differ."""
ELEMENT_STRINGS = ("gs1_128", "gs1_datamatrix", "gs1_qr", "gs1_databar")
_GTIN_LENGTHS = (8, 12, 13, 14)
_LENGTHS = {"ean13": (12, 13), "ean8": (8,)}
_ADD_ON = {15: 13, 18: 13}
"""EAN-13 with the two or five digits that magazines have beside it: the article is in the first 13."""

Reason = Literal["partial", "too_long", "garbage", "check_digit", "double"]


class Scanned(msgspec.Struct, frozen=True):
    """A code. ``symbology`` is a value of ``SYMBOLOGIES``; empty if the scanner did not say, or nobody knows it."""

    text: str
    symbology: str = ""


class Dropped(msgspec.Struct, frozen=True):
    """What came and is no code: ``garbage`` are bytes that no label holds (a wrong baud rate looks like that)."""

    reason: Reason
    text: str = ""
    """The beginning of it, printable."""


def read(line: bytes, *, aim_ids: bool = False) -> Scanned | Dropped:
    """A whole line as a code. ``aim_ids``: it has to begin with an AIM identifier.

    >>> read(b"]E04006381333931"), read(b"4006381333932")
    (Scanned(text='4006381333931', symbology='ean13'), Dropped(reason='check_digit', text='4006381333932'))
    """
    text = line.decode("latin-1")
    if not all(" " <= character <= "~" or character == GS for character in text):
        return Dropped("garbage", printable(line))
    aim = text[:3] if text.startswith("]") and len(text) > 3 else ""
    if aim_ids and not aim:
        return Dropped("partial", printable(line))
    code = text.removeprefix(aim)
    symbology = SYMBOLOGIES.get(aim[1:], SYMBOLOGIES.get(aim[1:2], "")) if aim else ""
    if symbology in ELEMENT_STRINGS:
        code = code.removeprefix(GS)
    elif symbology == "ean13":
        code = code[: _ADD_ON.get(len(code), len(code))]
    if not code:
        return Dropped("garbage", printable(line))
    if symbology in _LENGTHS:
        good = code.isdigit() and len(code) in _LENGTHS[symbology] and gtin_holds(code)
    else:
        good = bool(aim) or not code.isdigit() or len(code) not in _GTIN_LENGTHS or gtin_holds(code)
    return Scanned(code, symbology) if good else Dropped("check_digit", printable(code.encode()))


def gtin_holds(digits: str) -> bool:
    """Whether the last digit is the check digit (modulo 10, weights 3 and 1 from the right) of those before it.

    >>> gtin_holds("4006381333931"), gtin_holds("4006381333932"), gtin_holds("73513537")
    (True, False, True)
    """
    weighed = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(reversed(digits)))
    return weighed % 10 == 0


def printable(data: bytes) -> str:
    """The beginning of it as people may read it: what cannot be printed is a dot."""
    return "".join(chr(byte) if 0x20 <= byte <= 0x7E else "." for byte in data[:40])


class ScannerCodec:
    """The stream of one scanner. ``double_read_ms``: so long the same code is the same label."""

    def __init__(self, *, aim_ids: bool = False, double_read_ms: int = DOUBLE_READ_MS) -> None:
        self._aim_ids = aim_ids
        self._lines = LineCutter(MAX_CODE_BYTES)
        self._repeats = Repeats(double_read_ms)

    @property
    def due_s(self) -> float | None:
        """When ``expire`` is to be called at the latest; None: nothing has begun."""
        return self._lines.due_s

    def feed(self, data: bytes, now_s: float) -> list[Scanned | Dropped]:
        """What is complete with these bytes, in order."""
        return [self._one(line, now_s) for line in self._lines.feed(data, now_s)]

    def expire(self, now_s: float) -> list[Scanned | Dropped]:
        """What has waited too long for its end."""
        return [self._one(lost, now_s) for lost in self._lines.expire(now_s)]

    def _one(self, line: bytes | Lost, now_s: float) -> Scanned | Dropped:
        if isinstance(line, Lost):
            return Dropped(line.reason, printable(line.data))
        heard = read(line, aim_ids=self._aim_ids)
        if isinstance(heard, Scanned) and self._repeats.again(heard.text, now_s):
            return Dropped("double", printable(heard.text.encode()))
        return heard
