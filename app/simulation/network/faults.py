"""What goes wrong, and how often: each fault is a small function that does it once."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

from app.simulation.network.network import Network
from app.simulation.network.till import Till
from app.simulation.world import Wire
from replication.core.model import Entry

Fault = Callable[[Network], None]


# --- wires -----------------------------------------------------------------------


def partition(network: Network) -> None:
    """Two groups do not hear each other any more; wires stall, or break for all to see."""
    group = [till for till in network.tills if network.rng.random() < 0.5]
    network.partition(group, noticed=network.rng.random() < 0.5)


def separate(network: Network) -> None:
    """Two members do not hear each other."""
    if len(network.tills) > 1:
        one, other = network.rng.sample(network.tills, 2)
        network.separate(one, other, noticed=network.rng.random() < 0.3)


def heal(network: Network) -> None:
    """Every cable is whole again."""
    network.heal()


def stall_one_direction(network: Network) -> None:
    """What one says does not arrive, while it hears the other well."""
    if wire := _any_wire(network):
        wire.stalled[network.rng.choice(wire.ends).address] = True


def slow_down(network: Network) -> None:
    """One wire becomes slow."""
    if wire := _any_wire(network):
        wire.slow_ms = network.rng.choice((50, 300, 1_500))


def delay_everything(network: Network) -> None:
    """All wires get faster or slower."""
    network.max_delay_ms = network.rng.choice((1, 5, 40, 200))


def snap(network: Network) -> None:
    """A wire breaks; what was under way is lost."""
    if wire := _any_wire(network):
        wire.lost = True
        network.cut(wire, "connection reset")


def half_open(network: Network) -> None:
    """A wire is dead and only one end notices: the other finds out by silence."""
    if wire := _any_wire(network):
        told = network.rng.choice(wire.ends)
        network.hang_up(wire, told, "connection reset")


def say_twice(network: Network) -> None:
    """For a while every message on one wire comes twice."""
    if wire := _any_wire(network):
        wire.twice = True


def dial_twice(network: Network) -> None:
    """Both ends call at the same time, once more."""
    pairs = [
        (one, other)
        for one, other in combinations(network.tills, 2)
        if one.hub and other.hub and network.in_reach(one, other)
    ]
    if pairs:
        one, other = network.rng.choice(pairs)
        network.dial(one, other.address)
        network.dial(other, one.address)


# --- machines --------------------------------------------------------------------


def crash(network: Network) -> None:
    """Pull the plug; power is back some time later."""
    till = network.rng.choice(network.tills)
    if till.hub is None:
        return
    till.crash(silently=network.rng.random() < 0.3)
    if network.rng.random() < 0.3:
        till.lose_books()
    network.later(network.rng.choice((5, 100, 700, 3_000)), lambda: network.power(till))


def crash_again_and_again(network: Network) -> None:
    """Power that comes and goes."""
    till = network.rng.choice(network.tills)

    def flicker(times: int) -> None:
        if till.hub is not None:
            till.crash()
        network.later(20, lambda: network.power(till))
        if times:
            network.later(network.rng.randint(25, 120), lambda: flicker(times - 1))

    flicker(3)


def fill_a_disk(network: Network) -> None:
    """No space is left; some time later there is again."""
    till = network.rng.choice(network.tills)
    till.disk.full = True

    def tidy_up() -> None:
        till.disk.full = False

    network.later(network.rng.randint(100, 3_000), tidy_up)


def jump_clock(network: Network) -> None:
    """Somebody sets a clock, by seconds or by days, forward or back."""
    till = network.rng.choice(network.tills)
    till.skew_ms += network.rng.choice((-1, 1)) * network.rng.choice((50, 5_000, 200_000, 7_200_000, 90_000_000))


# --- members ---------------------------------------------------------------------


def let_in(network: Network) -> None:
    """A newcomer: it knows the network from its enrolment only and fetches everything."""
    if len(network.tills) >= NETWORK_MAX:
        return
    role, site = ("till", network.rng.choice(("north", "south"))) if network.shape == "sites" else ("till", "")
    network.let_in(role, site)


def revoke(network: Network) -> None:
    """A till is shut out. It goes on talking to whoever has not heard of it."""
    candidates = [till for till in network.tills[1:] if till.counts and not till.is_relay]
    founder = network.founder
    if len(network.honest) < 3 or not candidates or founder.hub is None:
        return
    till = network.rng.choice(candidates)
    founder.write([Entry("membership", "member.revoked/1", {"member_id": till.name})])


def write_much(network: Network) -> None:
    """More records at once than a segment holds."""
    writers = [till for till in network.tills if till.hub is not None and till.counts and till.member.role != "node"]
    if writers:
        network.write_much(network.rng.choice(writers))


NETWORK_MAX = 6
FAULTS: tuple[tuple[float, Fault], ...] = (
    (8, partition),
    (4, separate),
    (12, heal),
    (5, stall_one_direction),
    (4, slow_down),
    (3, delay_everything),
    (8, snap),
    (5, half_open),
    (4, say_twice),
    (4, dial_twice),
    (14, crash),
    (3, crash_again_and_again),
    (5, fill_a_disk),
    (5, jump_clock),
    (4, let_in),
    (2, revoke),
    (0.3, write_much),
)
_WEIGHTS = tuple(weight for weight, _fault in FAULTS)


def something_happens(network: Network) -> None:
    """One fault, by the dice."""
    ((_weight, fault),) = network.rng.choices(FAULTS, _WEIGHTS)
    network.faults[fault.__name__] = network.faults.get(fault.__name__, 0) + 1
    fault(network)


def _any_wire(network: Network) -> Wire | None:
    wires: dict[int, Wire] = {}
    for till in network.tills:
        wires.update(till.links)
    return network.rng.choice([wires[number] for number in sorted(wires)]) if wires else None


def running(network: Network) -> list[Till]:
    """Those that have power."""
    return [till for till in network.tills if till.hub is not None]
