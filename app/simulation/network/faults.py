"""What goes wrong, and how often: each fault is a small function that does it once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import combinations

from app.simulation.network import evil
from app.simulation.network.checkers import differences
from app.simulation.network.network import SHELVES, Network
from app.simulation.network.notes import NOTE
from app.simulation.network.till import Stick, Till
from app.simulation.world import Wire, body_of
from replication.core.model import Entry

Fault = Callable[[Network], None]
Table = tuple[tuple[float, Fault], ...]


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


def back_up(network: Network) -> None:
    """Somebody makes a copy of a disk."""
    till = network.rng.choice(network.tills)
    if till.counts and till.disk.records:
        network.copies[till.name] = till.disk.copy()


def put_an_old_disk_back(network: Network) -> None:
    """A disk breaks, and a copy from before takes its place; the others have told each other what they have.

    What nobody else had by then is gone for good. Everything else must come back before the till writes again.
    """
    candidates = [till for till in network.tills if till.counts and till.name in network.copies]
    if not candidates:
        return
    till = network.rng.choice(candidates)
    if till.hub is not None:
        till.crash()
    till.in_repair = True
    network.mend()
    others = [other for other in network.honest if other is not till]
    network.run_until(lambda: not differences(network, others), CALM_MS)
    lost = till.disk.hashes() - {digest for other in others for digest in other.disk.hashes()}
    till.in_repair = False
    # What only somebody dishonest or shut out knows it may show one day, rightly: then there are two records.
    if not any(lost & other.disk.hashes() for other in network.tills if other is not till):
        network.given_up |= lost
        till.disk = network.copies.pop(till.name)
        till.disk.kept["restored"] = ""
        till.lose_books()
    network.power(till)
    network.run_until(lambda: till.hub is not None and till.hub.gate.recovery.state == "clear", CALM_MS)


def clone(network: Network) -> None:
    """A disk is copied into a second machine, and both are switched on."""
    candidates = [till for till in network.tills if till.counts and not till.is_relay and not till.trusted]
    if len(network.honest) >= 3 and candidates and not any(till.cloned for till in network.tills):
        network.power(network.clone(network.rng.choice(candidates)))


def go_on_holiday(network: Network) -> None:
    """Everybody goes home for weeks; disks look old when they come back."""
    for till in running(network):
        till.crash()
    network.away_ms += network.rng.randint(1, 30) * 86_400_000
    for till in network.tills:
        if till.enrolled:
            network.later(network.rng.randint(1, 500), partial(network.power, till))


# --- members ---------------------------------------------------------------------


def let_in(network: Network) -> None:
    """A newcomer: it knows the network from its enrolment only and fetches everything."""
    if len(network.tills) >= NETWORK_MAX:
        return
    role, site = ("till", network.rng.choice(("north", "south"))) if network.shape == "sites" else ("till", "")
    network.let_in(role, site)


def revoke(network: Network) -> None:
    """A till is shut out. It goes on talking to whoever has not heard of it."""
    candidates = [till for till in network.tills if till.counts and not till.is_relay and not till.trusted]
    leader = network.leader
    if len(network.honest) < 3 or not candidates or leader is None:
        return
    till = network.rng.choice(candidates)
    leader.write([Entry("membership", "member.revoked/1", {"member_id": till.name})])


def replace(network: Network) -> None:
    """A till's hardware is replaced: the old is shut out, and a newcomer with its number begins in the same step."""
    candidates = [till for till in network.tills if till.counts and not till.is_relay and not till.trusted]
    leader = network.leader
    if len(network.honest) < 3 or len(network.tills) >= NETWORK_MAX or not candidates or leader is None:
        return
    old = network.rng.choice(candidates)
    new = network.add(old.member.till_no, old.member.role, old.member.site)
    revoked = Entry("membership", "member.revoked/1", {"member_id": old.name})
    leader.write([revoked, Entry("membership", "member.joined/1", body_of(new.member))])


def rename(network: Network) -> None:
    """A member gets another name."""
    till = network.rng.choice(network.tills)
    if (leader := network.leader) is not None and till.enrolled:
        name = f"Till {till.member.till_no}, {network.rng.choice(('door', 'bar', 'yard'))}"
        leader.write([Entry("membership", "member.renamed/1", {"member_id": till.name, "name": name})])


def sign_off(network: Network) -> None:
    """A till is put away for a while; the others need not ask it any more."""
    till = network.rng.choice(network.tills)
    if till.hub is None or not till.counts:
        return
    till.sign_off()
    network.later(network.rng.randint(0, 400), till.crash)
    network.later(network.rng.randint(500, 3_000), partial(network.power, till))


