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
SILENT_LINK_S = 60.0
"""Longer than a silent link is believed in, on a machine with other things to do too."""


def test_eight_tills_form_are_cut_in_half_and_killed_while_they_sell(
    lan: Callable[[int], Lan], network: Callable[..., list[Any]], wait_until: Callable[..., None]
) -> None:
    wire = lan(TILLS)
    tills = network(wire)
    for till in tills:
        till.start()
    meshed(tills)

    rng = random.Random(4)
    with Cashiers(tills, seed=4) as cashiers:
        cashiers.until_sold(40)
        wire.cut()
        cashiers.pause(0)
        wait_until(lambda: {peer["till_no"] for peer in tills[0].ask("status")["peers"]} == {2, 3, 4}, SILENT_LINK_S)
        cashiers.go_on(0)
        cashiers.until_sold(20)
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
        cashiers.until_sold(40)
    meshed(tills)
    agreed(tills, cashiers)
    for till in tills:
        till.close()
