"""What a till may believe of a transaction; and whatever byte is a line's last, nobody pays twice or for nothing."""

from __future__ import annotations

import msgspec
import pytest

from peripherals.card_terminal import apdu
from peripherals.card_terminal.apdu import Apdu, Malformed
from peripherals.card_terminal.exchange import ACCEPT_S, SILENCE_S, Ended, Exchange
from peripherals.card_terminal.framing import Framing, SerialFraming, TcpFraming
from peripherals.card_terminal.payment import Intent, Kind, Outcome, Verdict, resolved, verdict
from peripherals.card_terminal.status_information import Transaction
from peripherals.simulators.card_terminal_machine import CardTerminalMachine

BEFORE = Transaction(result=0, amount_minor=1234, currency=978, trace=41, receipt_no=7, terminal_id="52500041")
OURS = msgspec.structs.replace(BEFORE, trace=42, receipt_no=8)
DECLINED = msgspec.structs.replace(OURS, result=0x05)
INTENT = Intent("payment", 1234, "EUR", before=BEFORE)
PASSWORD = "000000"
TCP_BYTES, SERIAL_BYTES = 130, 230
"""More than a payment takes, both ways together."""


def done(transaction: Transaction | None) -> Ended:
    return Ended("done", accepted=True, transaction=transaction)


@pytest.mark.parametrize(
    ("ended", "outcome", "reason"),
    [
        (done(OURS), Outcome.APPROVED, ""),
        (done(DECLINED), Outcome.DECLINED, "declined"),
        (done(None), Outcome.UNCERTAIN, "not_told"),
        (done(msgspec.structs.replace(OURS, amount_minor=1233)), Outcome.UNCERTAIN, "contradiction"),
        (done(msgspec.structs.replace(OURS, currency=756)), Outcome.UNCERTAIN, "contradiction"),
        (Ended("refused", accepted=False, code=0x6B), Outcome.DECLINED, "not_registered"),
        (Ended("aborted", accepted=True, code=0x6C), Outcome.DECLINED, "aborted"),
        (Ended("aborted", accepted=True, code=0x6C, transaction=OURS), Outcome.UNCERTAIN, "contradiction"),
        (Ended("silent", accepted=True, transaction=OURS), Outcome.UNCERTAIN, "line_lost"),
        (Ended("silent", accepted=False), Outcome.UNCERTAIN, "line_lost"),
    ],
)
def test_only_an_approval_of_this_amount_that_was_completed_is_one(ended: Ended, outcome: Outcome, reason: str) -> None:
    found = verdict(INTENT, ended)
    assert (found.outcome, found.reason) == (outcome, reason)


REVERSED = msgspec.structs.replace(OURS, trace=43, receipt_no=9, original_trace=42)


@pytest.mark.parametrize(
    ("heard", "last", "outcome", "reason"),
    [
        (None, BEFORE, Outcome.DECLINED, "not_charged"),
        (None, OURS, Outcome.APPROVED, ""),
        (OURS, OURS, Outcome.APPROVED, ""),
        (None, DECLINED, Outcome.DECLINED, "declined"),
        (DECLINED, BEFORE, Outcome.DECLINED, "not_charged"),
        (DECLINED, msgspec.structs.replace(OURS, trace=44, receipt_no=10), Outcome.UNCERTAIN, "other_transaction"),
        (OURS, BEFORE, Outcome.UNCERTAIN, "contradiction"),
        (OURS, REVERSED, Outcome.DECLINED, "taken_back"),
        (None, REVERSED, Outcome.DECLINED, "taken_back"),
        (None, msgspec.structs.replace(REVERSED, original_trace=41), Outcome.UNCERTAIN, "other_transaction"),
        (None, msgspec.structs.replace(OURS, amount_minor=99), Outcome.UNCERTAIN, "other_transaction"),
        (None, msgspec.structs.replace(DECLINED, amount_minor=99), Outcome.UNCERTAIN, "other_transaction"),
        (None, msgspec.structs.replace(OURS, trace=None), Outcome.UNCERTAIN, "not_told"),
        (None, None, Outcome.UNCERTAIN, "not_told"),
    ],
)
def test_the_last_transaction_says_what_became_of_a_lost_one(
    heard: Transaction | None, last: Transaction | None, outcome: Outcome, reason: str
) -> None:
    found = resolved(INTENT, heard, done(last))
    assert (found.outcome, found.reason) == (outcome, reason)


