"""What a terminal has the till print: ``06 D1`` one line, ``06 D3`` a block of them. Pure.

A line is an attribute byte (alignment, size, feeds), then text in code page 437. A block is TLV: ``1F 07`` says for
whom it is (1 the merchant, 2 the customer, 3 administration), and ``25`` holds ``07`` lines with ``09`` attributes.
Of a block that is for the merchant only nothing is kept: it is not the customer's. Of lines the part is kept that a
heading calls the customer's, if one does. A card's whole number is no one's business: all but its end is starred out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MAX_LINE = 48
MERCHANT = 1
_CUSTOMERS = re.compile(r"kundenbeleg|k-beleg|customer(?:copy|receipt)|cardholder", re.IGNORECASE)
_MERCHANTS = re.compile(r"h.{1,2}ndlerbeleg|h-beleg|merchant(?:copy|receipt)", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9](?: ?[0-9]){12,18}(?![0-9A-Za-z])")
"""As long as a card's number: 13 to 19 digits, in groups or not."""
_CONTAINERS = frozenset((0x25,))


def line_of(data: bytes) -> str:
    """The text of ``06 D1``'s data, without what is no character."""
    return _clean(data[1:])


def lines_of_block(data: bytes) -> tuple[str, ...]:
    """The lines of ``06 D3``'s data; none of what is the merchant's or cannot be read."""
    if data[:1] != b"\x06":
        return ()
    content = next((value for _tag, value in _tlv(data)), b"")
    lines: list[str] = []
    for tag, value in _flat(content):
        if tag == 0x1F07 and value[:1] == bytes((MERCHANT,)):
            return ()
        if tag == 0x07:
            lines.append(_clean(value))
    return tuple(lines)


def customers_part(lines: Sequence[str]) -> tuple[str, ...]:
    """What of these lines is the customer's: all, unless headings tell two copies apart.

    >>> customers_part(["Händlerbeleg", "4,99", "Kundenbeleg", "4,99", "Danke"])
    ('Kundenbeleg', '4,99', 'Danke')
    """
    dense = [line.replace(" ", "") for line in lines]  # headings are often  s p a c e d
    if not any(map(_CUSTOMERS.search, dense)):
        return tuple(lines)
    kept, theirs = [], False
    for line, letters in zip(lines, dense, strict=True):
        if _CUSTOMERS.search(letters) or _MERCHANTS.search(letters):
            theirs = _CUSTOMERS.search(letters) is not None
        if theirs:
            kept.append(line)
    return tuple(kept)


def _flat(data: bytes) -> Iterator[tuple[int, bytes]]:
    for tag, value in _tlv(data):
        if tag in _CONTAINERS:
            yield from _tlv(value)
        else:
            yield tag, value


def _tlv(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Tags and values, up to the first that is not whole."""
    at = 0
    while at + 1 < len(data):
        tag = data[at]
        at += 1
        if tag & 0x1F == 0x1F:
            tag = tag << 8 | data[at]
            at += 1
        if at >= len(data):
            return
        size = data[at]
        at += 1
        if size & 0x80:
            count = size & 0x7F
            size = int.from_bytes(data[at : at + count], "big")
            at += count
        if at + size > len(data):
            return
        yield tag, data[at : at + size]
        at += size


def _clean(text: bytes) -> str:
    shown = "".join(character for character in text.decode("cp437") if character.isprintable())
    return _NUMBER.sub(_starred, shown.rstrip()[:MAX_LINE])


def _starred(found: re.Match[str]) -> str:
    """The number with stars for all but its last four digits, if it is a card's by its check digit."""
    digits = [int(character) for character in reversed(found[0]) if character != " "]
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[1::2])
    if (sum(digits[::2]) + sum(doubled)) % 10:
        return found[0]
    return "*" * (len(digits) - 4) + "".join(map(str, reversed(digits[:4])))
