"""No scan is lost, doubled, reordered or taken for money, whatever a terminal delivers between scans.

``streams.py`` makes the bytes, ``fuzzing.py`` takes them and judges. A failing seed is in the message; ``judged(seed)``
replays it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from app.screens import amounts, driver, router
from app.screens.driver import Cutter, Piece
from app.screens.functions import Mode
from app.screens.router import Router
from app.screens.tasks import form
from app.screens.tasks.form import Form
from tests.app.screens.fuzzing import Desk, Judge, Verdicts
from tests.app.screens.streams import stream

SCANS_EACH = 200
BLOCKS, BLOCKS_EACH = 4, 25
SOAK_STREAMS = 500
MUTANT_STREAMS = 40


def judged(seed: int, scans: int = SCANS_EACH) -> Verdicts:
    """One stream through a till of its own."""
    made = stream(seed, scans)
    desk = Desk(seed)
    try:
        desk.run(made)
        return Judge(made, desk).judge()
    except Exception as fault:
        raise AssertionError(f"seed {seed}: {fault}") from fault


def all_of(seeds: range) -> Verdicts:
    """The sum over many streams."""
    total = Verdicts()
    for seed in seeds:
        verdicts = judged(seed)
        for name in verdicts.__struct_fields__:
            setattr(total, name, getattr(total, name) + getattr(verdicts, name))
    return total


def everything_happened(total: Verdicts, scans: int) -> None:
    """A checker that looked at nothing would be content."""
    assert total.accepted > scans * 0.5, total
    assert total.refused > scans * 0.1, total
    assert total.touched > scans * 0.04, total
    assert total.sought > 0, total
    assert total.money > scans * 0.01, total


@pytest.mark.parametrize("block", range(BLOCKS))
def test_no_scan_is_lost_doubled_reordered_or_taken_for_money(block: int) -> None:
    everything_happened(all_of(range(block * BLOCKS_EACH, (block + 1) * BLOCKS_EACH)), BLOCKS_EACH * SCANS_EACH)


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_not_one_of_a_hundred_thousand_scans() -> None:
    total = all_of(range(1000, 1000 + SOAK_STREAMS))
    everything_happened(total, SOAK_STREAMS * SCANS_EACH)
    print(f"\n{SOAK_STREAMS * SCANS_EACH:,} scans and more: {total}")


# -- the judge sees what is broken on purpose


def _no_barriers(patch: pytest.MonkeyPatch) -> None:
    """What follows a payment is taken before its outcome is known."""
    patch.setattr(Router, "feed", lambda self, key, character: self._out(self._take(key, character)))


def _last_first(patch: pytest.MonkeyPatch) -> None:
    """Held keys come back in the wrong order."""

    def released(self: Router) -> list[router.Intent]:
        wanted: list[router.Intent] = []
        while self._held and not self._waiting:
            wanted += self._out(self._take(*self._held.pop()))
        return wanted

    patch.setattr(Router, "_released", released)


def _money_of_any_length(patch: pytest.MonkeyPatch) -> None:
    """A scan is an amount like any other."""
    patch.setattr(amounts, "MAX_DIGITS", 14)
    patch.setattr(amounts, "is_scan", lambda _text: False)


def _entry_stays(patch: pytest.MonkeyPatch) -> None:
    """A refused entry is left standing, and the next scan is appended to it."""
    patch.setattr(Router, "_refuse", lambda _self, code, value="": [router.Refused(code, value)])


def _two_enters(patch: pytest.MonkeyPatch) -> None:
    """The LF behind a scanner's CR is an Enter: it pays."""
    feed = Router.feed

    def forgetful(self: Router, key: str, character: str | None) -> list[router.Intent]:
        self._after_return = False
        return feed(self, key, character)

    patch.setattr(Router, "feed", forgetful)


def _torn_in_silence(patch: pytest.MonkeyPatch) -> None:
    """Digits that half a function key swallowed are gone without a mark."""
    goes_on = Cutter._goes_on

    def silent(self: Cutter, character: str) -> list[Piece]:
        return [piece for piece in goes_on(self, character) if piece.text != "\ufffd"]

    patch.setattr(Cutter, "_goes_on", silent)


def _endless_paste(patch: pytest.MonkeyPatch) -> None:
    """A paste whose end got lost swallows everything."""
    patch.setattr(driver, "PASTE_WAIT_S", math.inf)


def _no_gap(patch: pytest.MonkeyPatch) -> None:
    """Keys that were too many leave no mark."""
    patch.setattr(router, "HELD_KEYS", 10)
    patch.setattr(router, "_GAP", ("pageup", None))


def _help_takes(patch: pytest.MonkeyPatch) -> None:
    """A scan closes the help without a word."""
    refuse = Router._refuse

    def quiet(self: Router, code: str, value: str = "") -> list[router.Intent]:
        refused = refuse(self, code, value)
        return [] if self.mode is Mode.HELP else refused

    patch.setattr(Router, "_refuse", quiet)


def _text_of_any_kind(patch: pytest.MonkeyPatch) -> None:
    """A form takes a scan for a name."""
    patch.setattr(Form, "scans", True)
    patch.setattr(form, "read", lambda _field, text, _minor: text)


def _torn_by_a_step(patch: pytest.MonkeyPatch) -> None:
    """Half a scan is the next step's when long work is done."""
    patch.setattr(Router, "_is_torn", lambda _self: False)


@pytest.mark.parametrize(
    "broken",
    [_no_barriers, _last_first, _money_of_any_length, _entry_stays, _two_enters, _torn_in_silence, _endless_paste,
     _no_gap, _help_takes, _text_of_any_kind, _torn_by_a_step],
)  # fmt: skip
def test_the_judge_finds_what_was_broken_on_purpose(
    broken: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    broken(monkeypatch)
    with pytest.raises(AssertionError, match="seed"):
        all_of(range(MUTANT_STREAMS))
