"""A till's input from bytes to intents without a terminal, and the judge of what became of every scan.

``Desk`` is the driver's loop (bytes, decoder, ``TillParser``, its timeouts) with the router behind it and a session
that answers late: a barrier is resolved only after some more keys. Keys carry a number, so that an intent is known to
be of this key and no other, however long the key was held.

``Judge`` holds the outcome against the stream:

* every clean scan came out of the parser whole and in order, and its Enter gave exactly one answer: the intent that
  the mode asks for with exactly its code, or ``Refused``; the LF behind its CR gave none;
* a touched scan came to the same, or to a refusal, or to a code that no article has (which the session refuses);
* no code of the stream is in any other intent: none doubled, none overtakes another;
* in a task's step a scan is looked for, or stands in a field for codes, or is refused; it is no text and no amount;
* money, quantities, customers, lines and parked numbers consist of digits that were typed (0 and 5);
* what is left of a scan never pays, voids, ends the day or answers a question.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import pairwise

import msgspec
from textual import events
from textual.message import Message

from app.domain import codes, statement
from app.domain.user import PIN_DIGITS
from app.domain.voucher import CodeMistyped, parse_code
from app.screens import typing_keys
from app.screens.dialogue import Dialogue, Stage
from app.screens.driver import TillParser, decoder
from app.screens.functions import Mode
from app.screens.intents import (
    Act,
    Again,
    Answered,
    AskPayment,
    Declined,
    Find,
    GiveUpClaim,
    Intent,
    LookUp,
    PutAside,
    Quit,
    Refused,
    Settle,
    Start,
    StepChanged,
    TakeBack,
)
from app.screens.keys import Keymap, key_name
from app.screens.router import Router
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.screens.tasks.fields import Field, Kind
from app.screens.tasks.form import Form
from app.screens.tasks.steps import Question as Confirm
from app.screens.tasks.steps import Sheet, Step, Working
from app.screens.typing_keys import Entry
from app.till.commands import Pay, Redeem, Scan, TakeCoupon, VoidSale, ZReport
from tests.app.screens.streams import Stream

ENTER = ("enter", "ctrl+j")
FIELDS = (Stage.USER, Stage.PIN, Stage.REASON)
"""Where a text is typed that nobody can tell from a code with letters."""
MAX_PASTE = 4096
"""As the screens': a longer paste is refused as a whole."""


class Key(str):
    """A key's name with its number in the stream."""

    __slots__ = ("number",)

    number: int


class Taken(msgspec.Struct, frozen=True):
    """What a key met, and what became of it."""

    key: str
    mode: Mode
    entry: Entry
    stage: Stage | None
    takes_codes: bool
    """Whether it went to a step of a task that takes codes: a search, a field for them."""
    intents: list[Intent]


class Traced(Router):
    """The router, and a record of every key."""

    def __init__(self) -> None:
        super().__init__(Keymap())
        self.taken: dict[int, Taken] = {}
        self.uncovered: set[int] = set()
        """Keys that closed the help over something unfinished, which stands there again."""
        self._released_now: list[set[int]] = []
        """Of each key that is being taken: the intents of held keys that it releases (Esc at a question)."""

    def _take(self, pressed: typing_keys.Key) -> list[Intent]:
        key = pressed.name
        mode, entry, stage = self.mode, self.entry, self.dialogue.stage if self.dialogue else None
        takes_codes = mode is Mode.TASK and self._step is not None and self._step.scans
        self._released_now.append(set())
        intents = super()._take(pressed)
        released = self._released_now.pop()
        if self._released_now:
            self._released_now[-1].update(id(intent) for intent in intents)
        if isinstance(key, Key):
            assert key.number not in self.taken, "a key was taken twice"
            own = [intent for intent in intents if id(intent) not in released] if released else intents
            self.taken[key.number] = Taken(key, mode, entry, stage, takes_codes, own)
            if mode is Mode.HELP and self.mode is not Mode.HELP and not self.entry.empty:
                self.uncovered.add(key.number)
        return intents


