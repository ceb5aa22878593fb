"""An ESC/POS printer without its wire: bytes in, paper and replies out. Pure; shares nothing with the driver.

Bytes wait in the receive buffer and are worked off in order while nothing stops the
printer; real-time commands (``DLE EOT``) are answered when they arrive, whatever waits.
As in real printers, the buffer outlives the connection that filled it: what it holds is
printed when the paper is back, and its fence is then answered to whoever is connected.
That is how receipts get printed twice by tills that send again blindly.

A drawer may hang on it (``drawer_sensor``): a pulse opens it, ``drawer_close`` is the hip
that closes it. A *clone* does not know Epson's fence ``GS ( H``, which it prints as
rubbish, nor who made it.

Paper is text: code pages are decoded, sizes are not shown, symbols appear as
``[QR ...]``, a cut as a dashed line. Faults are commands (``FAULTS``), so that a test or
a person can pull the roll out. ``drop_at_fence`` cuts the wire instead of answering the next (or N-th) fence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from peripherals.simulators.serving import Machine

BUFFER_BYTES = 64 * 1024
ENCODINGS = {0: "cp437", 2: "cp850", 16: "cp1252", 18: "cp852", 19: "cp858"}
CUT_MARK = "- - - - - - - - - - cut - - - - - - - - - -"

_ESC_PARAMETERS = {
    "@": 0, "t": 1, "!": 1, "E": 1, "-": 1, "M": 1, "a": 1, "d": 1, "J": 1, "p": 3, "2": 0, "3": 1, "R": 1, "G": 1,
    "{": 1, "r": 1, " ": 1, "$": 2,
}  # fmt: skip
_GS_PARAMETERS = {
    "!": 1, "B": 1, "h": 1, "w": 1, "H": 1, "f": 1, "a": 1, "r": 1, "L": 2, "W": 2, "b": 1, "I": 1,
}  # fmt: skip


class PrinterMachine(Machine):
    """The printer. Feed it with ``receive``; fetch ``take_paper`` and ``take_replies`` after every call."""

    FAULTS: ClassVar[tuple[str, ...]] = (
        "paper_out [LINES]", "paper_in", "near_end", "cover_open", "cover_close", "silent", "answer", "break", "mend",
        "lose_fence", "drop_at_fence [N]", "drawer_sensor [high|low]", "drawer_close", "drawer_stuck", "drawer_free",
    )  # fmt: skip

    def __init__(self, columns: int = 42, *, clone: bool = False) -> None:
        self.columns = columns
        self.clone = clone
        self.pulses = 0
        """How often a drawer was opened."""
        self.asked = 0
        """How often the till has asked how it is, answered or not."""
        self.unknown: list[bytes] = []
        """Commands that it does not know, each with its first bytes; at most 100 are kept."""
        self.drawer_open = False
        self._buffer = bytearray()
        self._half_realtime = b""
        self._paper: list[str] = []
        self._replies = bytearray()
        self._lines_left: int | None = None
        self._near_end = self._cover_open = self._silent = self._broken = False
        self._loses_fence = False
        self._fences_left_until_drop: int | None = None
        self._hangs_up = False
        self._drawer_stuck = False
        self._open_level_high: bool | None = None
        self._line = ""
        self._page = 0
        self._centred = False
        self._asb = 0
        self._qr = b""

    @property
    def room(self) -> int:
        """Bytes that still fit the buffer; at 0 a real printer stops reading."""
        return BUFFER_BYTES - len(self._buffer)

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""
        self._buffer += self._real_time(self._half_realtime + data)
        self._work()

    def fault(self, command: str) -> bool:
        """Carry out a fault command; False if there is none of that name."""
        word, _, rest = command.strip().partition(" ")
        before = self._auto_status()
        if word == "paper_out" and (not rest or rest.strip().isdigit()):
            self._lines_left = int(rest or 0)
        elif word == "paper_in":
            self._lines_left, self._near_end = None, False
        elif word == "near_end":
            self._near_end = True
        elif word in ("cover_open", "cover_close"):
            self._cover_open = word == "cover_open"
        elif word in ("silent", "answer"):
            self._silent = word == "silent"
        elif word in ("break", "mend"):
            self._broken = word == "break"
        elif word == "lose_fence":
            self._loses_fence = True
        elif word == "drop_at_fence" and (not rest or rest.isdigit()):
            self._fences_left_until_drop = max(1, int(rest or 1))
        elif word == "drawer_sensor" and rest in ("", "high", "low"):
            self._open_level_high = rest != "low"
        elif word == "drawer_close":
            self.drawer_open = False
        elif word in ("drawer_stuck", "drawer_free"):
            self._drawer_stuck = word == "drawer_stuck"
        else:
            return False
        self._tell_change(before)
        self._work()
        return True

    def take_paper(self) -> str:
        """The lines printed since it was last asked."""
        paper, self._paper = "".join(f"{line}\n" for line in self._paper), []
        return paper

    def take_replies(self) -> bytes:
        """The bytes to send back."""
        replies, self._replies = bytes(self._replies), bytearray()
        return replies

    @property
    def hangs_up(self) -> bool:
        """Once, instead of the fence that ``drop_at_fence`` meant: the wire is cut."""
        hangs_up, self._hangs_up = self._hangs_up, False
        return hangs_up

    # -- status ------------------------------------------------------------------------------------------------

    @property
    def _paper_out(self) -> bool:
        return self._lines_left == 0

    @property
    def _stopped(self) -> bool:
        return self._paper_out or self._cover_open or self._silent or self._broken

    def _real_time(self, data: bytes) -> bytes:
        """Answer and take out ``DLE EOT n``; what may be the beginning of one waits for its rest."""
        rest = bytearray()
        index = 0
        self._half_realtime = b""
        while index < len(data):
            part = data[index : index + 3]
            if part[:2] == b"\x10\x04" and len(part) == 3:
                self._answer(part[2])
                index += 3
            elif part in (b"\x10", b"\x10\x04"):
                self._half_realtime = part
                break
            else:
                rest.append(data[index])
                index += 1
        return bytes(rest)

    def _answer(self, n: int) -> None:
        self.asked += 1
        out = self._paper_out
        offline = out or self._cover_open or self._broken
        answer = {
            1: 0x12 | (0x08 if offline else 0) | self._drawer_bit,
            2: 0x12 | (0x04 if self._cover_open else 0) | (0x20 if out else 0) | (0x40 if self._broken else 0),
            3: 0x12 | (0x20 if self._broken else 0),
            4: 0x12 | (0x6C if out else 0x0C if self._near_end else 0),
        }.get(n)
        if answer is not None:
            self._reply(bytes((answer,)))

    def _auto_status(self) -> bytes:
        offline = self._paper_out or self._cover_open or self._broken
        return bytes(
            (
                0x10 | (0x08 if offline else 0) | (0x20 if self._cover_open else 0) | self._drawer_bit,
                0x20 if self._broken else 0,
                0x0F if self._paper_out else 0x03 if self._near_end else 0,
                0x0F,
            )
        )

    @property
    def _drawer_bit(self) -> int:
        """Pin 3 of the drawer's plug: low without a drawer, else as its sensor has it."""
        high = self._open_level_high is not None and self.drawer_open == self._open_level_high
        return 0x04 if high else 0

    def _tell_change(self, before: bytes) -> None:
        if self._asb and self._auto_status() != before:
            self._reply(self._auto_status())

    def _reply(self, data: bytes) -> None:
        if not self._silent:
            self._replies += data

    # -- printing ----------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while self._buffer and not self._stopped:
            used = self._step()
            if not used:
                return
            del self._buffer[:used]

    def _step(self) -> int:
        """Carry out what the buffer begins with; the bytes used, 0 if its end is still to come."""
        first = self._buffer[0]
        if first == 0x1B:
            return self._parameters(_ESC_PARAMETERS, self._escape)
        if first == 0x1D:
            return self._group()
        if first == 0x0A:
            self._print_line()
        elif first >= 0x20:
            self._line += bytes((first,)).decode(ENCODINGS.get(self._page, "ascii"), "replace")
        elif first not in (0x0D, 0x00):
            self._note_unknown(1)
        return 1

    def _parameters(self, known: dict[str, int], carry_out: Callable[[str, bytes], None]) -> int:
        if len(self._buffer) < 2:
            return 0
        name = chr(self._buffer[1])
        count = known.get(name)
        if count is None:
            self._note_unknown(2)
            return 2
        if len(self._buffer) < 2 + count:
            return 0
        carry_out(name, bytes(self._buffer[2 : 2 + count]))
        return 2 + count

    def _escape(self, name: str, values: bytes) -> None:
        if name == "@":
            self._page, self._centred, self._asb, self._line = 0, False, 0, ""
        elif name == "t":
            self._page = values[0]
        elif name == "a":
            self._centred = values[0] in (1, 49)
        elif name == "d":
            if self._line:
                self._print_line()
            self._paper += [""] * values[0]
        elif name == "p":
            before = self._auto_status()
            self.pulses += 1
            self.drawer_open = self.drawer_open or not self._drawer_stuck
            self._tell_change(before)

    def _group(self) -> int:
        if len(self._buffer) < 2:
            return 0
        name = chr(self._buffer[1])
        if name == "V":
            return self._cut()
        if name == "(" and not (self.clone and self._buffer[2:3] == b"H"):
            return self._long_command()
        if name == "k":
            return self._barcode()
        if name == "v":
            return self._raster()
        return self._parameters(_GS_PARAMETERS, self._group_command)

    def _group_command(self, name: str, values: bytes) -> None:
        if name == "a":
            self._asb = values[0]
            if self._asb:
                self._reply(self._auto_status())
        elif name == "r":
            self._fence(bytes((0x03 if self._near_end else 0x00,)))
        elif name == "I" and values == b"B" and not self.clone:
            self._reply(b"_EPSON\x00")

    def _fence(self, answer: bytes) -> None:
        if self._fences_left_until_drop is not None:
            self._fences_left_until_drop -= 1
            if self._fences_left_until_drop <= 0:
                self._fences_left_until_drop, self._hangs_up = None, True
                return
        if self._loses_fence:
            self._loses_fence = False
            return
        self._reply(answer)

    def _cut(self) -> int:
        if len(self._buffer) < 3:
            return 0
        length = 4 if self._buffer[2] in (65, 66) else 3
        if len(self._buffer) < length:
            return 0
        self._paper.append(CUT_MARK[: self.columns])
        return length

    def _long_command(self) -> int:
        if len(self._buffer) < 5:
            return 0
        length = 5 + self._buffer[3] + 256 * self._buffer[4]
        if len(self._buffer) < length:
            return 0
        body = bytes(self._buffer[5:length])
        kind = chr(self._buffer[2])
        if kind == "k" and body[:2] == b"1P":
            self._qr = body[3:]
        elif kind == "k" and body[:2] == b"1Q":
            self._print_symbol(f"[QR {self._qr.decode('utf-8', 'replace')}]")
        elif kind == "H" and body[:2] == b"00":
            self._fence(b"\x37\x22" + body[2:6] + b"\x00")
        return length

    def _barcode(self) -> int:
        if len(self._buffer) < 4:
            return 0
        if self._buffer[2] <= 6:
            end = self._buffer.find(0, 3)
            if end < 0:
                return 0
            data, length = bytes(self._buffer[3:end]), end + 1
        else:
            length = 4 + self._buffer[3]
            data = bytes(self._buffer[4:length])
        if len(self._buffer) < length:
            return 0
        self._print_symbol(f"[BARCODE {data.removeprefix(b'{B').decode('ascii', 'replace')}]")
        return length

    def _raster(self) -> int:
        if len(self._buffer) < 8:
            return 0
        across, down = self._buffer[4] + 256 * self._buffer[5], self._buffer[6] + 256 * self._buffer[7]
        length = 8 + across * down
        if length > BUFFER_BYTES:
            self._note_unknown(8)
            return 8
        if len(self._buffer) < length:
            return 0
        self._print_symbol(f"[PICTURE {across * 8} × {down}]")
        return length

    def _print_symbol(self, text: str) -> None:
        self._paper.append(self._placed(text))

    def _placed(self, text: str) -> str:
        return " " * ((self.columns - len(text)) // 2) + text if self._centred else text

    def _print_line(self) -> None:
        line, self._line = self._line, ""
        self._paper.append(self._placed(line))
        if self._lines_left:
            before = self._auto_status()
            self._lines_left -= 1
            self._tell_change(before)

    def _note_unknown(self, length: int) -> None:
        if len(self.unknown) < 100:
            self.unknown.append(bytes(self._buffer[:length]))