def test_a_terminal_that_named_nothing_before_proves_nothing() -> None:
    intent = Intent("payment", 1234, "EUR")
    assert resolved(intent, None, done(OURS)).outcome is Outcome.UNCERTAIN
    assert resolved(intent, None, Ended("aborted", accepted=True, code=0x83)).outcome is Outcome.UNCERTAIN
    assert resolved(intent, OURS, done(OURS)).outcome is Outcome.APPROVED


def test_a_terminal_that_accepts_nothing_is_silent_and_one_at_work_may_take_its_time() -> None:
    exchange = Exchange(0.0)
    exchange.look_at(ACCEPT_S - 0.1)
    assert exchange.ended is None
    exchange.hear(apdu.ACKNOWLEDGE, 1.0)
    assert exchange.hear(Apdu(apdu.INTERMEDIATE, b"\x0a\x05"), 2.0) == (apdu.ACKNOWLEDGE,)
    assert exchange.progress == "insert_card"
    exchange.look_at(2.0 + SILENCE_S)
    assert exchange.ended is None, "it asked for five minutes"
    exchange.look_at(2.0 + 300)
    assert exchange.ended is not None
    assert exchange.ended.how == "silent"


class Line:
    """Carries so many bytes, both ways together, and is cut."""

    def __init__(self, bytes_left: int | None = None) -> None:
        self.left = bytes_left

    def carry(self, data: bytes) -> bytes:
        if self.left is None:
            return data
        carried, self.left = data[: self.left], max(0, self.left - len(data))
        return carried


class Noisy(Line):
    """Carries everything, but one byte arrives as another."""

    def __init__(self, at: int, noise: int) -> None:
        super().__init__()
        self._at = at
        self._noise = noise

    def carry(self, data: bytes) -> bytes:
        if 0 <= self._at < len(data):
            data = data[: self._at] + bytes((data[self._at] ^ self._noise,)) + data[self._at + 1 :]
            self._at = -1
        elif self._at >= 0:
            self._at -= len(data)
        return data


def asked(machine: CardTerminalMachine, framing: Framing, request: Apdu, line: Line) -> Ended:
    """One exchange over a line that may be cut in its middle; as ``conversation.py``, without its waiting."""
    try:
        return talked(machine, framing, request, line)
    except Malformed:
        return Ended("silent", accepted=True)


def talked(machine: CardTerminalMachine, framing: Framing, request: Apdu, line: Line) -> Ended:
    exchange = Exchange(0.0)
    framing.send(request)
    for _ in range(100):
        if exchange.ended is not None:
            return exchange.ended
        said = line.carry(framing.take_output())
        machine.receive(said)
        answered = line.carry(machine.take_replies())
        if not said and not answered:
            return exchange.cut()  # nobody says anything any more
        for heard in framing.receive(answered):
            for answer in exchange.hear(heard, 0.0):
                framing.send(answer)
        if line.left == 0:
            return exchange.ended or exchange.cut()
    raise AssertionError("no end")


def connected(machine: CardTerminalMachine, *, serial: bool) -> tuple[Framing, Ended]:
    """A new line; what the terminal did last."""
    framing: Framing = SerialFraming() if serial else TcpFraming()
    if not serial:
        machine.connected()
    for request in (apdu.register(PASSWORD, 978), apdu.status_enquiry(PASSWORD), apdu.repeat_receipt(PASSWORD)):
        last = asked(machine, framing, request, Line())
    return framing, last


