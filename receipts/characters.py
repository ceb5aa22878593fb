"""Text from outside (article names, shop lines, advertising) as characters that a page can count on.

Columns are the whole of a receipt's layout, so every character that gets through takes exactly one column, wherever
it is shown: on paper, in a terminal, in a PDF. What takes none, takes two, or makes its surroundings run from right
to left is replaced here, once, before anything is measured; which of the others a printer has, only its driver knows.

==========================================  ====================================================================
what                                        becomes
==========================================  ====================================================================
letter and combining marks                  the composed letter; marks without one are dropped
controls, line and paragraph separators     a space: a name cannot carry printer commands
format characters (direction, joiners, …)   nothing
letters as wide as two, ``Ａ``, and signs   their plain form, if they have one in Latin letters: ``A``, ``TM``
digits of any script                        0 to 9
pictures (emoji, flags)                     nothing; ``?`` if there was nothing else
every other letter (Hebrew, Arabic, …)      ``?``
==========================================  ====================================================================
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u202f-\u205e\u20a0-\u20bf"
    "\u2150-\u218b\u2190-\u22ff\u2500-\u257f]"
)
"""One column from left to right, in every terminal and font: Latin, Greek and Cyrillic, and the signs around them."""
_PICTURE = "\0"
_PICTURES = re.compile(f" *{_PICTURE}[ {_PICTURE}]*")


def harmless(text: str) -> str:
    """The text in characters of one column each; see the module.

    >>> harmless("Mo\\u0308hre"), harmless("Napf\\x1b@"), harmless("🐱 Futter 🐶"), harmless("🐟"), harmless("שלום ١٢")
    ('Möhre', 'Napf @', 'Futter ', '?', '???? 12')
    """
    if text.isascii() and text.isprintable():  # true of almost every text, and a receipt is laid out while they wait
        return text
    plain = "".join(map(_plain, unicodedata.normalize("NFC", text)))
    if _PICTURE not in plain:
        return plain
    # A picture leaves the space around it, but not twice, and none at the beginning: that would look like an indent.
    bare = _PICTURES.sub(lambda found: " " if found.start() and " " in found[0] else "", plain)
    return bare if bare.strip() else "?"


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category in ("Cf", "Mn", "Me"):
        return ""
    if category == "Cn":
        return "?"
    if _NARROW.fullmatch(char):
        return char
    if category in ("Cc", "Zl", "Zp", "Zs"):
        return " "
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    likeness = unicodedata.normalize("NFKC", char)
    if all(_NARROW.fullmatch(each) and not unicodedata.combining(each) for each in likeness):
        return likeness
    return _PICTURE if category in ("So", "Sk") else "?"
