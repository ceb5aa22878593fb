"""Scales without their wire: bytes in, answers out. Pure; they share nothing with the driver.

What lies on the plate and what goes wrong is said by commands:

* ``load GRAMS``: goods are put on the plate (below zero: it is lifted), and lie still
* ``motion`` / ``still``: the plate moves, and no more
* ``auto``: goods come and go by themselves, for practice
* ``half``: the next answer breaks off in the middle
* ``wrong_parity`` / ``right_parity``: answers as a line of the wrong frame delivers them
* ``silent`` / ``answering``: the scale is off, and on again
* ``slip``: the next answer has a wrong digit in it
* ``secret CHECKSUM GENERATOR`` / ``no_secret``: the till has to prove itself (Dialog 06)
"""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

from peripherals.simulators.serving import Machine

CAPACITY_G = 15_000
SHOWS_UNDER_ZERO_G = -20
AUTO_LOADS_G = (512, 0, 1250, 0, 348, 0, 96, 0)
AUTO_ASKED = 8
"""Messages of the till between two of them: the machine has no clock."""
MAX_LINE = 64
_ODD = bytes(value | 0x80 if value.bit_count() % 2 else value for value in range(128))


class ScaleMachine(Machine):
    """What all scales have in common."""

    FAULTS: ClassVar[tuple[str, ...]] = (
        "load GRAMS", "motion", "still", "auto", "half", "wrong_parity", "right_parity", "silent", "answering", "slip",
    )  # fmt: skip

    def __init__(self, load_g: int = 0) -> None:
        self.load_g = load_g
        self.moving = False
        self.answering = True
        self.asked = self.asked_for_weight = 0
        """How often the till has said something, and wanted a weight."""
        self._half = self._slip = self._wrong_parity = False
        self._auto = -1
        self._out = bytearray()
        self._line = bytearray()

    def receive(self, data: bytes) -> None:
        """Bytes of the till."""
        for byte in data:
            self._line.append(byte)
            if len(self._line) > MAX_LINE or self._understood(bytes(self._line)):
                self._line.clear()
                self.asked += 1
                self._come_and_go()

    def take_replies(self) -> bytes:
        """What is to be sent now."""
        out, self._out = bytes(self._out), bytearray()
        return out

    def fault(self, command: str) -> bool:
        """Carry a command out; False if there is none of that name."""
        word, _, rest = command.strip().partition(" ")
        match word:
            case "load" if rest.removeprefix("-").isdigit():
                self._auto = -1
                self._loaded(int(rest))
            case "motion" | "still":
                self.moving = word == "motion"
            case "auto":
                self._auto = 0
            case "half":
                self._half = True
            case "slip":
                self._slip = True
            case "wrong_parity" | "right_parity":
                self._wrong_parity = word == "wrong_parity"
            case "silent" | "answering":
                self.answering = word == "answering"
            case _:
                return False
        return True

    def _come_and_go(self) -> None:
        if self._auto >= 0:
            self._auto += 1
            if self._auto % AUTO_ASKED == 0:
                self._loaded(AUTO_LOADS_G[self._auto // AUTO_ASKED % len(AUTO_LOADS_G)])

    def _loaded(self, load_g: int) -> None:
        self.load_g, self.moving = load_g, False

    @abstractmethod
    def _understood(self, line: bytes) -> bool:
        """Whether this was a whole message (and has been answered), or cannot become one."""

    def _say(self, answer: bytes) -> None:
        if not self.answering:
            return
        if self._slip:
            self._slip = False
            at = next((at for at, byte in enumerate(answer) if 0x31 <= byte <= 0x38), 0)
            answer = answer[:at] + bytes([answer[at] + 1]) + answer[at + 1 :]
        if self._half:
            self._half, answer = False, answer[: len(answer) // 2]
        self._out += answer.translate(_ODD + bytes(range(128, 256))) if self._wrong_parity else answer


def practising(machine: ScaleMachine) -> ScaleMachine:
    """The machine with goods that come and go by themselves."""
    machine.fault("auto")
    return machine


class MettlerMachine(ScaleMachine):
    """Speaks Mettler 8217."""

    def __init__(self, load_g: int = 0) -> None:
        super().__init__(load_g)
        self.tare_g = 0
        self.shown_net: list[int] = []
        """What its display showed while a tare was set."""

    def _understood(self, line: bytes) -> bool:
        if line == b"W":
            self.asked_for_weight += 1
            self._weight()
        elif line == b"C":
            self.tare_g = 0
            self._status()
        elif line == b"Z":
            self.load_g = 0
            self._status()
        elif line[:1] == b"T":
            if line[-1:] != b"\r":
                return False
            self.tare_g = int(line[1:-1]) if line[1:-1].isdigit() else max(self.load_g, 0)
            self._status()
        return True

    def _weight(self) -> None:
        net_g = self.load_g - self.tare_g
        if self.moving or self.load_g > CAPACITY_G or net_g < 0:
            self._status()
            return
        if self.tare_g:
            self.shown_net.append(net_g)
        text = f"{net_g // 1000:02d}.{net_g % 1000:03d}{'N' if self.tare_g else ''}"
        self._say(b"\x02" + text.encode() + b"\r")

    def _status(self) -> None:
        bits = 0x40
        bits |= 0x01 if self.moving else 0
        bits |= 0x02 if self.load_g > CAPACITY_G else 0
        bits |= 0x04 if self.load_g - self.tare_g < 0 else 0
        bits |= 0x10 if self.load_g == 0 else 0
        bits |= 0x20 if self.tare_g else 0
        self._say(bytes((0x02, 0x3F, bits, 0x0D)))


class DialogMachine(ScaleMachine):
    """Speaks Checkout-Dialog 06. Below 20 g it says that this is less than it may weigh."""

    FAULTS: ClassVar[tuple[str, ...]] = (*ScaleMachine.FAULTS, "secret CHECKSUM GENERATOR", "no_secret")
    MINIMUM_G = 20

    def __init__(self, load_g: int = 0) -> None:
        super().__init__(load_g)
        self._order: tuple[int, int] | None = None
        self._result = b""
        self._status = b"00"
        self._moved = True
        self._secret: tuple[int, int] | None = None
        self._proved = True

    def fault(self, command: str) -> bool:
        """Carry a command out; False if there is none of that name."""
        words = command.split()
        if words[:1] == ["secret"] and len(words) == 3:
            self._secret, self._proved = (int(words[1], 16), int(words[2], 16)), False
            return True
        if words == ["no_secret"]:
            self._secret, self._proved = None, True
            return True
        return super().fault(command)

    def _loaded(self, load_g: int) -> None:
        self._moved = self._moved or load_g != self.load_g
        super()._loaded(load_g)

    def _understood(self, line: bytes) -> bool:
        if line in (b"\x04", b"\x04\x02") or line[:2] == b"\x04\x02":
            if line[-1:] != b"\x03":
                return False
            self._record(line[2:4], line[5:-1].split(b"\x1b"))
            return True
        if line == b"\x04\x04":  # an acknowledgement, and the beginning of the next message
            self._line[:] = b"\x04"
            return False
        if line == b"\x04\x05":
            self._ask_result()
        return True

    def _record(self, number: bytes, fields: list[bytes]) -> None:
        match number:
            case b"08":
                self._say(b"\x0209\x1b" + self._status + b"\x03")
            case b"10":
                self._check(fields[0])
                self._say(b"\x06")
            case b"01" | b"03" if not self._proved:
                self._say(b"\x0211\x1b2\x1b47\x03")
            case b"01" | b"03":
                self._take(int(fields[0]), int(fields[1]) if number == b"03" else 0)
            case _:
                self._refuse(b"10")

    def _check(self, proof: bytes) -> None:
        assert self._secret is not None
        checksum, generator = self._secret
        bits = checksum << 16
        for at in range(31, 15, -1):
            if bits >> at & 1:
                bits ^= (0x10000 | generator) << (at - 16)
        left = "".join(_bits(checksum)[4:] + _bits(checksum)[:4])
        right = "".join(_bits(bits)[-7:] + _bits(bits)[:-7])
        self._proved = proof == b"%04X%04X" % (int(left, 2), int(right, 2))
        self._result = b"\x0211\x1b" + (b"1" if self._proved else b"0") + b"\x03"

    def _take(self, price: int, tare_g: int) -> None:
        if not price:
            self._refuse(b"11")
        elif self.load_g > CAPACITY_G:
            self._refuse(b"32")
        elif self.load_g < SHOWS_UNDER_ZERO_G:
            self._refuse(b"31")
        elif self.load_g - tare_g < self.MINIMUM_G:
            self._refuse(b"30")
        elif not self._moved:
            self._refuse(b"21")
        else:
            self._order = price, tare_g
            self._say(b"\x06")

    def _refuse(self, status: bytes) -> None:
        self._status = status
        self._say(b"\x15")

    def _ask_result(self) -> None:
        self.asked_for_weight += 1
        if self._result:
            self._say(self._result)
            self._result = b""
        elif self._order is None:
            self._refuse(b"22")
        elif self.moving:
            self._say(b"\x0209\x1b20\x03")
        else:
            price, tare_g = self._order
            net_g = self.load_g - tare_g
            total = (net_g * price * 2 + 1000) // 2000
            self._order, self._moved, self._status = None, False, b"00"
            self._say(b"\x0202\x1b3\x1b%05d\x1b%06d\x1b%06d\x03" % (net_g, price, total))


def _bits(value: int) -> list[str]:
    return list(f"{value:016b}")
