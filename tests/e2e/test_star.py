"""Three tills without mDNS, of which two know only the first: they find each other all the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.driving import DriveTill, free_port

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(120)]


def test_tills_that_know_only_the_first_hear_of_each_other_from_it_and_need_it_no_more(
    tmp_path: Path,
    founded: Callable[[Path], DriveTill],
    drive_till: Callable[..., DriveTill],
    wait_until: Callable[..., None],
) -> None:
    port = free_port()
    first = founded(tmp_path / "one")
    first.options = ["--listen", f"127.0.0.1:{port}", "--no-discovery"]
    _let_pass_on(first)
    first.start()
    others = []
    for no in (2, 3):
        till = drive_till(tmp_path / str(no), ["--listen", "127.0.0.1:0", "--no-discovery"])
        code = first.json("network", "release", "--no", str(no), "--name", f"Kasse {no}")["code"]
        till.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery")
        _let_pass_on(till)
        others.append(till.start())
    for till in (first, *others):
        till.ask("wait", **{"for": "peers"}, count=2, timeout_s=20)
    first.close()
    second, third = others
    second.ask("scan", code="1001")
    second.ask("pay", tender="cash")
    wait_until(lambda: int(third.ask("turnover", scope="network")["receipts"]) == 1)
    assert [peer["till_no"] for peer in third.ask("status")["peers"]] == [2]


def _let_pass_on(till: DriveTill) -> None:
    (till.home / "till.toml").write_text("[network]\npass_on = true\n", "utf-8")


def test_without_discovery_only_those_are_dialled_who_were_named(
    tmp_path: Path,
    founded: Callable[[Path], DriveTill],
    drive_till: Callable[..., DriveTill],
) -> None:
    port = free_port()
    first = founded(tmp_path / "one")
    first.options = ["--listen", f"127.0.0.1:{port}", "--no-discovery"]
    first.start()
    for no in (2, 3):
        till = drive_till(tmp_path / str(no), ["--listen", "127.0.0.1:0", "--no-discovery"])
        code = first.json("network", "release", "--no", str(no), "--name", f"Kasse {no}")["code"]
        till.run("network", "join", "--code", code, "--peer", f"127.0.0.1:{port}", "--no-discovery")
        till.start()
    first.ask("wait", **{"for": "peers"}, count=2, timeout_s=20)
    time.sleep(2)
    assert [peer["till_no"] for peer in till.ask("status")["peers"]] == [1]
