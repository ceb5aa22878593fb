"""A receipt as text that proves itself: lines that a customer reads, and a last one that says who vouches for them.

    Zoohandlung Bärenstark GmbH
    Beleg 1-000043 21.11.2026 10:32
    SUMME 28,65 EUR
    TMR1…

The last line is ``TMR1`` and base 32 with extended hex alphabet, as on slips (``statement.py``): the seal
(``replication.vouching``) and a CRC-16 of it, so that a mistyped seal is told from an altered receipt. The seal either
brings its member along with the root's word for it, some 330 characters, or is the member's signature alone, 110
characters: for small screens, and for whoever knows the network's members.

Text is copied, mailed and typed, so what is signed is its *canonical* form: lines, spaces and composed characters.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata

import msgspec

from app.domain.statement import DAMAGED, NEWER, Unreadable

PREFIX = "TMR1"
MAX_TEXT = 20_000
"""Characters, seal and all: a receipt of some hundred lines."""
SIGNATURE_BYTES = 64
_ANY_VERSION = "TMR"
_CONTEXT = b"receipt\0"
"""Begins what is signed: a slip's statement never begins so, since its first byte says its kind."""


class Sealed(msgspec.Struct, frozen=True):
    """A receipt's text as it was read: ``text`` without its seal, canonical; ``seal`` as above."""

    text: str
    seal: bytes

    @property
    def body(self) -> bytes:
        """What the seal is under."""
        return body(self.text)

    @property
    def introduced(self) -> bool:
        """Whether the seal says who signed."""
        return len(self.seal) > SIGNATURE_BYTES


class Examined(msgspec.Struct, frozen=True):
    """What whoever holds the network's certificates says of a receipt's text. ``text``: what is vouched for.

    ``fault``: empty if it is good; else one of ``app.domain.statement``'s. Of a short seal ``altered`` says as well
    that its member may not be known here, or not be of this network. The rest says who vouches, as certified.
    """

    text: str
    fault: str = ""
    issuer: str = ""
    till_no: int = 0
    name: str = ""
    site: str = ""


def canonical(text: str) -> str:
    """What is signed of a text: composed characters, single spaces, no empty lines.

    >>> canonical("Mo\\u0308hre   5,00 \\r\\n\\n SUMME\\t5,00")
    'Möhre 5,00\\nSUMME 5,00'
    """
    lines = (" ".join(line.split()) for line in unicodedata.normalize("NFC", text).splitlines())
    return "\n".join(line for line in lines if line)


def body(text: str) -> bytes:
    """What is signed of a canonical text."""
    return _CONTEXT + text.encode()


def written(text: str, seal: bytes) -> str:
    """A canonical text with the seal under it. ``ValueError`` if it is not canonical, too long, or looks sealed."""
    if text != canonical(text) or not text:
        raise ValueError("only canonical text is sealed")
    if any(line.upper().startswith(_ANY_VERSION) for line in text.splitlines()):
        raise ValueError("a line of the text looks like a seal")
    whole = f"{text}\n{seal_line(seal)}"
    if len(whole) > MAX_TEXT:
        raise ValueError(f"a receipt of {len(whole)} characters; {MAX_TEXT} at most")
    return whole


def seal_line(seal: bytes) -> str:
    """The last line."""
    data = seal + binascii.crc_hqx(seal, 0).to_bytes(2, "big")
    return PREFIX + base64.b32hexencode(data).decode().rstrip("=")


def read(whole: str) -> Sealed:
    """Text and seal of what was read or copied; ``Unreadable`` if there is none. Nothing is said of the seal's worth.

    What comes behind the seal belongs to it: mails break long lines.
    """
    if len(whole) > MAX_TEXT:
        raise Unreadable(DAMAGED)
    lines = canonical(whole).split("\n")
    at = next((place for place, line in enumerate(lines) if line.upper().startswith(_ANY_VERSION)), None)
    if not at:
        raise Unreadable(DAMAGED)
    line = "".join("".join(lines[at:]).split()).upper()
    if not line.startswith(PREFIX):
        raise Unreadable(NEWER if line[len(_ANY_VERSION) : len(PREFIX)].isdigit() else DAMAGED)
    encoded = line[len(PREFIX) :]
    try:
        data = base64.b32hexdecode(encoded + "=" * (-len(encoded) % 8))
    except (binascii.Error, ValueError):
        raise Unreadable(DAMAGED) from None
    seal = data[:-2]
    if len(seal) < SIGNATURE_BYTES or binascii.crc_hqx(seal, 0) != int.from_bytes(data[-2:], "big"):
        raise Unreadable(DAMAGED)
    return Sealed("\n".join(lines[:at]), seal)
