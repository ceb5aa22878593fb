"""A badge reader without its wire: a badge held to it comes out as bytes. Pure; shares nothing with the driver."""

from __future__ import annotations

from typing import ClassVar

from peripherals.simulators.serving import Machine

FAULTS = ("badge HEX", "lying HEX", "partial HEX", "noise", "writes hex|decimal", "order first|last")
LYING_TIMES = 5


class BadgeMachine(Machine):
    """The reader. ``decimal`` and ``last_byte_first``: how it writes a badge's bytes (given in hex, first first)."""

    FAULTS: ClassVar[tuple[str, ...]] = FAULTS

    def __init__(self, *, decimal: bool = False, last_byte_first: bool = False) -> None:
        self._decimal = decimal
        self._last_byte_first = last_byte_first
        self._sends = bytearray()

    def receive(self, data: bytes) -> None:
        """What the till sends: nothing that a reader needs."""

    def take_replies(self) -> bytes:
        """The bytes to send."""
        sends, self._sends = bytes(self._sends), bytearray()
        return sends

    def fault(self, command: str) -> bool:
        """Hold a badge to it, or change how it writes; False if there is no command of that name."""
        word, _, rest = command.strip().partition(" ")
        rest = rest.strip()
        if word == "noise":
            self._sends += b"\x80\xff\x01\r"
        elif word == "writes" and rest in ("hex", "decimal"):
            self._decimal = rest == "decimal"
        elif word == "order" and rest in ("first", "last"):
            self._last_byte_first = rest == "last"
        elif word in ("badge", "lying", "partial"):
            return self._held(word, rest)
        else:
            return False
        return True

    def _held(self, word: str, written: str) -> bool:
        try:
            uid = bytes.fromhex(written)
        except ValueError:
            return False
        if not uid:
            return False
        uid = uid[::-1] if self._last_byte_first else uid
        line = (str(int.from_bytes(uid, "big")) if self._decimal else uid.hex().upper()).encode() + b"\r\n"
        self._sends += {"badge": line, "lying": line * LYING_TIMES, "partial": line[: len(line) // 2]}[word]
        return True