class Desk:
    """One till with a stream running into it."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._scale_rng = random.Random(seed + 1_000_003)
        self._now_s = 100.0
        self._decode = decoder().decode
        self._parser = TillParser(clock=lambda: self._now_s)
        self._patience = self._rng.choice((0, 3, 30, 300, 300, 6000))
        self._keys_to_wait = 0
        self._waits: Intent | None = None
        self._step: Step | None = None
        self._searching = False
        self._sought = ""
        self.unasked: set[int] = set()
        """Keys after which a step came that nobody had asked for: long work was done."""
        self.router = Traced()
        self.intents: list[Intent] = []
        self.typed: list[str] = []
        """Every key that came out of the parser: the character it types, or its name."""

    def run(self, stream: Stream) -> None:
        """Take it all, and wait until nothing is held any more."""
        for wait_s, data in stream.writes:
            self._pass(wait_s)
            self._arrive(self._parser.feed(self._decode(data)))
            self._arrive(self._parser.tick())
        self._pass(2.0)
        for _ in range(100_000):
            if self._waits is not None or self._searching:
                self._settle()
            elif self.router.mode in (Mode.QUESTION, Mode.TASK):
                self._press("escape", "\x1b")
            else:
                return
        raise AssertionError("the till never comes to rest")

    def _pass(self, wait_s: float) -> None:
        until_s = self._now_s + wait_s
        # A busy machine finds bytes and a timeout at once, and takes the bytes first.
        while (
            (due_s := self._parser.due_s) is not None
            and due_s <= until_s
            and (wait_s > 0.5 or self._rng.random() < 0.9)
        ):
            self._now_s = max(self._now_s, due_s)
            self._arrive(self._parser.tick())
        self._now_s = until_s

    def _arrive(self, messages: Iterable[Message]) -> None:
        for message in messages:
            if isinstance(message, events.Key):
                self._press(message.key, message.character)
            elif isinstance(message, events.Paste):
                assert len(message.text) <= MAX_PASTE
                for character in message.text:
                    self._press({"\r": "enter", "\n": "ctrl+j"}.get(character, character), character)

    def _press(self, name: str, character: str | None) -> None:
        key = Key(name)
        key.number = len(self.typed)
        self.typed.append(key_name(name, character))
        self.router.claiming = self._waits is not None and self._rng.random() < 0.05
        self.router.weighing = self._scale_rng.random() < 0.03
        intents = self.router.feed(key, character)
        if intents and key.number not in self.router.taken:  # refused, not taken
            self.router.taken[key.number] = Taken(name, self.router.mode, self.router.entry, None, False, intents)
        self._want(intents)
        if self._waits is not None or self._searching:
            self._keys_to_wait -= 1
            if self._keys_to_wait < 0:
                self._settle()
        elif self.router.mode is Mode.TASK and isinstance(self._step, Working) and self._rng.random() < 0.03:
            self.unasked.add(key.number)
            self._next_step()

    def _want(self, intents: list[Intent]) -> None:
        for intent in intents:
            self.intents.append(intent)
            if isinstance(intent, GiveUpClaim):
                self._keys_to_wait = 0
            if intent.waits:
                assert self._waits is None, "two barriers at once"
                self._waits, self._keys_to_wait = intent, self._rng.randint(0, self._patience)
            if isinstance(intent, Find):
                self._sought = intent.text
        if self.router.waiting and self._waits is None and not self._searching:
            self._searching, self._keys_to_wait = True, self._rng.randint(0, self._patience)

    def _settle(self) -> None:
        """The session answers: mostly with what was asked for."""
        if self._searching:
            assert isinstance(self._step, Choose)
            self._searching = False
            self._step.found(self._sought, Found(ROWS if self._rng.random() < 0.8 else ()))
            self._want(self.router.found())
            return
        intent, self._waits = self._waits, None
        good = self._rng.random() < 0.8
        mode: Mode | None = None
        match intent:
            case AskPayment():
                mode = Mode.TENDER if good else None
            case Settle(command=Redeem() | TakeCoupon() | Pay()) if self._rng.random() < 0.15:
                self.router.question(Dialogue(override=self._rng.random() < 0.7, login=self._rng.random() < 0.5))
                return
            case Start() | Answered() | Declined():
                self._next_step()
                return
            case Settle(command=Pay() | Redeem()) | Again():
                mode = Mode.SALE if good else Mode.TENDER
            case Settle(command=VoidSale() | ZReport()) | PutAside() | TakeBack():
                mode = Mode.SALE if good else None
        self._want(self.router.resolve(mode))

    def _next_step(self) -> None:
        """The task shows something else, or is done."""
        if self._rng.random() < 0.6:
            self._step = None
            self._want(self.router.end_task())
            return
        self._step = self._rng.choice(STEPS)()
        self._sought = ""
        self._want(self.router.present(self._step))


async def _nothing(_text: str) -> Found:
    raise AssertionError("the desk itself finds")


ROWS = (Choice(("one",), "one"), Choice(("two",), "two"))
STEPS: tuple[Callable[[], Step], ...] = (
    *[lambda: Choose("Search", (Column("Name", 0),), find=_nothing)] * 4,
    lambda: Form("Voucher", [Field("code", "Code", Kind.CODE)]),
    lambda: Choose("Parked", (Column("Name", 0),), ROWS),
    lambda: Form(
        "Customer", [Field("text", "Name"), Field("count", "Count", Kind.COUNT), Field("code", "Card", Kind.CODE)]
    ),
    lambda: Form("Money", [Field("amount", "Amount", Kind.AMOUNT), Field("text", "Why", required=True)]),
    lambda: Sheet("Read", "text"),
    lambda: Confirm("Ask", "Really?"),
    lambda: Working("Work"),
)


class Verdicts(msgspec.Struct):
    """What became of the scans."""

    accepted: int = 0
    refused: int = 0
    touched: int = 0
    answers: int = 0
    sought: int = 0
    money: int = 0


class Judge:
    """Says of every scan of a stream what became of it; ``AssertionError`` if that is not as it must be."""

    def __init__(self, stream: Stream, desk: Desk) -> None:
        self._stream = stream
        self._desk = desk
        self._taken = desk.router.taken
        self._barcodes = {scan.code for scan in stream.scans if scan.code.isdigit()}
        self._place = {scan.code: place for place, scan in enumerate(stream.scans)}
        self._torn: set[int] = set()
        taken = list(self._taken)
        self._late = {number for before, number in pairwise(taken) if not self._follows(before, number)}
        """Keys that were taken after later ones: a question had come in between."""
        self.verdicts = Verdicts()

    def judge(self) -> Verdicts:
        """Look at everything."""
        self._complete()
        ends = self._ends()
        self._scans(ends)
        self._others(ends)
        return self.verdicts

    def _follows(self, before: int, number: int) -> bool:
        return before < number and not any(between in self._taken for between in range(before + 1, number))

    def _complete(self) -> None:
        """Note the keys that gave nothing by themselves: the LF behind a CR, and an entry that a question tore."""
        typed = self._desk.typed
        answer: Taken | None = None
        for number in range(len(typed) - 1, -1, -1):
            if number in self._taken:
                answer = self._taken[number] if self._taken[number].intents else answer
                continue
            if typed[number - 1 : number + 1] != ["enter", "ctrl+j"]:
                refused = answer is not None and isinstance(answer.intents[0], Refused)
                assert refused, f"the key {typed[number]!r} was neither taken nor refused"
                self._torn.add(number)
            self._taken[number] = Taken(typed[number], Mode.SALE, Entry(), None, False, [])

    def _ends(self) -> dict[int, int]:
        """Enter's number -> the scan (its place in the stream) whose characters came directly before it."""
        lengths = sorted({len(scan.code) for scan in self._stream.scans}, reverse=True)
        ends: dict[int, int] = {}
        since = ""
        last = -1
        for number, name in enumerate(self._desk.typed):
            if name not in ENTER:
                since += name if len(name) == 1 else ""
                continue
            found = next((self._place[since[-n:]] for n in lengths if since[-n:] in self._place), None)
            since = ""
            if found is not None:
                assert found > last, (
                    f"{self._stream.scans[found]} was doubled or overtaken by {self._stream.scans[last]}"
                )
                ends[number], last = found, found
        whole = set(ends.values())
        missing = [scan for place, scan in enumerate(self._stream.scans) if scan.clean and place not in whole]
        assert not missing, f"lost on the way to the router: {missing[:3]}"
        return ends

    def _scans(self, ends: dict[int, int]) -> None:
        gap = False
        at = {place: number for number, place in ends.items()}
        number = -1
        for place, scan in enumerate(self._stream.scans):
            began, number = number, at.get(place, -1)
            if number < 0:
                number = began
                self._not_whole(place, at)
                continue
            keys = range(number - len(scan.code), number + 1)
            refused_keys = any(self._too_fast(of) for of in keys)
            torn = not (self._torn | self._late).isdisjoint(keys)
            if not self._desk.unasked.isdisjoint(keys[:-1]):
                torn = True
                answers = self._taken[number].intents
                assert any(isinstance(each, Refused) for each in answers[:1]), (
                    f"half of {scan} went into a step: {answers}"
                )
            torn = torn or not self._desk.router.uncovered.isdisjoint(range(began + 1, keys[0]))
            self._one(scan.code, self._taken[number], clean=scan.clean and not gap and not refused_keys and not torn)
            self.verdicts.touched += not scan.clean
            if refused_keys:
                gap = True
            elif self._taken[number].mode is not Mode.QUESTION:
                gap = False
            if number + 1 < len(self._desk.typed) and self._desk.typed[number + 1] == "ctrl+j" and not gap:
                after = self._taken[number + 1].intents
                assert not after or self._desk.typed[number] != "enter", f"the LF of {scan} was an Enter: {after}"

    def _too_fast(self, number: int) -> bool:
        return self._taken[number].intents == [Refused("too_fast")]

    def _one(self, code: str, taken: Taken, *, clean: bool) -> None:
        """A scan's characters came whole, then its Enter."""
        intents = taken.intents
        if taken.stage in FIELDS and not (clean and _is_ours(code, taken.stage)):
            # Nobody can tell it from a name or a reason: it is an answer, and the session will see what it is worth.
            assert all(isinstance(intent, Refused | Again) for intent in intents), f"{code}: {taken}"
            self.verdicts.answers += 1
            return
        if taken.mode is Mode.TASK:
            self._in_task(code, taken, clean=clean)
            return
        if clean:
            wanted = _wanted(code, taken)
            assert [_said(intent) for intent in intents] == [wanted], f"{code}: {taken}, wanted {wanted}"
        assert len(intents) == 1, f"{code} has no answer: {taken}"
        (answer,) = intents
        if isinstance(answer, Refused):
            self.verdicts.refused += 1
        else:
            said = _code_of(answer)
            assert said is not None, f"{code} became {answer}"
            assert said == code or said not in self._place, f"{code} became {said}"
            self.verdicts.accepted += said == code

    def _in_task(self, code: str, taken: Taken, *, clean: bool) -> None:
        intents = taken.intents
        assert all(isinstance(intent, Refused | Answered | StepChanged | Find) for intent in intents), (
            f"{code}: {taken}"
        )
        refused = bool(intents) and isinstance(intents[0], Refused)
        if clean and not taken.takes_codes and (code.isdigit() or statement.looks_like_one(code)):
            assert refused, f"{code} was taken by a step that wants none: {taken}"
        if clean and taken.takes_codes:
            assert taken.entry.text == code, f"{code} did not come to the search whole: {taken}"
        self.verdicts.refused += refused
        self.verdicts.sought += clean and taken.takes_codes

    def _not_whole(self, place: int, at: dict[int, int]) -> None:
        """Between the scans on both sides there is a refusal that tells, and nothing is paid or answered."""
        self.verdicts.touched += 1
        between = range(at[place - 1] + 1, at[place + 1])
        intents = [intent for number in between for intent in self._taken[number].intents]
        told = [intent for intent in intents if isinstance(intent, Refused) or _code_of(intent) is not None]
        scan = self._stream.scans[place]
        met = [self._taken[number] for number in between if self._desk.typed[number] in ENTER]
        if any(each.stage in FIELDS or each.mode is Mode.TASK for each in met) and not scan.code.isdigit():
            self.verdicts.answers += 1  # what is left of a code with letters may well be a name or a reason
            return
        assert told, f"{scan} was lost without a word: {[self._desk.typed[number] for number in between]}"
        ended = [
            intent for intent in intents if isinstance(intent, Quit | Again) or _is(intent, Pay | VoidSale | ZReport)
        ]
        assert not ended, f"what was left of {scan} did {ended}"

    def _others(self, ends: dict[int, int]) -> None:
        """Intents of other keys, and the order of all."""
        of: dict[str, list[int]] = defaultdict(list)
        for number in sorted(self._taken):
            for intent in self._taken[number].intents:
                code = _code_of(intent)
                if code in self._place:
                    assert number in ends, f"{intent} came of the key {self._desk.typed[number]!r}"
                    of[code].append(number)
                if isinstance(intent, Answered) and isinstance(intent.answer, dict):
                    assert intent.answer.get("text", "") not in self._barcodes, f"a scan as a text: {intent}"
                for digits in _typed_fields(intent):
                    self.verdicts.money += 1
                    assert not set("12346789").intersection(digits), f"{intent} has digits of a scan"
        assert all(len(numbers) == 1 for numbers in of.values()), "a scan was doubled"
        order = [self._place[code] for intent in self._desk.intents if (code := _code_of(intent)) in self._place]
        assert order == sorted(order), "a scan overtook another"
        assert len(order) == self.verdicts.accepted, "intents were lost or made up behind the router"


