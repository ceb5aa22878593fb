"""Checkout-Dialog 06: bytes of the makers' description, the proof, and results that do not fit."""

from __future__ import annotations

import binascii
import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peripherals.scale import dialog
from peripherals.scale.dialog import Dialog06, Frames, MakersSecret, Record, Taken
from peripherals.scale.reading import Noise, NoReading, Order, Outcome, Reading, Say, Talk
from peripherals.simulators.scale_machine import DialogMachine, practising

RESULT = b"\x0202\x1b3\x1b00500\x1b001490\x1b000745\x03"


def test_the_price_is_told_with_tare_and_without() -> None:
    assert dialog.price_record(Order(1490, 750)) == b"\x04\x0203\x1b001490\x1b0750\x1b\x03"
    assert dialog.price_record(Order(1490)) == b"\x04\x0201\x1b001490\x1b\x03"


def test_answers_are_read_as_the_makers_write_them() -> None:
    assert Frames().feed(b"\x06") == [Taken()]
    assert Frames().feed(b"\x15") == [Taken(refused=True)]
    assert Frames().feed(RESULT) == [Record("02", ("3", "00500", "001490", "000745"))]
    assert Frames().feed(b"\x0211\x1b2\x1b47\x03") == [Record("11", ("2", "47"))]
    assert Frames().feed(b"\x0209\x1b20\x03") == [Record("09", ("20",))]


@given(st.binary(max_size=200))
def test_whatever_comes_is_kept_in_bounds_and_a_good_record_after_it_is_read(junk: bytes) -> None:
    frames = Frames()
    frames.feed(junk)
    frames.torn()
    assert frames.feed(b"\x15") == [Taken(refused=True)]


def test_the_proof_is_the_one_of_the_documentation() -> None:
    assert doctest.testmod(dialog).failed == 0


@given(st.integers(0, 0xFFFF), st.integers(0, 0xFF))
def test_the_remainder_is_that_of_a_known_polynomial_division(checksum: int, random_number: int) -> None:
    proof = MakersSecret(checksum, 0x1021).proof(random_number)
    left, right = int(proof[5:9], 16), int(proof[9:13], 16)
    high, low = random_number >> 4, random_number & 0xF
    assert left == (checksum << high | checksum >> 16 - high) & 0xFFFF
    expected = binascii.crc_hqx(checksum.to_bytes(2, "big"), 0)
    assert right == (expected >> low | expected << 16 - low) & 0xFFFF


def test_a_weighing_tells_the_price_asks_and_acknowledges() -> None:
    outcome, said = _with(DialogMachine(1250), Dialog06().weigh(Order(1490, 750)))
    assert outcome == Reading(500, 750)
    assert said == [b"\x04\x0203\x1b001490\x1b0750\x1b\x03", b"\x04\x05", b"\x04"]


def test_a_scale_that_wants_a_proof_gets_it_once() -> None:
    machine = DialogMachine(1250)
    machine.fault("secret 1234 1021")
    protocol = Dialog06(MakersSecret(0x1234, 0x1021))
    outcome, said = _with(machine, protocol.weigh(Order(1490)))
    assert outcome == Reading(1250)
    assert said[1] == b"\x04\x0210\x1b23418C27\x03"
    machine.fault("load 700")
    assert len(_with(machine, protocol.weigh(Order(1490)))[1]) == 3


def test_a_wrong_or_missing_secret_is_told_and_gives_no_weight() -> None:
    for secret, reason in ((None, "checksum_missing"), (MakersSecret(0x1234, 0x8005), "checksum_refused")):
        machine = DialogMachine(1250)
        machine.fault("secret 1234 1021")
        assert _with(machine, Dialog06(secret).weigh(Order(1490)))[0] == NoReading(reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("motion", "motion"),
        ("load 15001", "overload"),
        ("load -100", "under_zero"),
        ("load 10", "below_minimum"),
        ("half", "silent"),
        ("wrong_parity", "silent"),
        ("silent", "silent"),
    ],
)
def test_each_fault_of_the_machine_is_a_reason_and_never_a_weight(command: str, reason: str) -> None:
    machine = DialogMachine(1250)
    assert machine.fault(command)
    outcome, _ = _with(machine, Dialog06().weigh(Order(1490)))
    assert isinstance(outcome, NoReading)
    assert outcome.reason in (reason, "garbled")


