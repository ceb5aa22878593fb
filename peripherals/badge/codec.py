"""What a badge reader sends -> the badge's number, the same from every reader of the shop. Pure; time is an argument.

The chip's number (UID) is some bytes; readers differ in how they write them: hex or decimal, the first byte first or
last, with colons between. Which it is cannot be seen from a number, so it is configuration (``BadgeFormat``), and so is
how the shop writes them down (in its file of users):

    UID 04 A1 B2 C3      hex 04A1B2C3      decimal 0077705923      last byte first C3B2A104 or 3283263748
"""

from __future__ import annotations

from typing import Literal

import msgspec

from peripherals.line_cutter import LineCutter, Lost
from peripherals.repeats import Repeats

PCSC = "pcsc:"
"""What addresses of readers begin with that PC/SC knows (``pcsc.py``)."""
MAX_LINE_BYTES = 64
MAX_UID_BYTES = 16
REPEAT_MS = 2_000
"""A badge that lies on its reader is read over and over."""
_SEPARATORS = str.maketrans("", "", " :-\x02\x03")
"""Between the bytes, and the STX and ETX around them."""

Writing = Literal["hex", "decimal"]


class BadgeFormat(msgspec.Struct, frozen=True):
    """How a reader writes numbers (``sends``, ``last_byte_first``) and how the shop does (``number``).

    ``uid_bytes``: how many bytes a number has; any other is no badge of this shop. 0: any; then a decimal number cannot
    be turned round. ``digits``: zeros in front fill decimal numbers up to this.
    """

    sends: Writing = "hex"
    last_byte_first: bool = False
    uid_bytes: int = 0
    number: Writing = "hex"
    digits: int = 10

    def check(self) -> None:
        """``ValueError`` for what cannot be meant."""
        if not 0 <= self.uid_bytes <= MAX_UID_BYTES:
            raise ValueError(f"uid_bytes lies between 0 (any) and {MAX_UID_BYTES}")
        if not 0 <= self.digits <= 3 * MAX_UID_BYTES:
            raise ValueError(f"digits lies between 0 and {3 * MAX_UID_BYTES}")
        if self.sends == "decimal" and not self.uid_bytes and (self.last_byte_first or self.number == "hex"):
            raise ValueError("a decimal number says nothing about its bytes: set uid_bytes (4 for most badges)")


class Presented(msgspec.Struct, frozen=True):
    """A badge's number as the shop writes it."""

    number: str


class Unreadable(msgspec.Struct, frozen=True):
    """What came and is no badge's number by the format; numbers are nobody's business, so it does not say which."""

    reason: Literal["partial", "too_long", "garbage", "length"]


def number_of(text: str, form: BadgeFormat) -> Presented | Unreadable:
    """The number that a reader of this format wrote.

    >>> number_of("04:A1:B2:C3", BadgeFormat(number="decimal"))
    Presented(number='0077705923')
    """
    bare = text.translate(_SEPARATORS)
    if not bare or not bare.isascii() or len(bare) > 3 * MAX_UID_BYTES:
        return Unreadable("garbage")
    if form.sends == "hex":
        try:
            uid = bytes.fromhex(bare)
        except ValueError:
            return Unreadable("garbage")
    elif not bare.isdigit():
        return Unreadable("garbage")
    elif not form.uid_bytes:
        return Presented(bare.lstrip("0").zfill(form.digits))
    else:
        try:
            uid = int(bare).to_bytes(form.uid_bytes, "big")
        except OverflowError:
            return Unreadable("length")
    return written(uid, form)


def written(uid: bytes, form: BadgeFormat) -> Presented | Unreadable:
    """The bytes, as they came, as the shop writes them."""
    if not uid or len(uid) > MAX_UID_BYTES or (form.uid_bytes and len(uid) != form.uid_bytes):
        return Unreadable("length")
    uid = uid[::-1] if form.last_byte_first else uid
    if form.number == "hex":
        return Presented(uid.hex().upper())
    return Presented(str(int.from_bytes(uid, "big")).zfill(form.digits))


class BadgeCodec:
    """The stream of one reader. ``repeat_ms``: so long the same badge is still the same presenting of it."""

    def __init__(self, form: BadgeFormat, *, repeat_ms: int = REPEAT_MS) -> None:
        self._form = form
        self._lines = LineCutter(MAX_LINE_BYTES)
        self._repeats = Repeats(repeat_ms)

    @property
    def due_s(self) -> float | None:
        """When ``expire`` is to be called at the latest; None: nothing has begun."""
        return self._lines.due_s

    def feed(self, data: bytes, now_s: float) -> list[Presented | Unreadable]:
        """What is complete with these bytes, in order; ETX ends a number as CR does."""
        found = [self._one(line, now_s) for line in self._lines.feed(data.replace(b"\x03", b"\r"), now_s)]
        return [each for each in found if each is not None]

    def expire(self, now_s: float) -> list[Presented | Unreadable]:
        """What has waited too long for its end."""
        return [Unreadable(lost.reason) for lost in self._lines.expire(now_s)]

    def _one(self, line: bytes | Lost, now_s: float) -> Presented | Unreadable | None:
        if isinstance(line, Lost):
            return Unreadable(line.reason)
        found = number_of(line.decode("latin-1"), self._form)
        if isinstance(found, Presented) and self._repeats.again(found.number, now_s):
            return None
        return found
