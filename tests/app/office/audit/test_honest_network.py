"""An audit of a whole simulated network that is honest, whatever happens to it: it must not cry wolf.

Links break, plugs are pulled, clocks are off by seconds, vouchers are used where nobody can be asked: of that an audit
finds what really was used beyond its value, and who gives up many sales, but no gap, no double, no late receipt.
"""

from __future__ import annotations

import pytest

from app.office.audit.finding import Asked
from app.office.audit.running import Sight, audit
from app.simulation.story import come_to_rest, play

TRUE = {"overdraw", "voids", "silent_till"}


@pytest.mark.parametrize("seed", [3, 9])
def test_an_honest_network_under_faults_has_no_findings_but_true_ones(seed: int) -> None:
    market = play(seed)
    try:
        assert come_to_rest(market)
        for shop in market.shops:
            found = audit(Sight(shop.engine), Asked())
            assert {finding.kind for finding in found.findings} <= TRUE, [each.cause for each in found.findings]
    finally:
        market.close()
