from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import pytest

from replication import applier
from replication.applier import Applier
from replication.core.model import Feed, Record


def record(seq: int) -> Record:
    return Record(Feed("m", "sales"), seq, "", "note/1", {}, "", "", "", "")


class Fold:
    """Collects; fails while told to."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.groups = 0
        self.threads: set[int] = set()
        self.failing = False
        self.troubles: list[str] = []

    def apply(self, records: Sequence[Record]) -> None:
        self.threads.add(threading.get_ident())
        if self.failing:
            raise OSError("no space left")
        self.groups += 1
        self.seqs.extend(each.seq for each in records)


def test_records_are_folded_in_order_in_one_thread() -> None:
    fold, done = Fold(), []
    work = Applier(fold.apply, fold.troubles.append)
    for n in range(1, 200, 2):
        work.put([record(n), record(n + 1)], lambda n=n: done.append(n))  # type: ignore[misc]
    work.stop()
    assert fold.seqs == list(range(1, 201))
    assert done == list(range(1, 200, 2))
    assert len(fold.threads) == 1
    assert fold.groups <= 100


def test_folding_is_tried_again_until_it_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    fold, done = Fold(), threading.Event()
    fold.failing = True
    monkeypatch.setattr(applier, "RETRY_S", 0.01)
    work = Applier(fold.apply, fold.troubles.append)
    work.put([record(1)], done.set)
    time.sleep(0.05)
    assert not done.is_set()
    fold.failing = False
    assert done.wait(30)
    work.stop()
    assert fold.seqs == [1]
    assert len(fold.troubles) == 2
    assert "no space left" in fold.troubles[0]
    assert fold.troubles[1] == ""


def test_stopping_while_folding_fails_passes_nothing_over() -> None:
    fold, done = Fold(), []
    fold.failing = True
    work = Applier(fold.apply, fold.troubles.append)
    work.put([record(1)], lambda: done.append(1))
    work.put([record(2)], lambda: done.append(2))
    work.stop()
    assert (fold.seqs, done) == ([], [])
