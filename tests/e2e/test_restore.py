"""A till's disk put back, copied and backed up, with real processes: no receipt number is ever given twice."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]
Till = Any


def article_of(till: Till) -> str:
    rows = till.json("export", "articles")
    return str(next(row["ident_no"] for row in rows if not row["open_price"] and 0 < row["price_minor"] < 10_000))


def pay(till: Till) -> str:
    return str(till.ask("pay", tender="cash")["receipt_no"])


def sell(till: Till, article: str) -> str:
    """One article for cash; the receipt's number."""
    till.ask("scan", code=article)
    return pay(till)


def test_a_disk_put_back_gives_no_number_twice_though_it_sells_at_once(
    two_tills: tuple[Till, Till], wait_until: Callable[..., None]
) -> None:
    one, two = two_tills
    one.start()
    two.start()
    article = article_of(one)
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    first = [sell(two, article) for _ in range(3)]
    two.ask("scan", code=article)  # open in the copy, and completed afterwards
    two.kill()
    copy = two.home.parent / "copy"
    shutil.copytree(two.home, copy, ignore=shutil.ignore_patterns("engine.sock"))
    two.start()
    meanwhile = [pay(two), *(sell(two, article) for _ in range(20))]
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    two.kill()
    shutil.rmtree(two.home)
    copy.rename(two.home)
    two.start()
    again = [sell(two, article) for _ in range(5)]
    numbers = [*first, *meanwhile, *again]
    assert len(set(numbers)) == len(numbers) == 29
    wait_until(lambda: one.ask("status")["positions"] == two.ask("status")["positions"])
    assert [till.json("verify")["faults"] for till in two_tills] == [[], []]


def test_a_backup_taken_at_full_speed_gives_no_number_twice_with_and_without_the_others(
    two_tills: tuple[Till, Till], tmp_path: Path, refused: type[Exception], wait_until: Callable[..., None]
) -> None:
    one, two = two_tills
    one.start()
    two.start()
    article = article_of(one)
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    numbers = [sell(two, article) for _ in range(5)]
    file = tmp_path / "two.backup"
    taking = threading.Thread(target=lambda: made.append(two.json("backup", str(file))))
    made: list[Any] = []
    taking.start()
    while taking.is_alive():
        numbers.append(sell(two, article))
    assert made[0]["records"] > 5
    numbers += [sell(two, article) for _ in range(5)]
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    two.kill()

    # Nobody can be reached: nothing is sold before a supervisor has decided, and then above all numbers.
    one.close()
    alone = tmp_path / "alone"
    two.home = alone
    two.json("restore", str(file))
    again = two.run("restore", str(file), check=False)
    assert again.returncode == 1
    assert "Traceback" not in again.stderr
    two.start()
    with pytest.raises(refused, match="recovering"):
        sell(two, article)
    assert two.json("network", "confirm", "--by", "Kim", "--reason", "the disk broke")["state"] == "clear"
    numbers.append(pay(two))
    two.kill()

    # They can: everything is there again before the first receipt.
    one.start()
    two.home = tmp_path / "back"
    two.json("restore", str(file))
    two.start()
    wait_until(lambda: two.ask("status")["recovery"] == "clear")
    assert int(two.ask("turnover")["receipts"]) == len(numbers) - 1
    numbers += [sell(two, article) for _ in range(3)]
    assert len(set(numbers)) == len(numbers)
