"""An old disk put back, and a copied one, where tills know each other by mDNS only: no number is given twice."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driving import DriveTill, Refused
from tests.hosts.lan import Lan

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def sell(till: DriveTill) -> str:
    till.ask("scan", code="1001")
    return str(till.ask("pay")["receipt_no"])


def sell_at_last(till: DriveTill, seconds: float = 40.0) -> str:
    """As a cashier does who tries again."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return sell(till)
        except Refused as refused:
            if refused.code != "recovering" or time.monotonic() > give_up:
                raise
            time.sleep(0.1)


@pytest.fixture
def tills(
    lan: Callable[[int], Lan], network: Callable[..., list[DriveTill]], tmp_path: Path
) -> Callable[[int], tuple[Lan, list[DriveTill]]]:
    """Makes a network of so many tills that sell article 1001, all open and in touch; and its wire."""

    def make(count: int) -> tuple[Lan, list[DriveTill]]:
        wire = lan(count + 1)
        made = network(wire)[:count]
        (tmp_path / "articles.csv").write_text("ident_no,name,price,vat_key\n1001,Vogelfutter,4.99,2\n", "utf-8")
        made[0].run("import", "articles", str(tmp_path / "articles.csv"))
        for till in made:
            till.start()
        in_touch(*made)
        return wire, made

    return make


def in_touch(*tills: DriveTill) -> None:
    for till in tills:
        till.ask("wait", **{"for": "peers"}, count=len(tills) - 1, timeout_s=40)
    for till in tills:
        till.ask("wait", **{"for": "synced"}, timeout_s=40)


def stopped(till: DriveTill) -> None:
    give_up = time.monotonic() + 40
    while (till.ask("status")["stopped"] or {}).get("code") != "cloned":
        assert time.monotonic() < give_up, "it sells on beside its copy"
        time.sleep(0.1)


def test_a_disk_put_back_hears_of_its_own_receipts_by_mdns_before_it_gives_a_number(
    tills: Callable[[int], tuple[Lan, list[DriveTill]]], tmp_path: Path
) -> None:
    _, (first, second) = tills(2)
    second.close()
    shutil.copytree(second.home, tmp_path / "old")
    second.start()
    given = [sell_at_last(second) for _ in range(3)]
    in_touch(first, second)
    second.close()
    shutil.rmtree(second.home)
    shutil.copytree(tmp_path / "old", second.home)
    second.start()
    assert sell_at_last(second) not in given


def test_a_copy_on_another_host_and_the_next_copy_are_stopped_before_they_give_a_number(
    tills: Callable[[int], tuple[Lan, list[DriveTill]]],
    drive_till: Callable[..., DriveTill],
    tmp_path: Path,
) -> None:
    wire, (first, second) = tills(2)
    given: list[str] = []
    for number in range(2):  # whoever has met one copy has to find out the next one too
        second.close()
        shutil.copytree(second.home, tmp_path / f"copy-{number}")
        second.start()
        given.append(sell_at_last(second))
        in_touch(first, second)
        copy = drive_till(tmp_path / f"copy-{number}", [], wire.prefix(2)).start()
        try:
            given.append(sell(copy))
        except Refused:
            pass
        for till in (second, copy):
            stopped(till)
        copy.close()
        second.run("network", "confirm", "--by", "Chef", "--reason", "copied", "--other-is-off")
        given.append(sell(second))
        in_touch(first, second)
    assert len(set(given)) == len(given)
