"""The terminal driver with its stock dangers mended (measured in reference/tui.md, Textual 8.2.8).

* A byte that is no UTF-8 ended the app; here it becomes U+FFFD, which the router takes
  as "unreadable" and refuses with the whole entry.
* Esc took 100 ms because only a 100 ms poll looked for timeouts; here the wait for the
  next byte ends when Esc is due (``ESCDELAY``, 50 ms by default).
* Esc followed quickly by a digit became "¡" or "™" (read as Alt+digit), Esc Esc became
  "^", and half a function key became digits; here bytes are cut into keys *before* the
  stock parser sees them: Esc counts as a key of its own unless ``[`` or ``O`` follows, and
  an unfinished or unknown sequence is dropped, never typed.
* A failure of the input thread printed a traceback over the screen; here it goes the way
  of every crash (``TillApp``: to the log file, no local variables).
* The end of the terminal (hang-up) made the input thread spin; here it closes the screens.

Textual is pinned exactly, for this module leans on its inner parts.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import time
from codecs import getincrementaldecoder
from collections.abc import Iterable, Iterator

import msgspec
from textual import constants, events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver
from textual.keys import Keys
from textual.message import Message

ESCAPE_WAIT_S = constants.ESCAPE_DELAY
"""How long a lone Esc may be the start of a function key. At 9600 baud its next byte takes 1 ms."""
SEQUENCE_WAIT_S = 0.5
"""How long a function key may take once it has begun; then what came of it is dropped."""
MAX_SEQUENCE = 32
READ_BYTES = 4096
POLL_S = 0.1
"""How often the input thread looks whether the screens are closing."""

_ESC = "\x1b"
_REPORT = re.compile(r"\x1b\[(?:200~|201~|[IO]|\?\d+;\d\$y|48;[\d:;]+t|\d+;\d+R|<[\d;]+[mM])")
"""What terminals tell unasked and the stock parser understands: paste marks, focus, modes, sizes, mouse."""
_PASTE_START, _PASTE_END = "\x1b[200~", "\x1b[201~"


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
            self._begun, self._due_s = "", None

    def _goes_on(self, character: str) -> Iterator[Piece]:
        begun = self._begun + character
        if character == _ESC:
            if self._begun == _ESC:
                yield Piece(_ESC)
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
            self._begun = ""
            yield Piece(character)


def _is_whole(sequence: str) -> bool:
    """SS3 takes one more character, the Linux console's ``ESC [ [`` too, CSI ends with a letter or ``~``."""
    if sequence[1] == "O":
        return "!" <= sequence[2] <= "~"
    if sequence.startswith("\x1b[["):
        return len(sequence) == 4 and "@" <= sequence[3] <= "~"
    return "@" <= sequence[-1] <= "~" and sequence[-1] != "["


class TillParser(XTermParser):
    """The stock parser behind the cutter: it only ever sees whole sequences that it knows."""

    def __init__(self, debug: bool = False) -> None:
        """``debug``: as Textual's."""
        super().__init__(debug)
        self._cutter = Cutter()
        self._pasting = False

    @property
    def due_s(self) -> float | None:
        """When ``tick`` has something to do (monotonic seconds); None: nothing is begun."""
        return self._cutter.due_s

    def feed(self, data: str) -> Iterable[Message]:
        """Messages of the characters; an empty string ends the stream."""
        if not data:
            yield from super().feed("")
            return
        for piece in self._cutter.cut(data, time.monotonic()):
            yield from self._messages(piece)

    def tick(self) -> Iterable[Message]:
        """Messages that time has made due."""
        for piece in self._cutter.expire(time.monotonic()):
            yield from self._messages(piece)

    def _messages(self, piece: Piece) -> Iterable[Message]:
        if not piece.is_sequence:
            yield from super().feed(piece.text)
        elif piece.text == _ESC:
            if not self._pasting:
                yield events.Key("escape", _ESC)
        elif _REPORT.fullmatch(piece.text):
            self._pasting = piece.text == _PASTE_START or (self._pasting and piece.text != _PASTE_END)
            yield from super().feed(piece.text)
        elif not self._pasting:
            for event in self._sequence_to_key_events(piece.text):
                if event.key != Keys.Ignore and (event.character is None or _may_type(piece.text)):
                    yield event


def _may_type(sequence: str) -> bool:
    """Whether a sequence can stand for a character: keypads and the Kitty protocol; not an unknown ``ESC [ 57 ~``."""
    return sequence in ANSI_SEQUENCES_KEYS or sequence.endswith("u")


class TillDriver(LinuxDriver):
    """Textual's Linux driver with an input loop that does not die of one byte."""

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except Exception as fault:  # noqa: BLE001 - any fault of this thread must reach the app, whatever it is
            with contextlib.suppress(RuntimeError):
                self._app.call_later(self._app._handle_exception, fault)

    def run_input_thread(self) -> None:
        """Read keys until the screens close or the terminal is gone."""
        parser = TillParser(self._debug)
        decode = getincrementaldecoder("utf-8")(errors="replace").decode
        with selectors.SelectSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                if selector.select(_wait_s(parser.due_s)):
                    data = self._read()
                    if not data:
                        self._app.call_later(self._app.exit)
                        return
                    self._pass_on(parser.feed(decode(data)))
                self._pass_on(parser.tick())

    def _read(self) -> bytes:
        try:
            return os.read(self.fileno, READ_BYTES)
        except OSError:
            return b""

    def _pass_on(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.process_message(message)


def _wait_s(due_s: float | None) -> float:
    if due_s is None:
        return POLL_S
    return min(POLL_S, max(0.0, due_s - time.monotonic()))