def hand_over(network: Network) -> None:
    """Authority is handed on, whatever breaks meanwhile."""
    leader = network.leader
    successors = [till for till in network.honest if till.member.role != "node" and till is not leader]
    if leader is not None and successors:
        successor = network.rng.choice(successors)
        successor.trusted = True
        leader.hand_over(successor)


def claim(network: Network) -> None:
    """Somebody wants to use something up; those that have signed off come back by that."""
    candidates = [till for till in running(network) if till.member.role != "node"]
    if candidates:
        network.rng.choice(candidates).claim(f"voucher/{network.rng.randint(1, 3)}")


def lie(network: Network) -> None:
    """A member's disk is altered; a newcomer meets it before it meets anybody else."""
    liar = evil.corrupt(network)
    if liar is None:
        return
    network.rng.choice((evil.forge_a_record, evil.alter_a_record))(liar, liar.disk)
    network.power(liar)
    newcomer = None if len(network.tills) >= NETWORK_MAX else network.let_in("till", liar.member.site)
    if newcomer is not None:
        for till in network.tills:
            if till is not liar and till is not newcomer:
                network.separate(till, newcomer)


def impersonate(network: Network) -> None:
    """Somebody sits in a till's place without its key, and signs with another."""
    impostor = evil.corrupt(network)
    if impostor is not None:
        evil.change_key(impostor)
        network.power(impostor)


# --- sticks ----------------------------------------------------------------------


def write_a_stick(network: Network) -> None:
    """Somebody writes all it has onto a stick."""
    writers = [till for till in running(network) if till.counts]
    if writers:
        writer = network.rng.choice(writers)
        network.sticks.append(Stick(writer.name, writer.disk.copy()))
        del network.sticks[:-STICKS_MAX]


def read_a_stick(network: Network) -> None:
    """Somebody reads a stick, however old it is."""
    if network.sticks:
        network.rng.choice(network.tills).read(network.rng.choice(network.sticks))


def tamper_with_a_stick(network: Network) -> None:
    """Somebody alters what is on a stick, and gives it to a till that may not know the true records."""
    if network.sticks:
        stick = network.rng.choice(network.sticks)
        tampered = Stick(stick.carrier, stick.disk.copy())
        liar = network.rng.choice(network.tills)
        network.rng.choice((evil.forge_a_record, evil.alter_a_record))(liar, tampered.disk)
        network.rng.choice([till for till in network.tills if till is not liar]).read(tampered)


def assign(network: Network) -> None:
    """What is on a shelf goes to these tills from now on, and to no others.

    In a line to all of them or to nobody: what is not for those in between cannot reach those behind.
    """
    leader = network.leader
    if leader is not None and leader.hub is not None:
        everybody = network.shape == "line" and network.rng.random() < 0.5
        some = 0.0 if network.shape == "line" else 0.5
        tills = [till.member.till_no for till in network.tills if everybody or network.rng.random() < some]
        leader.write([leader.hub.roster.audience(network.rng.choice(SHELVES), tills)])


def fill_a_shelf(network: Network) -> None:
    """Somebody writes what only some may see."""
    topic = network.rng.choice(SHELVES)
    writers = [till for till in running(network) if till.counts and till.member.role != "node"]
    writers = [till for till in writers if till.hub is not None and till.hub.roster.knows_topic(topic)]
    if writers:
        body = {"key": topic[-1], "text": str(network.rng.getrandbits(16)), "amount": network.rng.randint(1, 9)}
        network.rng.choice(writers).write([Entry(topic, NOTE, body)] * network.rng.choice((1, 1, 4)))


def write_much(network: Network) -> None:
    """More records at once than a segment holds."""
    writers = [till for till in network.tills if till.hub is not None and till.counts and till.member.role != "node"]
    if writers:
        network.write_much(network.rng.choice(writers))


NETWORK_MAX = 6
CALM_MS = 15_000
STICKS_MAX = 4
FAULTS: Table = (
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
    (4, back_up),
    (3, put_an_old_disk_back),
    (0.5, go_on_holiday),
    (1, clone),
    (4, let_in),
    (2, revoke),
    (3, replace),
    (3, rename),
    (3, sign_off),
    (2, hand_over),
    (6, claim),
    (2, lie),
    (1, impersonate),
    (3, write_a_stick),
    (4, read_a_stick),
    (2, tamper_with_a_stick),
    (0.3, write_much),
)
SHELVING: Table = (*FAULTS, (25, assign), (40, fill_a_shelf))
"""What goes wrong while some things are only for some; a table of its own, so that other seeds stay what they are."""


def something_happens(network: Network, table: Table = FAULTS) -> None:
    """One fault, by the dice."""
    ((_weight, fault),) = network.rng.choices(table, [weight for weight, _fault in table])
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
