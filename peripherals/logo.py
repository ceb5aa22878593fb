"""A shop's logo: a picture file -> rows of black dots, checked before anybody prints it.

A printer does not scale: each pixel of the file becomes one dot, at 203 dots an inch. So a picture that is wider than
the paper is an error that says how wide it may be, and not a guess. Grey is dithered, transparency is paper.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Literal

from peripherals.print_job import Picture

MAX_FILE_BYTES = 1_000_000
MAX_DOWN = 400
"""Five centimetres: more head than that is paper for nothing, and ten seconds at 9600 baud."""
MIN_DOTS = 8

Problem = Literal["missing", "no_picture", "too_large", "too_small", "too_wide", "too_high"]


class LogoError(ValueError):
    """The file cannot be the logo. ``width`` and ``height`` in dots as far as they are known."""

    def __init__(self, problem: Problem, width: int = 0, height: int = 0) -> None:
        super().__init__(problem)
        self.problem: Problem = problem
        self.width = width
        self.height = height


def read_logo(path: Path, across: int) -> Picture:
    """The picture in this file for paper that is ``across`` dots wide. ``LogoError`` if it cannot be printed.

    Slow (imports a library): to be called in a thread, or before anybody waits.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise LogoError("too_large")
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                _check(image.width, image.height, across)
                coloured = image.convert("RGBA")
    except UnidentifiedImageError:
        raise LogoError("no_picture") from None
    except FileNotFoundError:
        raise LogoError("missing") from None
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        if isinstance(error, LogoError):
            raise
        raise LogoError("no_picture") from None  # begins like one and is cut off or damaged
    paper = Image.new("RGBA", coloured.size, "white")
    paper.alpha_composite(coloured)
    dots = paper.convert("L").convert("1")
    return Picture(dots.width, bytes(byte ^ 0xFF for byte in _padded(dots.tobytes(), dots.width)))


def _check(width: int, height: int, across: int) -> None:
    if min(width, height) < MIN_DOTS:
        raise LogoError("too_small", width, height)
    if width > across:
        raise LogoError("too_wide", width, height)
    if height > MAX_DOWN:
        raise LogoError("too_high", width, height)


def _padded(rows: bytes, width: int) -> bytes:
    """The rows with the bits behind the last dot white (1), as Pillow leaves them undefined."""
    spare = -width % 8
    if not spare:
        return rows
    row = (width + 7) // 8
    last = (1 << spare) - 1
    padded = bytearray(rows)
    for end in range(row - 1, len(padded), row):
        padded[end] |= last
    return bytes(padded)
