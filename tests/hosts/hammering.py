"""Cashiers who all redeem one voucher, 1.00 at a time and as fast as they can, until their till calls it used up."""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

from tests.driving import DriveTill, Refused

AMOUNT = "1.00"
TRY_AGAIN = {"voucher_busy", "voucher_unconfirmed", "claim_expired"}
"""What a cashier is told who has to try again while others use the voucher, and while a cable is cut."""
USED_UP = {"voucher_used_up", "voucher_balance"}


class Redeemed(NamedTuple):
    """What a customer was given for 1.00 of the voucher."""

    receipt_no: str
    till_no: int
    at_s: float
    """By the monotonic clock, from when the hammering began."""
    complete: bool
    """Whether every till had confirmed it."""
    balance: str
    """What the till said was left."""


class Hammer:
    """One thread a till, from ``with`` until all tills call the voucher used up. The article costs 1.00."""

    def __init__(self, tills: Sequence[DriveTill], code: str, article: str) -> None:
        self._tills = tills
        self.code = code
        self._article = article
        self._stop = threading.Event()
        self._trouble: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(till,), name=f"hammer-{number}")
            for number, till in enumerate(tills, 1)
        ]
        self._began = time.monotonic()
        self.redeemed: list[Redeemed] = []
        self.refused: Counter[str] = Counter()
        self.waits_s: list[float] = []
        """How long each question of a cashier took, whatever the answer was."""

    def __enter__(self) -> Self:
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        if self._trouble:
            raise self._trouble[0]

    @property
    def passed_s(self) -> float:
        return time.monotonic() - self._began

    def until_redeemed(self, count: int, seconds: float = 90.0) -> None:
        """Wait until so many went through."""
        self._until(lambda: len(self.redeemed) >= count, seconds, f"{count} redemptions")

    def until_used_up(self, seconds: float = 120.0) -> None:
        """Wait until every till calls the voucher used up."""
        self._until(lambda: not any(thread.is_alive() for thread in self._threads), seconds, "the voucher's end")

    def said(self) -> str:
        """The figures, in a line."""
        count, refused = len(self.redeemed), dict(self.refused)
        waits = sorted(self.waits_s)
        of_till = Counter(each.till_no for each in self.redeemed)
        shares = [of_till[till.ready["till_no"]] for till in self._tills]
        return (
            f"{count} redeemed in {self.redeemed[-1].at_s:.1f} s, by till {shares}, refused {refused}, "
            f"an answer took {waits[len(waits) // 2] * 1000:.0f} ms (p50), {waits[-1] * 1000:.0f} ms (longest)"
        )

    def _until(self, holds: Callable[[], bool], seconds: float, what: str) -> None:
        give_up = time.monotonic() + seconds
        while not holds():
            assert not self._trouble, self._trouble
            assert time.monotonic() < give_up, f"no {what} within {seconds} s: {len(self.redeemed)}, {self.refused}"
            time.sleep(0.01)

    def _work(self, till: DriveTill) -> None:
        try:
            while not self._stop.is_set() and self._serve(till):
                pass
        except BaseException as error:
            self._trouble.append(error)

    def _serve(self, till: DriveTill) -> bool:
        """One customer; False if the voucher is used up."""
        till.ask("scan", code=self._article)
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                answer = till.ask("redeem", code=self.code, amount=AMOUNT)
            except Refused as refusal:
                self.refused[refusal.code] += 1
                if refusal.code in USED_UP:
                    break
                if refusal.code not in TRY_AGAIN:
                    raise
                continue
            finally:
                self.waits_s.append(time.monotonic() - began)
            assert (answer["redeemed"], answer["due"]) == (AMOUNT, "0.00"), answer
            complete = answer["coverage"]["complete"]
            self.redeemed.append(
                Redeemed(answer["receipt_no"], till.ready["till_no"], self.passed_s, complete, answer["balance"])
            )
            return True
        till.ask("void_sale")
        return False


def cpu_s(tills: Sequence[DriveTill]) -> float:
    """What these processes have computed so far, in seconds of one core."""
    ticks = 0
    for till in tills:
        assert till.process is not None
        fields = Path(f"/proc/{till.process.pid}/stat").read_text("ascii").rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def same_at_all(tills: Sequence[DriveTill], do: str, *, seconds: float = 60.0, **fields: Any) -> dict[str, Any]:
    """What every till answers to this, once their positions are the same."""
    give_up = time.monotonic() + seconds
    while True:
        positions = [till.ask("status")["positions"] for till in tills]
        if all(each == positions[0] for each in positions):
            break
        assert time.monotonic() < give_up, positions
        time.sleep(0.1)
    first, *others = [{**till.ask(do, **fields), "id": 0} for till in tills]
    assert all(other == first for other in others), (first, others)
    return first