def _is(intent: Intent, command: type | object) -> bool:
    return isinstance(intent, Act) and isinstance(intent.command, command)  # type: ignore[arg-type]


def _code_of(intent: Intent) -> str | None:
    """The code that was scanned, of the intents that take one."""
    match intent:
        case Act(command=Scan(code=code) | Redeem(code=code)) | LookUp(code=code):
            return code
    return None


def _said(intent: Intent) -> str:
    match intent:
        case Refused(code=code):
            return f"refused {code}"
        case LookUp(code=code):
            return f"looks up {code}"
        case Act(command=command):
            return f"{type(command).__name__} {_code_of(intent)}"
    return type(intent).__name__


def _wanted(code: str, taken: Taken) -> str:
    """What a clean scan must come to in this mode, written down anew and not taken from the router."""
    barcode = code.isdigit()
    assert barcode == (codes.looks_like_gtin(code) and not codes.has_wrong_check_digit(code))
    match taken.mode:
        case Mode.SALE if statement.looks_like_one(code):
            return "refused entry_open" if taken.entry.quantity or taken.entry.price else f"looks up {code}"
        case Mode.SALE:
            return f"Scan {code}"
        case Mode.TENDER:
            return "refused scan_is_no_money" if barcode else f"Redeem {code}"
        case Mode.REDEEM:
            return f"Redeem {code}"
        case Mode.HELP:
            return "refused help_open"
        case Mode.CONFIRM | Mode.QUESTION:
            return "refused answer_first"
    raise AssertionError(f"what is to become of {code} in {taken}?")


def _is_ours(code: str, stage: Stage) -> bool:
    """Whether a code shows by its check digit, or by its length, that it is goods or a slip."""
    if stage is Stage.PIN and len(code) <= PIN_DIGITS[1]:
        return False
    return code.isdigit() or statement.looks_like_one(code) or _is_voucher(code)


def _is_voucher(code: str) -> bool:
    try:
        return parse_code(code) == code
    except CodeMistyped:
        return False


def _typed_fields(intent: Intent) -> list[str]:
    """Everything in an intent that is no code of goods or slips; one piece is what a scan is without being told."""
    if isinstance(intent, Refused | Again | Find):
        return []
    if isinstance(intent, Answered):
        typed = intent.answer if isinstance(intent.answer, dict) else {}
        return [typed.get("amount", ""), typed.get("count", "")]
    holder = intent.command if isinstance(intent, Act) else intent
    return [
        value
        for name in getattr(holder, "__struct_fields__", ())
        if name not in ("code", "command") and isinstance(value := getattr(holder, name), str) and value != "1"
    ]
