"""Cashiers that sell on several tills at once, in threads, and an end in which all must agree."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Self

from tests.driving import DriveTill, Refused

TOLERATED = {
    "voucher_busy", "voucher_unconfirmed", "voucher_used_up", "voucher_balance", "unknown_voucher", "empty_sale",
    "disk_full", "recovering", "voucher_taken", "claim_expired", "engine_gone",
}  # fmt: skip
"""What a cashier may be told while cables are cut and tills die."""
SOLD_WITHIN_S = 60.0


class Cashiers:
    """One thread a till, from ``with`` to its end. What customers were given is in ``receipts`` and ``vouchers``."""

    def __init__(self, tills: Sequence[DriveTill], seed: int) -> None:
        self._tills = tills
        self._rng = random.Random(seed)
        self._stop = threading.Event()
        self.receipts: dict[str, Decimal] = {}
        self.vouchers: list[str] = []
        self.refused: list[str] = []
        self.paused: dict[int, threading.Event] = {index: threading.Event() for index in range(len(tills))}
        self.idle: dict[int, threading.Event] = {index: threading.Event() for index in range(len(tills))}
        self._dying: set[int] = set()
        self._trouble: list[BaseException] = []
        self._threads = [
            threading.Thread(target=self._work, args=(index, random.Random(seed + index)), name=f"cashier-{index}")
            for index in range(len(tills))
        ]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(60)
        if self._trouble:
            raise self._trouble[0]

    def until_sold(self, more: int, seconds: float = SOLD_WITHIN_S) -> None:
        """Return when so many receipts more have been given to customers."""
        enough, give_up = len(self.receipts) + more, time.monotonic() + seconds
        while len(self.receipts) < enough:
            assert not self._trouble, self._trouble
            assert time.monotonic() < give_up, f"{enough - len(self.receipts)} of {more} not sold within {seconds} s"
            time.sleep(0.02)

    def pause(self, index: int) -> None:
        """Return when the cashier of that till has finished what it was doing."""
        self.idle[index].clear()
        self.paused[index].set()
        assert self.idle[index].wait(60)

    def go_on(self, index: int) -> None:
        self.paused[index].clear()

    def kill(self, index: int) -> None:
        """Pull the plug in the middle of whatever the cashier is doing; it stays paused."""
        self._dying.add(index)
        self.idle[index].clear()
        self.paused[index].set()
        process = self._tills[index].process
        assert process is not None
        process.kill()
        assert self.idle[index].wait(60)
        self._tills[index].kill()
        self._dying.discard(index)

    def _work(self, index: int, rng: random.Random) -> None:
        till = self._tills[index]
        try:
            while not self._stop.is_set():
                if self.paused[index].is_set():
                    self.idle[index].set()
                    time.sleep(0.02)
                    continue
                try:
                    self._serve(till, rng)
                except (AssertionError, OSError, ValueError):
                    if index not in self._dying:
                        raise
                    continue  # nobody was told anything
                time.sleep(rng.uniform(0, 0.4))  # to the next customer; eight tills share two cores
        except BaseException as error:
            self._trouble.append(error)
        finally:
            self.idle[index].set()

    def _serve(self, till: DriveTill, rng: random.Random) -> None:
        try:
            till.ask("sell_voucher", value=f"{rng.randint(1, 30)}.00")
            if self.vouchers and rng.random() < 0.5:
                answer = till.ask("redeem", code=rng.choice(self.vouchers))
            else:
                answer = till.ask("pay")
            if "receipt_no" not in answer:
                answer = till.ask("pay")
        except Refused as refusal:
            self.refused.append(refusal.code)
            if refusal.code not in TOLERATED:
                raise
            self._give_up(till)
            return
        assert answer["receipt_no"] not in self.receipts, f"{answer['receipt_no']} was given out twice"
        self.receipts[answer["receipt_no"]] = Decimal(answer["total"])
        self.vouchers += answer["vouchers"]

    def _give_up(self, till: DriveTill) -> None:
        answer = till.answer(till.send("void_sale"))
        if not answer["ok"]:
            assert answer["code"] in {*TOLERATED, "empty_sale"}, answer


def meshed(tills: Sequence[DriveTill], *, timeout_s: int = 60) -> None:
    """Wait until everybody is connected with everybody."""
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=len(tills) - 1, timeout_s=timeout_s)


def agreed(tills: Sequence[DriveTill], cashiers: Cashiers, *, timeout_s: float = 60.0) -> None:
    """Everybody comes to the same positions and turnover, with every receipt that a customer was given, none twice."""
    give_up = time.monotonic() + timeout_s
    while True:
        positions = [till.ask("status")["positions"] for till in tills]
        if all(each == positions[0] for each in positions):
            break
        assert time.monotonic() < give_up, positions
        time.sleep(0.1)
    turnovers: list[dict[str, Any]] = [till.ask("turnover", scope="network") for till in tills]
    for turnover in turnovers:
        assert {**turnover, "id": 0} == {**turnovers[0], "id": 0}
    for number, total in cashiers.receipts.items():
        for till in (tills[0], tills[-1]):
            assert Decimal(till.ask("receipt", receipt_no=number)["total"]) == total
    in_books = int(turnovers[0]["receipts"])
    assert in_books >= len(cashiers.receipts)
    overdraws = [till.ask("overdraws")["overdraws"] for till in tills]
    assert all(each == overdraws[0] for each in overdraws)
    for index, till in enumerate(tills):
        _gap_free(till, index + 1)


def _gap_free(till: DriveTill, till_no: int) -> None:
    numbers = 0
    while till.answer(till.send("receipt", receipt_no=f"{till_no}-{numbers + 1:06d}"))["ok"]:
        numbers += 1
    assert not till.answer(till.send("receipt", receipt_no=f"{till_no}-{numbers + 2:06d}"))["ok"]
