"""One seed from the founding of a network through everything that goes wrong to the rest in which it is judged."""

from __future__ import annotations

from app.simulation.network.checkers import clones_are_found, differences, findings
from app.simulation.network.faults import FAULTS, Table, something_happens
from app.simulation.network.network import Network

QUIET_LIMIT_MS = 90_000
LOOK_MS = 500
ASK_AGAIN_MS = 6_000


def tell(seed: int, faults: Table = FAULTS) -> list[str]:
    """Play the seed with these faults; what the checkers found."""
    network = play(seed, faults)
    if not come_to_rest(network):
        return [*findings(network), "the network did not come to rest", *differences(network)]
    return findings(network)


def play(seed: int, faults: Table = FAULTS) -> Network:
    """Write notes while the world around falls to pieces."""
    network = Network(seed)
    network.found()
    rng = network.rng
    network.run(rng.choice((0, 300, 1_500)))
    end_ms = network.now_ms + rng.choice((1_000, 2_000, 4_000))
    while network.now_ms < end_ms:
        something_happens(network, faults)
        rng.choice(network.tills).watch_status()
        network.run(rng.randint(1, rng.choice((50, 200, 600))))
    return network


def come_to_rest(network: Network) -> bool:
    """Everything is whole again and has power; wait until all have heard all."""
    network.closing = True
    network.mend()
    end_ms = network.now_ms + QUIET_LIMIT_MS
    while network.now_ms < end_ms:
        network.run(LOOK_MS)
        if _is_at_rest(network):
            return True
        if (end_ms - network.now_ms) % ASK_AGAIN_MS < LOOK_MS:
            network.let_the_rest_in()
    return False


def _is_at_rest(network: Network) -> bool:
    network.read_roll()
    return (
        all(till.enrolled for till in network.tills)
        and all(till.hub is not None and till.hub.journal.idle for till in network.honest)
        and not differences(network)
        and not clones_are_found(network)
    )
