"""Code 128 in set B as bars and spaces (ISO/IEC 15417): what a PDF draws where a printer has a command of its own."""

from __future__ import annotations

_WIDTHS = (
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
)  # fmt: skip
"""Bar, space, bar, space, bar, space in modules, by the character's value."""
_STOP = "2331112"
_START_B = 104
_FIRST = ord(" ")
QUIET = 10
"""Modules of white that belong on each side."""


def code128(text: str) -> tuple[int, ...]:
    """Widths in modules, beginning with a bar, then a space, and so on. ``ValueError`` for what set B has not.

    >>> sum(code128("A")), code128("A")[:6]
    (46, (2, 1, 1, 2, 1, 4))
    """
    if not text or not text.isascii() or not text.isprintable():
        raise ValueError("Code 128 takes printable ASCII characters, and at least one")
    values = [_START_B, *(ord(each) - _FIRST for each in text)]
    check = (_START_B + sum(place * value for place, value in enumerate(values))) % 103
    return tuple(int(width) for value in (*values, check) for width in _WIDTHS[value]) + tuple(map(int, _STOP))