def test_the_same_weighing_is_not_given_twice_by_the_scale_itself() -> None:
    machine = DialogMachine(1250)
    assert _with(machine, Dialog06().weigh(Order(1490)))[0] == Reading(1250)
    assert _with(machine, Dialog06().weigh(Order(1490)))[0] == NoReading("same_reading")
    machine.fault("load 0")
    machine.fault("load 1250")
    assert _with(machine, Dialog06().weigh(Order(1490)))[0] == Reading(1250)


def test_after_motion_the_result_is_asked_for_again_without_the_price() -> None:
    machine = DialogMachine(1250)
    machine.fault("motion")
    assert _with(machine, Dialog06().weigh(Order(1490)))[0] == NoReading("motion")
    machine.fault("still")
    outcome, said = _with(machine, Dialog06().weigh(Order(1490), again=True))
    assert (outcome, said[0]) == (Reading(1250), b"\x04\x05")


@pytest.mark.parametrize(
    "fields",
    [
        ("3", "00500", "001490", "000746"),  # not what weight and price come to
        ("3", "00500", "001480", "000740"),  # another price
        ("3", "0500", "001490", "000745"),  # a digit is missing
        ("1", "00500", "001490", "000745"),  # pounds
        ("3", "00500", "001490"),
        ("3", "-0500", "001490", "000745"),
        ("3", "٠٠٥٠٠", "001490", "000745"),
    ],
)
def test_a_result_that_does_not_fit_is_no_weight(fields: tuple[str, ...]) -> None:
    outcome = _played(Dialog06().weigh(Order(1490)), [Taken(), Record("02", fields)])
    assert outcome == NoReading("garbled")


@given(st.integers(1, 15_000), st.integers(1, 999_999))
def test_the_total_of_the_scale_is_rounded_as_ours(weight: int, price: int) -> None:
    total = (weight * price * 2 + 1000) // 2000
    if total <= 999_999:
        fields = ("3", f"{weight:05d}", f"{price:06d}", f"{total:06d}")
        assert _played(Dialog06().weigh(Order(price)), [Taken(), Record("02", fields)]) == Reading(weight)


@pytest.mark.parametrize("answer", [None, Noise(b"\x82"), Record("99", ()), Record("09", ("20",))])
def test_an_answer_that_may_not_come_there_is_no_weight(answer: object) -> None:
    assert isinstance(_played(Dialog06().weigh(Order(1490)), [answer]), NoReading)


@pytest.mark.parametrize("order", [Order(0), Order(1_000_000), Order(1490, 10_000), Order(1490, -1)])
def test_what_no_record_can_hold_is_not_asked(order: Order) -> None:
    with pytest.raises(StopIteration) as ended:
        next(Dialog06().weigh(order))
    assert isinstance(ended.value.value, NoReading)


def test_a_scale_that_answers_is_found_and_another_thing_is_not() -> None:
    assert _with(DialogMachine(), Dialog06().probe())[0] == NoReading("empty")
    assert _played(Dialog06().probe(), [Taken()]) == NoReading("garbled")
    assert _played(Dialog06().probe(), [None]) == NoReading("silent")


def _played(talk: Talk, answers: list[object]) -> Outcome:
    left = iter(answers)
    try:
        say = next(talk)
        while True:
            say = talk.send(next(left) if say.answered else None)
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]


def _with(machine: DialogMachine, talk: Talk) -> tuple[Outcome, list[bytes]]:
    frames, said = Frames(), []

    def asked(say: Say) -> object:
        said.append(say.data)
        machine.receive(say.data)
        answers = iter(frames.feed(machine.take_replies()))
        return next(answers, frames.torn()) if say.answered else None

    try:
        say = next(talk)
        while True:
            say = talk.send(asked(say))
    except StopIteration as ended:
        return ended.value, said


def test_for_practice_goods_come_and_go_by_themselves() -> None:
    machine = practising(DialogMachine())
    outcomes = [_with(machine, Dialog06().weigh(Order(1490)))[0] for _try in range(60)]
    assert {each.net_g for each in outcomes if isinstance(each, Reading)} >= {512, 1250, 348}
    assert NoReading("same_reading") in outcomes
