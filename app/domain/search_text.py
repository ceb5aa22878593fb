"""What the search of articles compares: texts written alike however Germans spell them.

``alike`` writes ``Käse``, ``Kaese`` and ``KASE`` the same way: small letters, no marks, ß as ss, and ae, oe, ue as the
bare vowel. A part of a text alike is part of the text alike, but for one that begins inside of a pair (``er`` of
``Feuer``): so for each pair of a word, ``text_of`` adds what follows from its e on.

``text_of`` writes an article as one line: a blank, the name, ``END``, and whatever else it is found by. So lines sort
as names do, a line begins with a name's beginning, and a word's beginning is found as a blank and the word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

END = "\x1f"
"""Ends the name, and each part of a word that is added: before a blank, where lines are sorted."""
GROUP = "\x1d"
"""Stands around an article group."""
_PAIR_TAIL = re.compile(r"(?<=[aou])(?=(e[^ ]*))")


def alike(text: str) -> str:
    """The text as all its spellings are written.

    >>> alike("Käse"), alike("KAESE"), alike("Weißbier"), alike("Café Crème"), alike("Feuerzeug")
    ('kase', 'kase', 'weissbier', 'cafe creme', 'feurzeug')
    """
    return _without_pairs(_bare(text))


def text_of(name: str, ident_no: str, barcodes: Sequence[str], article_groups: Sequence[str]) -> str:
    """The line that an article is found by.

    >>> text_of("Feuerzeug rot", "17", ["4006381333931"], ["Rauchen"]).split(END)
    [' feurzeug rot', ' 17 4006381333931 \\x1d rauchen\\x1d', 'erzeug']
    """
    groups = f"{GROUP} ".join(article_groups)
    rest = f" {GROUP} {groups}{GROUP}" if groups else ""
    bare = _bare(f" {name}{END} {' '.join([ident_no, *barcodes])}{rest}")
    line = _without_pairs(bare)
    if len(line) != len(bare):
        tails = _PAIR_TAIL.findall(bare.replace(END, f"{END} "))
        line = END.join([line, *{_without_pairs(tail): None for tail in tails}])
    return line


def group_part(article_group: str) -> str:
    """What is in the lines of a group's articles and in no others."""
    return f"{GROUP} {alike(article_group)}{GROUP}"


def _bare(text: str) -> str:
    text = text.casefold()
    if text.isascii():
        return text
    text = text.replace("ä", "a").replace("ö", "o").replace("ü", "u")
    if text.isascii():
        return text
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))


def _without_pairs(bare: str) -> str:
    return bare.replace("ae", "a").replace("oe", "o").replace("ue", "u")
