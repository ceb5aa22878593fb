"""Mettler 8217: bytes of the maker's description, and every way in which a frame can be damaged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from peripherals.scale.mettler import Frames, Mettler8217, Status, Weight
from peripherals.scale.reading import Noise, NoReading, Order, Outcome, Reading, Say, Talk
from peripherals.simulators.scale_machine import MettlerMachine

WEIGHT = bytes.fromhex("02 30 31 2E 32 35 30 0D")


def test_a_weight_is_read_as_the_maker_writes_it() -> None:
    assert Frames().feed(WEIGHT) == [Weight(1250)]
    assert Frames().feed(bytes.fromhex("02 30 30 2E 35 30 30 4E 0D")) == [Weight(500, net=True)]


@pytest.mark.parametrize(("byte", "bits"), [(0x41, 1), (0x42, 2), (0x44, 4), (0x48, 8), (0x50, 16), (0x60, 32)])
def test_a_status_is_its_low_six_bits(byte: int, bits: int) -> None:
    assert Frames().feed(bytes((0x02, 0x3F, byte, 0x0D))) == [Status(bits)]


@given(st.integers(0, len(WEIGHT)))
def test_a_frame_in_two_pieces_is_one_weight(cut: int) -> None:
    frames = Frames()
    assert [*frames.feed(WEIGHT[:cut]), *frames.feed(WEIGHT[cut:])] == [Weight(1250)]


@given(st.integers(0, len(WEIGHT) - 1), st.integers(0, 255))
def test_a_damaged_byte_makes_noise_or_another_digit_and_nothing_else(at: int, byte: int) -> None:
    damaged = WEIGHT[:at] + bytes([byte]) + WEIGHT[at + 1 :]
    assume(damaged != WEIGHT)
    frames = Frames()
    found = [*frames.feed(damaged), *([torn] if (torn := frames.torn()) else [])]
    weights = [each for each in found if isinstance(each, Weight)]
    for weight in weights:
        # A digit that became another one cannot be told: that is why a weight is asked for twice.
        assert chr(byte).isdigit()
        assert at in (1, 2, 4, 5, 6)
        assert damaged == b"\x02%02d.%03d\r" % divmod(weight.grams, 1000)


@given(st.binary(max_size=200))
def test_whatever_comes_is_kept_in_bounds_and_a_good_frame_after_it_is_read(junk: bytes) -> None:
    frames = Frames()
    frames.feed(junk)
    frames.torn()
    assert frames.feed(WEIGHT) == [Weight(1250)]


def test_bytes_with_parity_in_the_eighth_bit_are_noise() -> None:
    as_8n1 = bytes(byte | 0x80 if byte.bit_count() % 2 else byte for byte in WEIGHT)
    assert all(isinstance(each, Noise) for each in Frames().feed(as_8n1))


def test_the_talk_asks_twice_and_gives_what_was_said_twice() -> None:
    assert _played(Mettler8217().weigh(Order()), [Weight(500), Weight(500)]) == (Reading(500), [b"W", b"W"])
    assert _played(Mettler8217().weigh(Order()), [Weight(500), Weight(502)])[0] == NoReading("motion")


def test_a_tare_is_set_in_the_scale_and_the_weight_has_to_be_net() -> None:
    order = Order(tare_g=750)
    outcome, said = _played(Mettler8217().weigh(order), [Status(32), *[Weight(500, net=True)] * 2])
    assert (outcome, said) == (Reading(500, 750), [b"T00750\r", b"W", b"W"])
    assert isinstance(outcome, Reading)
    assert outcome.gross_g == 1250
    gross = _played(Mettler8217().weigh(order), [Status(32), Weight(1250)])[0]
    assert gross == NoReading("tare_refused"), "a gross weight is never sold as the net one"
    assert _played(Mettler8217().weigh(order), [Status(0)])[0] == NoReading("tare_refused")
    finish = Mettler8217().finish(order)
    assert finish is not None
    assert _played(finish, [Status(16)])[1] == [b"C"]


def test_a_tare_that_somebody_set_at_the_scale_is_taken_back_first() -> None:
    outcome, said = _played(Mettler8217().weigh(Order()), [Weight(400, net=True), Status(0), Weight(500), Weight(500)])
    assert (outcome, said) == (Reading(500), [b"W", b"C", b"W", b"W"])
    stubborn = [Weight(400, net=True), Status(0), Weight(400, net=True)]
    assert _played(Mettler8217().weigh(Order()), stubborn)[0] == NoReading("tare_refused")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([Status(1)], "motion"),
        ([Status(2)], "overload"),
        ([Status(4)], "under_zero"),
        ([Status(8)], "not_zeroed"),
        ([Status(1 | 2 | 4)], "motion"),
        ([Weight(0), Weight(0)], "empty"),
        ([None], "silent"),
        ([Noise(b"\x82")], "garbled"),
        ([Weight(500), None], "silent"),
        ([Weight(500), Noise(b"x")], "garbled"),
        ([Weight(500), Status(1)], "motion"),
    ],
)
def test_everything_but_two_equal_weights_is_no_weight(answers: list[object], reason: str) -> None:
    outcome = _played(Mettler8217().weigh(Order()), answers)[0]
    assert isinstance(outcome, NoReading)
    assert outcome.reason == reason


def test_an_empty_plate_with_a_tare_is_lighter_than_its_tare() -> None:
    assert _played(Mettler8217().weigh(Order(tare_g=750)), [Status(32), Status(32 | 4)])[0] == NoReading("below_tare")


@given(st.integers(1, 15_000), st.integers(0, 15_000))
def test_machine_and_talk_agree_on_gross_tare_and_net(load_g: int, tare_g: int) -> None:
    outcome = _with(MettlerMachine(load_g), Mettler8217().weigh(Order(tare_g=tare_g)))
    if load_g > tare_g:
        assert outcome == Reading(load_g - tare_g, tare_g)
    else:
        assert isinstance(outcome, NoReading)
        assert outcome.reason in ("empty", "below_tare")


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        ("motion", "motion"),
        ("load 15001", "overload"),
        ("load -100", "under_zero"),
        ("half", "garbled"),
        ("wrong_parity", "garbled"),
        ("silent", "silent"),
        ("slip", "motion"),
    ],
)
def test_each_fault_of_the_machine_is_a_reason_and_never_a_weight(command: str, reason: str) -> None:
    machine = MettlerMachine(1250)
    assert machine.fault(command)
    outcome = _with(machine, Mettler8217().weigh(Order()))
    assert isinstance(outcome, NoReading)
    assert outcome.reason == reason


def _played(talk: Talk, answers: list[object]) -> tuple[Outcome, list[bytes]]:
    """The talk with these answers: how it ends, and what it said."""
    said, left = [], iter(answers)
    try:
        say = next(talk)
        while True:
            said.append(say.data)
            say = talk.send(next(left) if say.answered else None)
    except StopIteration as ended:
        assert not list(left), "not everything was asked for"
        return ended.value, said


def _with(machine: MettlerMachine, talk: Talk) -> Outcome:
    frames = Frames()

    def asked(say: Say) -> object:
        machine.receive(say.data)
        answers: Iterator[object] = iter(frames.feed(machine.take_replies()))
        return next(answers, frames.torn()) if say.answered else None

    try:
        say = next(talk)
        while True:
            say = talk.send(asked(say))
    except StopIteration as ended:
        return ended.value  # type: ignore[no-any-return]


def test_for_practice_goods_come_and_go_by_themselves() -> None:
    machine = MettlerMachine()
    machine.fault("auto")
    seen = set()
    for _asked in range(80):
        outcome = _with(machine, Mettler8217().weigh(Order()))
        seen.add(outcome.net_g if isinstance(outcome, Reading) else 0)
    assert seen >= {0, 512, 1250, 348}
