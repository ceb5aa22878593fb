"""The terminal driver with its stock dangers mended (measured in reference/tui.md, Textual 8.2.8).

* A byte that is no UTF-8 ended the app; here it becomes U+FFFD, which the router takes
  as "unreadable" and refuses with the whole entry.
* Esc took 100 ms because only a 100 ms poll looked for timeouts; here a timer of the
  loop's own is due (``ESCDELAY``, 50 ms by default).
* Esc followed quickly by a digit became "¡" or "™" (read as Alt+digit), Esc Esc became
  "^", and half a function key became digits; here bytes are cut into keys *before* the
  stock parser sees them: Esc counts as a key of its own unless ``[`` or ``O`` follows, and
  an unfinished or unknown sequence is dropped, never typed. If digits went with it they may
  have been a scan's: then U+FFFD stands for them, and the entry is refused aloud.
* A paste whose end got lost swallowed every key from then on; here it ends by itself.
* A Kitty sequence with a number that is no character ended the app; here it is unknown.
* A failure of the input thread printed a traceback over the screen; here it goes the way
  of every crash (``TillApp``: to the log file, no local variables).
* The end of the terminal (hang-up) made the input thread spin; here it closes the screens.
* A terminal that stops reading stopped the loop with it; here it does not (``outlet.py``).
* A key went from a thread to the loop and its picture from the loop to a thread; the loop does both here.

Textual is pinned exactly, for this module leans on its inner parts.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import time
from codecs import IncrementalDecoder, getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec
from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.keys import Keys
from textual.message import Message

from app.screens import outlet
from app.screens.outlet import Outlet

ESCAPE_WAIT_S = constants.ESCAPE_DELAY
"""How long a lone Esc may be the start of a function key. At 9600 baud its next byte takes 1 ms."""
SEQUENCE_WAIT_S = 0.5
"""How long a function key may take once it has begun; then what came of it is dropped."""
PASTE_WAIT_S = 0.5
"""How long a paste may pause; then its end got lost, and what has come of it is all."""
MAX_SEQUENCE = 32
MAX_PARAMETER_DIGITS = 3
"""Digits in a row that a key's sequence may have; Kitty's have five, but are known."""
MAX_PASTE = 65_536
"""Characters of one paste; a longer one comes in pieces (which the screens refuse as too long)."""
READ_BYTES = 4096

_ESC = "\x1b"
_REPORT = re.compile(r"\x1b\[(?:[IO]|\?\d+;\d\$y|48;[\d:;]+t|\d+;\d+R|<[\d;]+[mM])")
"""What terminals tell unasked and the stock parser understands: focus, modes, sizes, mouse."""
_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"
_NUMBERED = re.compile(r"\x1b\[(\d*)[\d:;]*([~A-Z])")
_UNREADABLE = "\ufffd"
_TYPED_DIGITS = re.compile(rf"\x1b\[[\d;:]*\d{{{MAX_PARAMETER_DIGITS + 1}}}")
"""A sequence with more digits in a row than a key has, and no mark of a report: a scan began within it."""


class Piece(msgspec.Struct, frozen=True):
    """What was cut off the stream: plain ``text``, a whole escape sequence, or the Esc key (``\\x1b`` alone)."""

    text: str

    @property
    def is_sequence(self) -> bool:
        """Whether it starts with Esc."""
        return self.text.startswith(_ESC)


class Cutter:
    """Cuts a stream of characters into plain text, whole escape sequences and Esc keys. Time is an argument."""

    def __init__(self) -> None:
        self._begun = ""
        self._due_s: float | None = None
        self._late_until_s = 0.0
        """Until then a ``[`` still belongs to an Esc that came alone: a slow line tore a function key."""

    @property
    def due_s(self) -> float | None:
        """When ``expire`` should be called at the latest; None: nothing has begun."""
        return self._due_s

    def cut(self, text: str, now_s: float) -> Iterator[Piece]:
        """Pieces in order; what is unfinished stays for the next call."""
        plain = 0
        for index, character in enumerate(text):
            if not self._begun:
                if character == _ESC:
                    if plain < index:
                        yield Piece(text[plain:index])
                    self._begun = _ESC
                elif character == "[" and index == 0 and now_s < self._late_until_s:
                    self._begun = "\x1b["
                else:
                    continue
            else:
                yield from self._goes_on(character)
            plain = index + 1
        if plain < len(text):
            yield Piece(text[plain:])
        wait_s = {0: None, 1: ESCAPE_WAIT_S}.get(len(self._begun), SEQUENCE_WAIT_S)
        self._due_s = None if wait_s is None else now_s + wait_s

    def expire(self, now_s: float) -> Iterator[Piece]:
        """A lone Esc that has waited long enough is the Esc key; a begun sequence is given up."""
        if self._due_s is not None and now_s >= self._due_s:
            if self._begun == _ESC:
                self._late_until_s = now_s + SEQUENCE_WAIT_S
                yield Piece(_ESC)
            elif _TYPED_DIGITS.match(self._begun):
                yield Piece(_UNREADABLE)
            self._begun, self._due_s = "", None

    def _goes_on(self, character: str) -> Iterator[Piece]:
        begun = self._begun + character
        if character == _ESC:
            if self._begun == _ESC:
                yield Piece(_ESC)
            elif _TYPED_DIGITS.match(self._begun):
                yield Piece(_UNREADABLE)
            self._begun = _ESC
        elif self._begun == _ESC:
            if character in "[O":
                self._begun = begun
            else:
                self._begun = ""
                yield Piece(_ESC)
                yield Piece(character)
        elif _is_whole(begun):
            self._begun = ""
            yield Piece(begun)
        elif begun == "\x1b[[" or (begun[1] == "[" and " " <= character <= "?" and len(begun) < MAX_SEQUENCE):
            self._begun = begun
        else:
            # A key's sequence does not end like this: the digits in it, or this one, may be a scan's.
            torn = len(self._begun) > 2 or begun[1] == "O"
            self._begun = ""
            if torn:
                yield Piece(_UNREADABLE)
            yield Piece(character)


def _is_whole(sequence: str) -> bool:
    """SS3 takes one more letter, the Linux console's ``ESC [ [`` too, CSI ends with a letter or ``~``."""
    if sequence[1] == "O":
        return "@" <= sequence[2] <= "~"
    if sequence.startswith("\x1b[["):
        return len(sequence) == 4 and "@" <= sequence[3] <= "~"
    return "@" <= sequence[-1] <= "~" and sequence[-1] != "["


class TillParser(XTermParser):
    """The stock parser behind the cutter: it only ever sees whole reports that it knows."""

    def __init__(self, debug: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """``debug``: as Textual's. ``clock``: seconds that only go on."""
        super().__init__(debug)
        self._clock = clock
        self._cutter = Cutter()
        self._pasted: list[str] | None = None
        self._paste_due_s = 0.0

    @property
    def due_s(self) -> float | None:
        """When ``tick`` has something to do (by ``clock``); None: nothing is begun."""
        due = self._cutter.due_s
        if self._pasted is None:
            return due
        return self._paste_due_s if due is None else min(due, self._paste_due_s)

    def feed(self, data: str) -> Iterable[Message]:
        """Messages of the characters. None are no end (as in the stock parser): half a character has been read."""
        if not data:
            return
        now_s = self._clock()
        self._paste_due_s = now_s + PASTE_WAIT_S
        for piece in self._cutter.cut(data, now_s):
            yield from self._messages(piece)

    def tick(self) -> Iterable[Message]:
        """Messages that time has made due."""
        now_s = self._clock()
        for piece in self._cutter.expire(now_s):
            yield from self._messages(piece)
        if self._pasted is not None and now_s >= self._paste_due_s:
            yield from self._paste()

    def _messages(self, piece: Piece) -> Iterable[Message]:
        if piece.text in (_PASTE_START, _PASTE_END):
            yield from self._paste()
            self._pasted = [] if piece.text == _PASTE_START else None
        elif self._pasted is not None:
            # An escape sequence within a paste is no key.
            if not piece.is_sequence:
                self._pasted.append(piece.text)
                if sum(map(len, self._pasted)) >= MAX_PASTE:
                    yield from self._paste()
                    self._pasted = []
        elif piece.text == _ESC:
            yield events.Key("escape", _ESC)
        elif not piece.is_sequence:
            # Not by way of the stock parser: it would write every key into a log that nobody reads.
            for character in piece.text:
                yield from self._sequence_to_key_events(character)
        elif _REPORT.fullmatch(piece.text):
            yield from super().feed(piece.text)
        else:
            yield from self._keys(piece.text)

    def _keys(self, sequence: str) -> Iterable[Message]:
        pressed: list[events.Key] = []
        if _has_its_number(sequence):
            # A number in it may be no character.
            with contextlib.suppress(ValueError, OverflowError):
                pressed = list(self._sequence_to_key_events(sequence))
        elif isinstance(known := ANSI_SEQUENCES_KEYS.get(sequence), tuple):
            pressed = [events.Key(key.value, None) for key in known]
        if not pressed and _TYPED_DIGITS.match(sequence) and ":" not in sequence:
            yield from self._sequence_to_key_events(_UNREADABLE)
        yield from (event for event in pressed if event.key != Keys.Ignore)

    def _paste(self) -> Iterable[Message]:
        """What has been pasted; the paste is over."""
        pasted, self._pasted = self._pasted, None
        if pasted:
            yield events.Paste("".join(pasted))


def decoder() -> IncrementalDecoder:
    """Bytes of the terminal -> characters; what is no UTF-8 becomes U+FFFD."""
    return getincrementaldecoder("utf-8")(errors="replace")


def _has_its_number(sequence: str) -> bool:
    """Whether the Kitty protocol has a key of this number: the stock parser makes a character of any other (``"`` of
    ``ESC [ 34 ~``, which is F20).
    """
    match = _NUMBERED.fullmatch(sequence)
    return match is None or f"{match[1] or 1}{match[2]}" in FUNCTIONAL_KEYS


class Typed(events.Event, bubble=False):
    """Keys and pastes that came in one piece, in order: a whole scan is one message and is shown once."""

    def __init__(self, typed: Sequence[events.Key | events.Paste]) -> None:
        super().__init__()
        self.typed = typed


class TillDriver(LinuxDriver):
    """Textual's Linux driver, reading and writing on the loop: no thread stands between a key and what it paints."""

    _outlet: Outlet | None = None
    _decode: Callable[[bytes], str]
    _reads_on: asyncio.AbstractEventLoop | None = None
    _ticking: asyncio.TimerHandle | None = None

    @property
    def behind(self) -> bool:
        """Whether the terminal has not taken yet what was painted: then nothing more should be."""
        return self._outlet is not None and self._outlet.behind

    def start_application_mode(self) -> None:
        """Take the terminal over."""
        loop = asyncio.get_running_loop()
        assert self._file is not None
        if (fd := outlet.opened(self._file.fileno())) is not None:
            self._outlet = Outlet(fd, loop, self._caught_up)
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._parser = TillParser(self._debug)
        self._decode = decoder().decode
        self._reads_on = loop
        loop.add_reader(self.fileno, self._readable)

    def disable_input(self) -> None:
        """Read no more keys."""
        self._stop_reading()
        super().disable_input()

    def close(self) -> None:
        """Let go of the terminal."""
        if self._outlet is not None:
            self._outlet.close()
            self._outlet = None
        super().close()

    def write(self, data: str) -> None:
        """To the terminal, without waiting for it."""
        if self._outlet is None:
            super().write(data)
        else:
            self._outlet.write(data.encode("utf-8", "replace"))

    def run_input_thread(self) -> None:
        """Nothing: the loop reads. Textual starts this thread and waits for its end."""

    def _stop_reading(self) -> None:
        if self._reads_on is not None:
            self._reads_on.remove_reader(self.fileno)
            self._reads_on = None
        if self._ticking is not None:
            self._ticking.cancel()

    def _readable(self) -> None:
        try:
            data = self._read()
            if not data:
                self._stop_reading()
                self._app.call_later(self._app.exit)
                return
            if text := self._decode(data):
                self._pass_on(self._parser.feed(text))
            self._tick()
        except Exception as fault:  # noqa: BLE001 - any fault in reading must reach the app, whatever it is
            self._stop_reading()
            self._app._handle_exception(fault)

    def _tick(self) -> None:
        self._pass_on(self._parser.tick())
        if self._ticking is not None:
            self._ticking.cancel()
            self._ticking = None
        if self._parser.due_s is not None and self._reads_on is not None:
            self._ticking = self._reads_on.call_later(max(0.0, self._parser.due_s - time.monotonic()), self._tick)

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _pass_on(self, messages: Iterable[Message]) -> None:
        typed: list[events.Key | events.Paste] = []
        for message in messages:
            if isinstance(message, events.Key | events.Paste):
                typed.append(message)
            else:
                self._say_typed(typed)
                typed = []
                self.process_message(message)
        self._say_typed(typed)

    def _say_typed(self, typed: Sequence[events.Key | events.Paste]) -> None:
        if typed:
            self._app.post_message(Typed(typed))

    def _caught_up(self) -> None:
        self._app.screen.refresh()
