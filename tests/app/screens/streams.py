"""Bytes as terminals deliver them to a till, made from a seed: scans, and everything else between them.

Whatever is typed on purpose consists of the digits 0 and 5, and no scan has one of these: a digit that turns up as
money, a quantity, a customer or a line tells where it came from.

A scan is *clean* if nothing but its own bytes is in it and nothing unfinished stands before it. A *touched* one has
junk in it or half a function key before or in it; clean scans stand on both sides of it, with no other Enter between.
Left out is what nothing could tell from typing: keys pressed between two characters of a scan.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

from app.domain import codes
from app.domain.statement import Statement, written
from app.domain.voucher import MULTI_PURPOSE, code_from

_LEAVES_A_NUMBER = re.compile(r"[A-Za-z][0-9]+[x+-]")
DIGITS = "12346789"
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZabcdfghjkx"

F_KEYS = tuple(
    "\x1b" + key
    for kind in (
        "OP OQ OR OS",  # xterm
        "[11~ [12~ [13~ [14~ [15~ [17~ [18~ [19~ [20~ [21~ [23~ [24~ [25~ [34~",  # VT220
        "[[A [[B [[C [[D [[E",  # Linux console
        "[1;2P [1;5Q [1;2R [15;2~ [24;5~ [1;5A [Z",  # with Shift and Ctrl
        "[P [Q [13;1~ [S [57376u [57376;1u [57441;1:3u",  # Kitty
        "[A [B [C [D OA OB [5~ [6~ [H [F [1~ [4~ [2~ [3~ [99~",  # arrows and the block of six; what nobody knows
    )
    for key in kind.split(" ")
)
REPORTS = ("\x1b[I", "\x1b[O", "\x1b[?2026;2$y", "\x1b[24;80R", "\x1b[<0;12;7M", "\x1b[<0;12;7m", "\x1b[?62;22c")
"""What terminals say unasked, at any moment, even within a scan."""
AMOUNTS = ("5", "50", "500", "5000", "0,5", "50,", "5.5", "55555")
AMOUNT_KEYS = ("+", "\x1b[19~", "\x1b[20~", "\x1b[17~", "\x1bOS", "\x1b[18~", "\x1b[15~", "-", "%", "*", "x",
               "/05\r", "\r", "\n")  # fmt: skip
TYPED = ("5*", "5x", "50*", "+", "-", "/", "%", "*", "+\r", "+\n", "\r", "5/\r", "/13\r\r", "/13\r\x1b", "/16\r",
         "/17\r", "/18\r\r", "/19\r", "/06\r", "/20\r", "/77\r", "\x0e", "\x18\x1b", "\x1bOM", "\x1bOk",
         "\x1bOu", "\x1bOm", "boss\r", "\x7f", "\x08", "\t", "ä", "€", "+5000\r", "\x1b[19~500+\r",
         "+\x1b[20~", "+\x1b[17~",
         "/30\r", "/31\r", "/90\r", "/02\r")  # fmt: skip
"""What people type; several leave something unfinished in the entry line."""
JUNK = (*(bytes([byte]) for byte in (0, 1, 2, 5, 28, 31, *range(128, 256))), b"\xe2\x82", b"\xff\xfe", b"\xc0\x80",
        b"\xed\xa0\x80", "\x9b".encode())  # fmt: skip
PASTE, PASTED = "\x1b[200~", "\x1b[201~"


class Scan(NamedTuple):
    """One scan of the stream."""

    code: str
    clean: bool


class Stream(NamedTuple):
    """What is written: pieces of bytes, each with the seconds that have passed before it; and the scans in it."""

    writes: list[tuple[float, bytes]]
    scans: list[Scan]


def stream(seed: int, scans: int) -> Stream:
    """A stream with at least so many scans; the same seed makes the same."""
    return _Writer(random.Random(seed)).write(scans)


def of_one_sale(seed: int, scans: int) -> Stream:
    """A stream of barcodes with nothing between them that changes the sale: Esc, help, paging, reports, junk."""
    return _OneSale(random.Random(seed)).write(scans)


class _Writer:
    keys: tuple[str, ...] = ("\x1b",) * 12 + (*F_KEYS, *REPORTS)
    codes = 1.0
    """How much of what can be scanned there is; a half: barcodes only."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._bytes: list[tuple[bytes, float]] = []
        """Pieces and the pause that must follow each."""
        self._scans: list[Scan] = []
        self._taken: set[str] = set()
        self._unfinished = False

    def write(self, scans: int) -> Stream:
        self._scan()
        while len(self._scans) < scans:
            self._rng.choices(list(self._kinds()), list(self._kinds().values()))[0]()
            for _ in range(self._rng.randrange(3)):
                self._scan()
        self._scan()
        return Stream(self._writes(), self._scans)

    # -- what is in it

    def _kinds(self) -> dict[Callable[[], None], int]:
        """What there may be besides single scans, and how often."""
        return {
            self._burst: 30, self._pasted: 4, self._function_key: 16, self._typed: 16, self._amount: 12, self._junk: 4,
            self._touched: 5, self._lost_paste: 1,
        }  # fmt: skip

    def _code(self) -> str:
        rng = self._rng
        while True:
            kind = rng.random() * self.codes
            if kind < 0.75:
                body = "".join(rng.choices(DIGITS, k=rng.choice((7, 11, 12, 12, 12, 12, 13))))
                code = body + codes.gtin_check_digit(body)
            elif kind < 0.85:
                code = code_from(rng.randbytes(32))
            elif kind < 0.99:
                code = rng.choice(LETTERS) + "".join(rng.choices(DIGITS + LETTERS + "_.+-", k=rng.randint(10, 16)))
            else:
                said = Statement(MULTI_PURPOSE, code_from(rng.randbytes(32)), "2026-11-22T09:32:11.000Z", 5000, "EUR")
                code = written(said, lambda _: rng.randbytes(200))
            if code not in self._taken and (("0" not in code and "5" not in code) or len(code) > 40):
                self._taken.add(code)
                return code

    def _add(self, data: str | bytes, pause_s: float = 0.0) -> None:
        self._bytes.append((data.encode() if isinstance(data, str) else data, pause_s))

    def _ending(self) -> str:
        return self._rng.choice(("\r", "\r", "\r", "\n", "\r\n"))

    def _scan(self, *, clean: bool = True) -> None:
        code = self._code()
        self._scans.append(Scan(code, clean and not self._unfinished))
        self._add(code + self._ending())
        self._unfinished = False

    def _burst(self) -> None:
        for _ in range(self._rng.choice((1, 1, 2, 3, 10, 30))):
            self._scan()

    def _pasted(self) -> None:
        self._add(PASTE)
        for _ in range(self._rng.randint(1, 5)):
            self._scan()
        self._add(PASTED)

    def _lost_paste(self) -> None:
        """The mark of its end did not arrive."""
        self._add(PASTE)
        for _ in range(self._rng.randint(1, 3)):
            self._scan()
        self._add(self._rng.choice(("", "\x1b[20", "\x1b[201")), pause_s=0.7)
        self._unfinished = True

    def _function_key(self) -> None:
        key = self._rng.choice(self.keys)
        self._add(key, pause_s=self._rng.choice((0.0, 0.0, 0.1, 0.7)))

    def _typed(self) -> None:
        typed = self._rng.choice(TYPED)
        self._add(typed)
        self._unfinished = self._unfinished or typed[-1] not in "\r\n\x1b"

    def _amount(self) -> None:
        self._add(self._rng.choice(AMOUNTS) + self._rng.choice(AMOUNT_KEYS))
        self._unfinished = True

    def _junk(self) -> None:
        for _ in range(self._rng.randint(1, 4)):
            self._add(self._rng.choice(JUNK))
        self._unfinished = True
        self._scan()

    def _touched(self) -> None:
        """Junk in a scan, or half a function key before or in it; clean scans on both sides."""
        rng = self._rng
        self._scan()
        self._scan()
        code, ending = self._code(), self._ending()
        at = rng.randrange(len(code))
        if rng.random() < 0.5:
            torn = rng.choice([*F_KEYS, PASTED, *REPORTS])
            middle = torn[: rng.randrange(2, len(torn))] if len(torn) > 2 else torn
            if rng.random() < 0.6 or not code.isdigit():
                at = 0  # half a key and a letter may be a whole key: no scan of it may stand in the entry
            while _LEAVES_A_NUMBER.match(code):
                code = self._code()  # nor may what is left begin like a quantity or a line: that is typing
            self._add(code[:at] + middle + code[at:] + ending)
        elif rng.random() < 0.3:
            self._add(code[:at] + rng.choice(REPORTS) + code[at:] + ending)
        else:
            self._add(code[:at].encode() + rng.choice(JUNK) + code[at:].encode() + ending.encode())
        self._scans.append(Scan(code, clean=False))
        self._scan()
        self._scan()

    # -- how it comes

    def _writes(self) -> list[tuple[float, bytes]]:
        """Pieces run together into writes, and are torn anywhere; now and then the line is slow."""
        rng = self._rng
        writes: list[tuple[float, bytes]] = []
        waited_s, gathered = 0.0, b""
        for data, pause_s in self._bytes:
            gathered += data
            if pause_s == 0.0 and rng.random() < 0.7:
                continue
            for piece in self._torn(gathered):
                writes.append((waited_s, piece))
                waited_s = rng.choice((0.0, 0.001, 0.01, 0.03)) if rng.random() < 0.97 else 0.2
                if piece.endswith(b"\x1b"):
                    waited_s = min(waited_s, 0.03)
            waited_s, gathered = waited_s + pause_s, b""
        writes.append((waited_s, gathered))
        return [(wait_s, data) for wait_s, data in writes if data]

    def _torn(self, data: bytes) -> list[bytes]:
        rng = self._rng
        if rng.random() < 0.4:
            return [data]
        if rng.random() < 0.1:
            return [data[at : at + 1] for at in range(len(data))]
        cuts = sorted({rng.randrange(1, len(data)) for _ in range(rng.randint(1, 4))}) if len(data) > 1 else []
        return [data[one:two] for one, two in pairwise([0, *cuts, len(data)])]


class _OneSale(_Writer):
    keys = ("\x1b", "\x1b", "\x1bOP", "\x1b[[A", "\x1b[A", "\x1b[5~", "\x1b[6~", "\x1b[25~", "\x1b[99~", *REPORTS)
    codes = 0.5

    def _kinds(self) -> dict[Callable[[], None], int]:
        return {self._burst: 30, self._pasted: 4, self._function_key: 12, self._junk: 4, self._touched: 6}
