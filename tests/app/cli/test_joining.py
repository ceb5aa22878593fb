"""`network join` with a code of several numbers: who chooses, and what if somebody else is faster."""

from __future__ import annotations

import argparse
import io
from collections.abc import Sequence
from pathlib import Path

import pytest

from app import text, wiring
from app.cli import joining
from app.cli.options import CommandFailed
from app.config import Settings
from app.engine.operations import Who
from app.home import Home
from replication.enrolment import EnrolmentRefused

SLOTS = tuple(wiring.Offer(no, f"Kasse {no}", "Halle 4") for no in (2, 3, 5))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("typed", "no"), [("3\n", 3), ("\n", 2), (" 5 \n", 5), ("4\nx\n03\n5\n", 5)])
def test_a_number_of_the_list_is_chosen_and_enter_takes_the_first(typed: str, no: int) -> None:
    text.use("en")
    said = io.StringIO()
    assert joining.choose(wiring.Offers("Messe", SLOTS), io.StringIO(typed), said) == no
    assert "    3  Kasse 3                  Halle 4\n" in said.getvalue()
    assert said.getvalue().count("is not in the list") == typed.count("\n") - 1


def test_who_chooses_nothing_joins_nothing() -> None:
    with pytest.raises(CommandFailed, match="--no"):
        joining.choose(wiring.Offers("Messe", SLOTS), io.StringIO("9\n"), io.StringIO())


class Network:
    """In the place of wiring: what is asked and offered, and which numbers others take in between."""

    def __init__(self, faster: Sequence[int] = ()) -> None:
        self.free = list(SLOTS)
        self.faster = list(faster)
        self.asked: list[int] = []

    async def offers(self, _home: object, _settings: object, _code: str, _peers: object) -> wiring.Offers:
        return wiring.Offers("Messe", tuple(self.free))

    async def join(self, _home: object, _settings: object, _code: str, _peers: object, no: int) -> Who:
        self.asked.append(no)
        if no in self.faster:
            self.free = [slot for slot in self.free if slot.no != no]
            raise EnrolmentRefused("slot_taken", "somebody was faster")
        return Who(no or self.free[0].no, "ab" * 16, "Kasse", "", "Messe")


def let_in(
    network: Network, monkeypatch: pytest.MonkeyPatch, typed: io.StringIO, no: int = 0
) -> tuple[int, list[int], str]:
    said = Terminal()
    monkeypatch.setattr(wiring, "offers", network.offers)
    monkeypatch.setattr(wiring, "join", network.join)
    monkeypatch.setattr("sys.stdin", typed)
    monkeypatch.setattr("sys.stderr", said)
    who, left = joining._let_in(argparse.Namespace(code="x", no=no), Home(Path("x")), Settings())
    return who.till_no, left, said.getvalue()


def test_on_a_terminal_it_asks_and_asks_again_if_somebody_was_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    text.use("en")
    network = Network(faster=[3])
    no, left, said = let_in(network, monkeypatch, Terminal("3\n5\n"))
    assert (no, left, network.asked) == (5, [], [3, 5])
    assert "another till has this number" in said
    assert said.count("Kasse 3") == 1


def test_a_program_gets_the_lowest_that_is_free_and_is_told_what_was_left(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network()
    assert let_in(network, monkeypatch, io.StringIO())[:2] == (2, [3, 5])
    assert network.asked == [0], "the authority says which is the lowest, whoever else asks at the same time"


def test_who_names_a_number_is_asked_nothing_and_gets_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(faster=[3])
    assert let_in(network, monkeypatch, Terminal(), no=5)[:2] == (5, [])
    with pytest.raises(EnrolmentRefused):
        let_in(network, monkeypatch, Terminal("5\n"), no=3)
