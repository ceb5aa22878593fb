"""Codes for scanners, and pictures, as ESC/POS bytes: how large they become, and those that no printer makes itself.

python-escpos makes them too, but prints sentences to standard output while it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from peripherals.print_job import Picture

QR_LEVEL_M = 1
"""A slip lives in a purse and must survive a crease."""
QR_DOTS_ACROSS = 384
"""What a QR code may take with its margin: the print width of 58 mm paper. More is no easier to scan."""
QR_DOTS_LEAST = 3
"""0.375 mm a module at 203 dpi: what hand-held scanners still read."""
_QR_MARGIN = 8
_QR_LETTERS = (20, 38, 61, 90, 122, 154, 178, 221, 262, 311, 366, 419, 483, 528, 600, 656, 734, 816, 909, 970, 1035,
               1134, 1248)  # fmt: skip
"""Characters that versions 1, 2, … hold at level M: digits and capital letters (ISO/IEC 18004, table 7)."""
_QR_BYTES = (14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666, 711, 779,
             857, 911, 997, 1059, 1125, 1190, 1264)  # fmt: skip
"""Likewise bytes of any kind."""
MAX_CODE128_CHARACTERS = 20
"""At two dots a module more would not fit 58 mm paper."""
STRIP_ROWS = 128
"""Pictures go out in strips, with no gap between them: clones have little memory for one."""

_LETTERS = re.compile(r"[0-9A-Z $%*+./:-]*")


def modules_of(data: str) -> int:
    """Modules of a side of the QR code that holds the text at level M; ``ValueError`` if none of ours does.

    >>> modules_of("7K3M9QXA0PWTB"), modules_of("TM1" + "0" * 362)
    (21, 61)
    """
    letters = _LETTERS.fullmatch(data) is not None
    limits: Sequence[int] = _QR_LETTERS if letters else _QR_BYTES
    size = len(data) if letters else len(data.encode())
    for version, limit in enumerate(limits, 1):
        if size <= limit:
            return 17 + 4 * version
    raise ValueError(f"{size} characters are too many for a QR code on a slip")


def qr_dots(data: str, across: int, most: int) -> int:
    """Dots of a module of this QR code: ``most``, or as many as fit paper that is ``across`` dots wide."""
    room = min(QR_DOTS_ACROSS, across)
    return max(QR_DOTS_LEAST, min(most, room // (modules_of(data) + _QR_MARGIN)))


def code128(data: str) -> bytes:
    """Code set B, 80 dots high, 2 dots a module, no text below: ``1D 68 50 1D 77 02 1D 48 00 1D 6B 49 n 7B 42 ...``."""
    if len(data) > MAX_CODE128_CHARACTERS or not data.isascii() or not data.isprintable():
        raise ValueError(f"Code 128 takes at most {MAX_CODE128_CHARACTERS} printable ASCII characters")
    body = b"{B" + data.encode("ascii").replace(b"{", b"{{")
    return b"\x1dh\x50\x1dw\x02\x1dH\x00\x1dkI" + bytes((len(body),)) + body


def qr_image(data: str, dots: int) -> bytes:
    """The QR code as a raster of ``dots`` a module (``GS v 0``), for printers without a command for it."""
    import segno

    # It adds no quiet zone to ``matrix``; the paper around it is one.
    modules = segno.make(data, error="m", micro=False).matrix
    across = len(modules) * dots
    rows = bytearray()
    for line in modules:
        bits = "".join(("1" if module else "0") * dots for module in line).ljust((across + 7) // 8 * 8, "0")
        rows += int(bits, 2).to_bytes(len(bits) // 8, "big") * dots
    return raster(Picture(across, bytes(rows)))


def raster(picture: Picture) -> bytes:
    """``GS v 0``: ``1D 76 30 00 xL xH yL yH`` and the rows."""
    wide = picture.row_bytes
    down = len(picture.rows) // wide
    return b"\x1d\x76\x30\x00" + wide.to_bytes(2, "little") + down.to_bytes(2, "little") + picture.rows


def strips(picture: Picture) -> Iterator[bytes]:
    """A large picture in rasters of at most ``STRIP_ROWS``."""
    size = picture.row_bytes * STRIP_ROWS
    for at in range(0, len(picture.rows), size):
        yield raster(Picture(picture.across, picture.rows[at : at + size]))
