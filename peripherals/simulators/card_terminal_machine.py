"""A card terminal without its wire: bytes in, replies out, by ZVT on TCP or in serial frames. Pure.

It shares nothing with the driver. A payment goes ``80 00 00``, ``04 FF`` (insert card), then after ``think_s`` the
status information, the customer's slip and the end, each after the till has acknowledged the one before. Like a real
one it books when it says so, whether or not anybody hears it: a line that is lost then is the till's to find out about
(``05 01``, ``06 20``). Whoever asks while a customer is still at it hears that it is busy.

Faults (``FAULTS``), each for the next transaction unless it says otherwise: ``decline [CODE]``, ``abort`` (the
customer's red key), ``slow SECONDS``, ``lose N`` (after N messages of a transaction it hangs up, but goes on),
``half_frame`` (of the status information only half is sent, and then nothing), ``reverse`` (takes back what the till
did not acknowledge), ``corrupt`` (a frame with a wrong checksum, said again when refused), ``refuse_frame`` (a frame
answered with 15h), ``busy`` / ``idle``, ``forget`` (what was last).
"""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from peripherals.simulators.serving import Machine

HEARD = b"\x80\x00\x00"
UNBOOKED = b""
"""In the script: the status information, which is written when its time has come."""
UNHEARD_S = 5.0
"""How long it waits for the till's acknowledgement before it ends on its own."""
MAX_BUFFER = 16 * 1024


