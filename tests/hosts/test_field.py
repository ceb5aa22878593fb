"""Eight tills in a field: network namespaces on switches, real mDNS, TLS and disks; nothing is configured."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.hosts.lan import Lan
from tests.hosts.selling import Cashiers, agreed, meshed

pytestmark = [pytest.mark.e2e, pytest.mark.hosts, pytest.mark.timeout(300)]

TILLS = 8
FORMED_WITHIN_S = 3.0
"""From the moment the last till is open. Starting eight programs on two cores takes its own time before."""


def test_eight_tills_form_are_cut_in_half_and_killed_while_they_sell(
    lan: Callable[[int], Lan], network: Callable[..., list[Any]]
) -> None:
    wire = lan(TILLS)
    tills = network(wire)
    for till in tills:
        till.start()
    began = time.monotonic()
    meshed(tills)
    formed_s = time.monotonic() - began
    assert formed_s < FORMED_WITHIN_S

    rng = random.Random(4)
    with Cashiers(tills, seed=4) as cashiers:
        time.sleep(2)
        wire.cut()
        time.sleep(8)  # longer than a silent link is believed in
        cashiers.pause(0)
        assert {peer["till_no"] for peer in tills[0].ask("status")["peers"]} == {2, 3, 4}
        cashiers.go_on(0)
        for victim in rng.sample(range(1, TILLS), 2):
            cashiers.kill(victim)
            tills[victim].start()
            cashiers.go_on(victim)
        wire.mend()
        for victim in rng.sample(range(TILLS), 2):
            cashiers.kill(victim)
            time.sleep(rng.random())
            tills[victim].start()
            cashiers.go_on(victim)
        time.sleep(2)
    meshed(tills)
    agreed(tills, cashiers)
    assert len(cashiers.receipts) > 100
    for till in tills:
        till.close()