def a_payment(
    machine: CardTerminalMachine, line: Line | int | None, *, serial: bool, kind: Kind = "payment"
) -> Verdict:
    """As ``device.py`` and the engine do it: intent, one request, and if need be the question what became of it."""
    framing, last = connected(machine, serial=serial)
    to_take_back = last.transaction.receipt_no if last.transaction and kind == "reversal" else 0
    intent = Intent(kind, 1234, "EUR", before=last.transaction, receipt_no=to_take_back or 0)
    ended = asked(machine, framing, intent.request(PASSWORD), line if isinstance(line, Line) else Line(line))
    found = verdict(intent, ended)
    if found.outcome is Outcome.UNCERTAIN:
        _framing, last = connected(machine, serial=serial)
        found = resolved(intent, ended.transaction, last)
    return found


def with_a_history(*, serial: bool) -> CardTerminalMachine:
    machine = CardTerminalMachine(serial=serial)
    framing, _ = connected(machine, serial=serial)
    asked(machine, framing, apdu.pay(1234, 978), Line())
    machine.moved.clear()
    machine.requests.clear()
    return machine


@pytest.mark.parametrize("fault", ["", "decline 05", "abort", "reverse"])
@pytest.mark.parametrize("serial", [False, True], ids=["tcp", "serial"])
def test_zvt_lost_after_06_01_at_every_byte_is_never_charged_twice_nor_booked_without_approval(
    serial: bool, fault: str
) -> None:
    outcomes = set()
    for bytes_left in range(SERIAL_BYTES if serial else TCP_BYTES):
        machine = with_a_history(serial=serial)
        assert not fault or machine.fault(fault)
        found = a_payment(machine, bytes_left, serial=serial)
        charged = machine.moved.count(("payment", 1234)) - machine.moved.count(("reversal", 1234))
        assert machine.requests.count(apdu.PAY) <= 1
        assert found.outcome is not Outcome.UNCERTAIN, f"{bytes_left}: {found}"
        assert (found.outcome is Outcome.APPROVED) == (charged == 1), f"{bytes_left}: {found}, {machine.moved}"
        outcomes.add(found.outcome)
    expected = {Outcome.DECLINED} if fault in ("decline 05", "abort") else {Outcome.DECLINED, Outcome.APPROVED}
    assert outcomes == expected


@pytest.mark.parametrize("noise", [0x01, 0x13, 0xFF])
def test_a_byte_that_arrives_as_another_books_nothing_that_was_not_approved(noise: int) -> None:
    for at in range(SERIAL_BYTES):
        machine = with_a_history(serial=True)
        found = a_payment(machine, Noisy(at, noise), serial=True)
        assert machine.requests.count(apdu.PAY) <= 1
        assert (found.outcome is Outcome.APPROVED) == (machine.moved == [("payment", 1234)]), f"{at}: {found}"


@pytest.mark.parametrize("kind", ["refund", "reversal"])
@pytest.mark.parametrize("serial", [False, True], ids=["tcp", "serial"])
def test_money_goes_back_once_and_is_known_to_whatever_byte_is_the_last(serial: bool, kind: Kind) -> None:
    outcomes = set()
    for bytes_left in range(0, SERIAL_BYTES if serial else TCP_BYTES, 3):
        machine = with_a_history(serial=serial)
        found = a_payment(machine, bytes_left, serial=serial, kind=kind)
        assert (found.outcome is Outcome.APPROVED) == (machine.moved == [(kind, 1234)]), f"{bytes_left}: {found}"
        assert found.outcome is not Outcome.UNCERTAIN
        outcomes.add(found.outcome)
    assert outcomes == {Outcome.DECLINED, Outcome.APPROVED}


def test_a_payment_of_the_same_amount_is_no_reversal() -> None:
    taking_back = Intent("reversal", 1234, "EUR", before=BEFORE, receipt_no=7)
    assert resolved(taking_back, None, done(OURS)).outcome is Outcome.UNCERTAIN


def test_the_customers_slip_and_card_come_with_the_approval() -> None:
    found = a_payment(CardTerminalMachine(), None, serial=False)
    assert found.transaction is not None
    assert found.transaction.card_name == "girocard"
    assert found.slip == ("Beleg 0008", "girocard", "Zahlung erfolgt")