class CardTerminalMachine(Machine):
    """The terminal; ``serial``: in frames, ``think_s``: how long a customer takes to put a card in."""

    FAULTS: ClassVar[tuple[str, ...]] = (
        "decline [CODE]", "abort", "slow SECONDS", "lose N", "half_frame", "reverse", "corrupt", "refuse_frame", "busy",
        "idle", "forget",
    )  # fmt: skip

    def __init__(self, *, serial: bool = False, think_s: float = 0.0, terminal_id: str = "52500041") -> None:
        self.moved: list[tuple[str, int]] = []
        """What was really moved: ``payment``, ``refund`` or ``reversal``, and minor units."""
        self.requests: list[int] = []
        """Class and instruction of every request that was taken."""
        self._serial = serial
        self._think_s = think_s
        self._terminal_id = bytes.fromhex(terminal_id)
        self._buffer = b""
        self._out = bytearray()
        self._script: deque[tuple[float, bytes]] = deque()
        self._unacknowledged = b""
        self._frames: deque[bytes] = deque()
        self._frame_waits = False
        self._registered = self._busy = False
        self._trace, self._receipt_no = 41, 7
        self._last = b""
        self._last_money: tuple[int, int, int] | None = None
        """Trace, receipt number and amount of what could be reversed."""
        self._code: int | None = None
        self._aborts = self._half = self._reverses = self._corrupts = self._refuses_frame = False
        self._slow_s = 0.0
        self._loses: int | None = None
        """After so many messages of the next transaction the line is cut."""
        self._silent = self._hangs_up = self._moving = False
        self._pending = ("", 0)
        self._steps = 0

    # -- the wire ------------------------------------------------------------------------------------------------

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""
        self._buffer = (self._buffer + data)[-MAX_BUFFER:]
        while True:
            used, message = self._frame() if self._serial else self._bare()
            if not used:
                return
            self._buffer = self._buffer[used:]
            if message:
                self._hear(message)

    def take_replies(self) -> bytes:
        """The bytes to send back."""
        out, self._out = bytes(self._out), bytearray()
        return out

    @property
    def wakes_in_s(self) -> float | None:
        if self._unacknowledged:
            return UNHEARD_S
        return self._script[0][0] if self._script else None

    @property
    def waits_for(self) -> object:
        return self._steps

    def wake(self) -> None:
        if self._unacknowledged:
            self._nobody_hears()
        elif self._script:
            self._say_next()

    @property
    def hangs_up(self) -> bool:
        hangs_up, self._hangs_up = self._hangs_up, False
        return hangs_up

    def connected(self) -> None:
        """Half a message of the line before is worth nothing."""
        self._buffer = b""
        self._frames.clear()
        self._frame_waits = False

    def fault(self, command: str) -> bool:
        """Carry out a fault command; False if there is none of that name."""
        word, _, rest = command.strip().partition(" ")
        rest = rest.strip()
        if word == "decline" and _is_hex(rest or "05"):
            self._code = int(rest or "05", 16) & 0xFF
        elif word == "lose" and rest.isdigit():
            self._loses = int(rest)
        elif word == "slow" and rest.replace(".", "", 1).isdigit():
            self._slow_s = float(rest)
        elif rest or not self._switch(word):
            return False
        return True

    def _switch(self, word: str) -> bool:
        match word:
            case "abort":
                self._aborts = True
            case "half_frame":
                self._half = True
            case "reverse":
                self._reverses = True
            case "corrupt":
                self._corrupts = True
            case "refuse_frame":
                self._refuses_frame = True
            case "busy" | "idle":
                self._busy = word == "busy"
            case "forget":
                self._last, self._last_money = b"", None
            case _:
                return False
        return True

    def _bare(self) -> tuple[int, bytes]:
        if len(self._buffer) < 3:
            return 0, b""
        size, head = self._buffer[2], 3
        if size == 255:
            if len(self._buffer) < 5:
                return 0, b""
            size, head = self._buffer[3] + 256 * self._buffer[4], 5
        if len(self._buffer) < head + size:
            return 0, b""
        return head + size, self._buffer[: head + size]

    def _frame(self) -> tuple[int, bytes]:
        if not self._buffer:
            return 0, b""
        if self._buffer[:1] == b"\x06":
            self._frame_heard()
            return 1, b""
        if self._buffer[:1] == b"\x15":
            if self._frames:
                self._out += _framed(self._frames[0])
            return 1, b""
        if self._buffer[:2] != b"\x10\x02":
            return (1, b"") if len(self._buffer) > 1 or self._buffer != b"\x10" else (0, b"")
        message, at = bytearray(), 2
        while at + 1 < len(self._buffer):
            if self._buffer[at] != 0x10:
                message.append(self._buffer[at])
                at += 1
            elif self._buffer[at + 1] == 0x03:
                return self._checked(bytes(message), at + 2)
            else:
                message.append(self._buffer[at + 1])
                at += 2
        return 0, b""

    def _checked(self, message: bytes, end: int) -> tuple[int, bytes]:
        if len(self._buffer) < end + 2:
            return 0, b""
        good = self._buffer[end : end + 2] == _checksum(message + b"\x03")
        if self._refuses_frame:
            good = self._refuses_frame = False
        self._out.append(0x06 if good else 0x15)
        return end + 2, message if good else b""

    def _frame_heard(self) -> None:
        if self._frames:
            self._frames.popleft()
        self._frame_waits = False
        self._send_frame()

    def _send_frame(self) -> None:
        if self._frames and not self._frame_waits:
            self._frame_waits = True
            frame = _framed(self._frames[0])
            if self._corrupts:
                self._corrupts, frame = False, frame[:-1] + bytes((frame[-1] ^ 1,))
            self._out += frame

    def _send(self, message: bytes) -> None:
        if self._silent:
            return
        if self._half and message[:2] == b"\x04\x0f":
            self._half, self._silent = False, True
            whole = _framed(message) if self._serial else message
            self._out += whole[: len(whole) // 2]
        elif self._serial:
            self._frames.append(message)
            self._send_frame()
        else:
            self._out += message

    # -- what is said --------------------------------------------------------------------------------------------

    def _hear(self, message: bytes) -> None:
        if message[:1] in (b"\x80", b"\x84"):
            self._unacknowledged = b""
            if self._script and not self._script[0][0]:
                self._say_next()
            return
        name = message[:2]
        data = message[5:] if message[2] == 255 else message[3:]
        if name == b"\x06\xb0":
            self._send(HEARD)
            if any(said == UNBOOKED for _, said in self._script):
                self._script.clear()
                self._say(0.0, _apdu("061e", b"\x6c"))
            return
        self._silent = False
        # The till asks anew, so it waits for nothing any more.
        self._frames.clear()
        self._frame_waits = False
        if self._busy or any(said == UNBOOKED and after_s for after_s, said in self._script):
            # Somebody else's question, or the till's own on a new line: who asked for the rest hears it no more.
            self._send(b"\x84\x9c\x00")
            self._silent = bool(self._script)
            self._unacknowledged = b""
            return
        if self._unacknowledged:
            self._nobody_hears()
            self._silent = False
        self._carry_out(name, data)

    def _carry_out(self, name: bytes, data: bytes) -> None:
        self.requests.append(int.from_bytes(name, "big"))
        self._moving = name in (b"\x06\x01", b"\x06\x31", b"\x06\x30")
        if name == b"\x06\x00":
            self._registered = True
            self._answer(_apdu("060f", b"\x29" + self._terminal_id + b"\x49\x09\x78"))
        elif name == b"\x05\x01":
            self._answer(_apdu("060f", b"\x00"))
        elif not self._registered:
            self._send(b"\x84\x6b\x00")
        elif name == b"\x06\x20":
            self._answer(*((self._last, _apdu("060f", b"")) if self._last else (_apdu("061e", b"\x83"),)))
        elif name == b"\x06\x50":
            self._answer(_apdu("040f", b"\x27\x00"), _printed("Kassenschnitt"), _apdu("060f", b""))
        elif self._moving:
            self._move(name, data)
        else:
            self._send(b"\x84\x83\x00")

    def _move(self, name: bytes, data: bytes) -> None:
        kind = {0x01: "payment", 0x31: "refund", 0x30: "reversal"}[name[1]]
        if kind == "refund":
            data = data[3:]
        if kind == "reversal":
            number = int(data[4:6].hex())
            if self._last_money is None or number != self._last_money[1]:
                self._answer(_apdu("061e", b"\xb5"))
                return
            amount = self._last_money[2]
        else:
            amount = int(data[1:7].hex())
        wait_s, self._slow_s = self._slow_s or self._think_s, 0.0
        self._send(HEARD)
        self._say(0.0, _apdu("04ff", b"\x0a"))
        if self._aborts:
            self._aborts = False
            self._say(wait_s, _apdu("061e", b"\x6c"))
            return
        self._pending = (kind, amount)
        self._say(wait_s, UNBOOKED)

    def _booked(self) -> bytes:
        """The status information of what is pending, which is true from here on."""
        kind, amount = self._pending
        code, self._code = self._code or 0, None
        original = b""
        self._trace += 1
        self._receipt_no += 1
        if kind == "reversal" and self._last_money is not None:
            original = b"\x37" + bytes.fromhex(f"{self._last_money[0]:06d}")
        said = self._status(amount, code, original)
        if code:
            self._script.clear()
            self._say(0.0, _apdu("061e", bytes((code,))))
            return said
        self.moved.append((kind, amount))
        self._last = said
        self._last_money = None if kind == "reversal" else (self._trace, self._receipt_no, amount)
        for line in (f"Beleg {self._receipt_no:04d}", "girocard", "Zahlung erfolgt"):
            self._say(0.0, _printed(line))
        self._say(0.0, _apdu("060f", b""))
        return said

    def _status(self, amount: int, code: int, original: bytes) -> bytes:
        fields = b"\x27" + bytes((code,)) + b"\x04" + bytes.fromhex(f"{amount:012d}") + b"\x49\x09\x78"
        fields += b"\x0b" + bytes.fromhex(f"{self._trace:06d}") + original
        fields += b"\x87" + bytes.fromhex(f"{self._receipt_no:04d}") + b"\x29" + self._terminal_id
        return _apdu("040f", fields + b"\x8b\xf0\xf9" + b"girocard\0")

    def _answer(self, *messages: bytes) -> None:
        self._send(HEARD)
        for message in messages:
            self._say(0.0, message)

    def _say(self, after_s: float, message: bytes) -> None:
        """Say it once what came before is acknowledged, and so long after that."""
        self._script.append((after_s, message))
        if len(self._script) == 1 and not self._unacknowledged and not after_s:
            self._say_next()

    def _say_next(self) -> None:
        _, message = self._script.popleft()
        self._steps += 1
        self._unacknowledged = message or b"\x04\x0f"  # what follows waits for its acknowledgement
        self._unacknowledged = message = message or self._booked()
        self._send(message)
        if self._loses is not None and self._moving:
            self._loses -= 1
            if self._loses <= 0:
                self._loses, self._hangs_up, self._silent = None, True, True

    def _nobody_hears(self) -> None:
        """The till acknowledges nothing: the rest is not said, but what is booked is booked."""
        pending = any(said == UNBOOKED for _, said in self._script)
        heard_no_status, self._unacknowledged = self._unacknowledged, b""
        if pending:
            self._silent = True
            self._say_next()
            heard_no_status, self._unacknowledged = self._unacknowledged, b""
        self._script.clear()
        if self._reverses and heard_no_status[:2] == b"\x04\x0f" and self._last_money is not None:
            trace, _, amount = self._last_money
            self._trace += 1
            self._receipt_no += 1
            self.moved.append(("reversal", amount))
            self._last = self._status(amount, 0, b"\x37" + bytes.fromhex(f"{trace:06d}"))
            self._last_money, self._reverses = None, False


def _apdu(name: str, data: bytes) -> bytes:
    return bytes.fromhex(name) + bytes((len(data),)) + data


def _printed(line: str) -> bytes:
    return _apdu("06d1", b"\x00" + line.encode("cp437"))


def _framed(message: bytes) -> bytes:
    return b"\x10\x02" + message.replace(b"\x10", b"\x10\x10") + b"\x10\x03" + _checksum(message + b"\x03")


def _checksum(data: bytes) -> bytes:
    """CRC-16/KERMIT, low byte first, by its table."""
    crc = 0
    for byte in data:
        crc = (crc >> 8) ^ _TABLE[(crc ^ byte) & 0xFF]
    return bytes((crc & 0xFF, crc >> 8))


def _table() -> tuple[int, ...]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = (value >> 1) ^ (0x8408 * (value & 1))  # noqa: PLW2901
        table.append(value)
    return tuple(table)


_TABLE = _table()


def _is_hex(text: str) -> bool:
    return 1 <= len(text) <= 2 and all(character in "0123456789abcdefABCDEF" for character in text)
