"""What goes wrong, and how often. Each fault says who has been out of touch by it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

from app.simulation.claims.rivals import Rivals
from app.simulation.world import Machine, Wire

Fault = Callable[[Rivals], None]
Table = tuple[tuple[float, Fault], ...]
TILLS_MAX = 5
CLEARLY_SLOW_MS = 40
"""From this on a question and its answer may take longer than ``SILENT_MS`` once it goes through a centre."""


def partition(rivals: Rivals) -> None:
    """Two groups do not hear each other any more; wires stall, or break for all to see."""
    group = rivals.rng.sample(rivals.tills, rivals.rng.randint(1, len(rivals.tills) - 1))
    for one, other in combinations(rivals.tills, 2):
        if (one in group) != (other in group):
            rivals.take_apart(one, other)
    rivals.partition(group, noticed=rivals.rng.random() < 0.5)


def separate(rivals: Rivals) -> None:
    """Two members do not hear each other."""
    one, other = rivals.rng.sample(rivals.tills, 2)
    rivals.take_apart(one, other)
    rivals.separate(one, other, noticed=rivals.rng.random() < 0.3)


def heal(rivals: Rivals) -> None:
    """Every cable is whole again."""
    rivals.heal()


def stall_one_direction(rivals: Rivals) -> None:
    """What one says does not arrive, while it hears the other well."""
    if wire := _any_wire(rivals):
        wire.stalled[rivals.rng.choice(wire.ends).address] = True


def slow_down(rivals: Rivals) -> None:
    """One wire becomes slow."""
    if wire := _any_wire(rivals):
        wire.slow_ms = rivals.rng.choice((60, 150, 300, 700))


def hiccup(rivals: Rivals) -> None:
    """A wire holds everything back for a moment, one way or both, and then lets it all through."""
    if wire := _any_wire(rivals):
        held = [end for end in wire.ends if rivals.rng.random() < 0.7]
        for end in held:
            wire.stalled[end.address] = True
        rivals.later(rivals.rng.choice((30, 120, 350, 700)), partial(_let_go, rivals, wire, held))


def delay_everything(rivals: Rivals) -> None:
    """All wires get faster or slower."""
    rivals.max_delay_ms = rivals.rng.choice((1, 5, 20, 200))
    if rivals.max_delay_ms > CLEARLY_SLOW_MS:
        for till in rivals.tills:
            rivals.take_apart(till)


def snap(rivals: Rivals) -> None:
    """A wire breaks; what was under way is lost."""
    if wire := _any_wire(rivals):
        wire.lost = True
        rivals.cut(wire, "connection reset")


def crash(rivals: Rivals) -> None:
    """Pull the plug; power is back some time later."""
    back_ms = rivals.rng.choice((100, 400, 1_000, 3_000, 5_000))
    rivals.crash(rivals.rng.choice(rivals.tills), back_ms, silently=rivals.rng.random() < 0.3)


def flicker(rivals: Rivals) -> None:
    """Power is away for a moment only: what was promised before would still be in use."""
    rivals.crash(rivals.rng.choice(rivals.tills), 60)


def end_in_order(rivals: Rivals) -> None:
    """A till ends as it should, and begins anew."""
    till = rivals.rng.choice(rivals.tills)
    if till.hub is not None:
        rivals.take_apart(till)
        till.stop()
        back_ms = rivals.rng.choice((100, 400, 2_000))
        rivals.later(rivals.rng.randint(10, 300), partial(rivals.crash, till, back_ms))


def sign_off(rivals: Rivals) -> None:
    """A till is put away for a while; the others need not ask it any more."""
    till = rivals.rng.choice(rivals.tills)
    if till.hub is not None and till.claims:
        rivals.take_apart(till)
        till.sign_off()
        back_ms = rivals.rng.randint(300, 2_000)
        rivals.later(rivals.rng.randint(0, 300), partial(rivals.crash, till, back_ms))


def evening(rivals: Rivals) -> None:
    """All are put away, and come back one after the other."""
    for till in rivals.tills:
        if till.hub is not None and till.claims:
            rivals.take_apart(till)
            rivals.later(rivals.rng.randint(0, 60), till.sign_off)
            back_ms = rivals.rng.randint(100, 2_500)
            rivals.later(rivals.rng.randint(80, 300), partial(rivals.crash, till, back_ms))


def fill_a_disk(rivals: Rivals) -> None:
    """No space is left; some time later there is again."""
    till = rivals.rng.choice(rivals.tills)
    rivals.take_apart(till)
    till.disk.full = True

    def tidy_up() -> None:
        till.disk.full = False

    rivals.later(rivals.rng.randint(100, 2_000), tidy_up)


def slow_disk(rivals: Rivals) -> None:
    """A disk becomes slow, or quick again."""
    till = rivals.rng.choice(rivals.tills)
    rivals.take_apart(till)
    till.disk_ms = rivals.rng.choice((8, 60, 250))


def jump_clock(rivals: Rivals) -> None:
    """Somebody sets a clock, forward or back."""
    rivals.rng.choice(rivals.tills).skew_ms += rivals.rng.choice((-1, 1)) * rivals.rng.choice((500, 5_000, 90_000))


def let_in(rivals: Rivals) -> None:
    """A newcomer, while the others go on."""
    if len(rivals.tills) < TILLS_MAX and rivals.founder.hub is not None:
        rivals.let_in()


def revoke(rivals: Rivals) -> None:
    """A till is shut out. It goes on until it hears of that."""
    rivals.shut_out(rivals.rng.choice(rivals.tills[1:]))


CUTS: Table = ((1, partition),)
FAULTS: Table = (
    (8, partition),
    (5, separate),
    (12, heal),
    (6, stall_one_direction),
    (5, slow_down),
    (2, delay_everything),
    (12, hiccup),
    (6, snap),
    (8, crash),
    (4, flicker),
    (3, end_in_order),
    (5, sign_off),
    (1, evening),
    (3, fill_a_disk),
    (5, slow_disk),
    (3, jump_clock),
    (4, let_in),
    (2, revoke),
)


def something_happens(rivals: Rivals, table: Table = FAULTS) -> None:
    """One fault, by the dice."""
    ((_weight, fault),) = rivals.rng.choices(table, [weight for weight, _fault in table])
    rivals.count(fault.__name__)
    fault(rivals)


def _let_go(rivals: Rivals, wire: Wire, held: Sequence[Machine]) -> None:
    for end in held:
        rivals.let_go(wire, end)


def _any_wire(rivals: Rivals) -> Wire | None:
    """A wire that something happens to."""
    wires: dict[int, Wire] = {}
    for till in rivals.tills:
        wires.update(till.links)
    if not wires:
        return None
    wire = rivals.rng.choice([wires[number] for number in sorted(wires)])
    rivals.take_apart(*wire.ends)
    return wire
