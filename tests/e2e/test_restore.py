"""A till's disk put back, copied and backed up, with real processes: no receipt number is ever given twice."""

from __future__ import annotations

import asyncio
import json
import shutil
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.cli.ask import asked
from app.cli.options import CommandFailed
from app.config import Settings
from app.home import Home

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


def test_where_there_are_users_a_supervisor_decides_with_a_pin_or_a_badge_and_nobody_guesses_it(
    two_tills: tuple[Till, Till], tmp_path: Path
) -> None:
    one, two = two_tills
    one.start()
    two.start()
    users = tmp_path / "users.csv"
    users.write_text(
        "user;name;role;pin;badge\nanna;Anna;supervisor;4711;\nben;Ben;cashier;1234;\nkim;Kim;supervisor;;K-77\n",
        "utf-8",
    )
    one.run("import", "users", str(users))
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    file = tmp_path / "two.backup"
    two.json("backup", str(file))
    two.close()
    one.close()
    two.home = tmp_path / "alone"
    two.json("restore", str(file))

    def confirmed(by: str, secret: str) -> str:
        """What it says."""
        done = two.run("network", "confirm", "--by", by, "--reason", "broke", "--lang", "en", check=False, stdin=secret)
        assert "Traceback" not in done.stderr
        assert done.returncode == (0 if done.stdout else 1)
        return done.stderr + done.stdout

    def refusal(by: str, secret: str) -> str:
        """The code with which the running till refuses; without a process of its own for each guess."""
        said = {"by": by, "reason": "broke", "secret": secret}
        with pytest.raises(CommandFailed) as failed:
            asyncio.run(asked(Home(two.home), Settings(), "confirm", said))
        return failed.value.code

    assert "do not belong together" in confirmed("anna", "0000\n")  # a command on its own and a till count together
    two.start(extra=["--lang", "en"])
    assert "type your PIN" in confirmed("anna", "")
    assert [refusal("anna", f"{guess:04}") for guess in range(1, 6)] == ["login_refused"] * 4 + ["login_locked"]
    assert "Too many wrong PINs" in confirmed("anna", "4711\n")
    assert "this till writes again" in confirmed("kim", "k-77\n")
    assert [row["detail"] for row in two.json("log", "--what", "login_failed")["log"]] == [
        "a wrong PIN or badge for a supervisor's decision"
    ] * 5
    with sqlite3.connect(two.home / "store.sqlite") as store:
        texts = store.execute("SELECT text FROM records WHERE text LIKE '%recovery_confirmed%'").fetchall()
    store.close()
    assert [json.loads(text)["body"]["approved_by"] for (text,) in texts] == ["kim"]


def let_a_second_pass(home: Path) -> None:
    """Until a copy of the home's mark has another change time, which counts in full seconds."""
    while int(time.time()) <= int((home / "home.mark").stat().st_ctime):
        time.sleep(0.05)


def test_a_young_copy_that_is_put_back_with_nobody_in_reach_waits_for_a_supervisor(
    two_tills: tuple[Till, Till], tmp_path: Path, refused: type[Exception]
) -> None:
    """A home of the last 72 hours looked like the home after a night, and gave its numbers again."""
    one, two = two_tills
    one.start()
    two.start()
    article = article_of(one)
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    numbers = [sell(two, article)]
    two.close()
    let_a_second_pass(two.home)
    subprocess.run(["cp", "-r", str(two.home), str(tmp_path / "copy")], check=True)
    two.start()
    numbers += [sell(two, article) for _ in range(3)]
    two.ask("wait", **{"for": "synced"}, timeout_s=20)
    two.close()
    one.close()
    shutil.rmtree(two.home)
    (tmp_path / "copy").rename(two.home)

    two.start()
    with pytest.raises(refused, match="recovering"):
        sell(two, article)
    assert two.ask("status")["recovery_reason"] == "this home, or its store alone, was copied or put back"
    two.close()
    two.start()  # another start makes it no better
    with pytest.raises(refused, match="recovering"):
        sell(two, article)
    assert two.json("network", "confirm", "--by", "Kim", "--reason", "the disk broke")["state"] == "clear"
    numbers.append(pay(two))
    two.close()

    moved = tmp_path / "moved"
    two.home.rename(moved)
    two.home = moved
    two.start()
    numbers.append(sell(two, article))
    assert len(set(numbers)) == len(numbers) == 6
