"""One seed: rivals, what goes wrong among them, the rest, and a last rush in which everybody must get through."""

from __future__ import annotations

from app.simulation.claims.checkers import findings, same_on_disk
from app.simulation.claims.faults import CUTS, FAULTS, Table, something_happens
from app.simulation.claims.rivals import TICK_MS, Rivals
from replication.core.claims import GIVE_UP_MS, TTL_MS

QUIET_LIMIT_MS = 60_000
LOOK_MS = 200
RUSH_MS = GIVE_UP_MS + 500


def tell(seed: int, faults: Table | None = None) -> list[str]:
    """Play the seed; what the checkers found."""
    rivals = play(seed, faults)
    if not come_to_rest(rivals):
        return [*rivals.findings, "the tills did not come to rest"]
    rush(rivals)
    return findings(rivals)


def play(seed: int, faults: Table | None = None) -> Rivals:
    """Use things up while the world around falls to pieces; in one of four seeds there is one cut and no more.

    Then it is known exactly which parts there are, and all want the same: that is where limits are put to the test.
    """
    rivals = Rivals(seed)
    rivals.found()
    rng = rivals.rng
    end_ms = rivals.now_ms + rng.choice((800, 1_500, 3_000))
    if faults is None and seed % 4 == 0:
        rivals.mishaps, rivals.hot, end_ms = False, rivals.things[:1], rivals.now_ms + 2_500
        rivals.run(rng.choice((0, 0, 50, 400)))
        something_happens(rivals, CUTS)
    else:
        while rivals.now_ms < end_ms:
            rivals.run(rng.randint(1, rng.choice((100, 300, 800))))
            something_happens(rivals, faults or FAULTS)
            rivals.read_roll()
    rivals.run(end_ms - rivals.now_ms)
    return rivals


def come_to_rest(rivals: Rivals) -> bool:
    """Everything is whole again; wait until all have heard all and whoever crashed promises again."""
    rivals.closing = True
    rivals.heal()
    rivals.max_delay_ms = 5
    rivals.tick_ms = TICK_MS * 2  # nobody claims anything, so nobody's silence is measured
    for till in rivals.tills:
        till.disk.full, till.disk_ms = False, 8
        if till.enrolled:
            rivals.power(till)
    end_ms = rivals.now_ms + QUIET_LIMIT_MS
    while rivals.now_ms < end_ms:
        rivals.run(LOOK_MS)
        rivals.read_roll()
        rivals.admit([till for till in rivals.tills if not till.enrolled])
        promising_ms = max(till.began_ms for till in rivals.tills) + TTL_MS * 11 // 10
        if rivals.now_ms >= promising_ms and _is_at_rest(rivals):
            rivals.tick_ms = TICK_MS
            rivals.run(LOOK_MS * 2)  # whoever relays tells who else is there
            return True
    return False


def _is_at_rest(rivals: Rivals) -> bool:
    """Everybody is there, has all that all have, and wants nothing; what was promised is over."""
    for till in rivals.tills:
        if till.enrolled and till.revoked:
            continue
        if not till.enrolled or not till.ready or till.hub is None or not till.hub.journal.idle:
            return False
        if till.attempt is not None or till.hub.asking.locks:
            return False
    return same_on_disk(rivals) and rivals.all_met()


def rush(rivals: Rivals) -> None:
    """All want the same at the same moment, with nothing wrong any more: each is granted it, one after the other.

    At first what they have fought for all the time, which may be covered incompletely for ever (a doubt about one who
    was shut out); then something that nobody has ever wanted, and that with complete coverage.
    """
    claimants = [till for till in rivals.honest if till.claims]
    before = rivals.counted.copy()  # a counter may be shared by many seeds
    for thing in (rivals.things[0], rivals.untouched):
        rivals.rng.shuffle(claimants)
        for till in claimants:
            till.want({thing: 50}, hurries=True)
        rivals.run(RUSH_MS)
    complete, incomplete = (rivals.counted[word] - before[word] for word in ("complete", "incomplete"))
    if complete + incomplete < 2 * len(claimants) or complete < len(claimants):
        rivals.findings.append(
            f"of {len(claimants)} tills that wanted the same at once some did not get it: {complete} had complete "
            f"and {incomplete} incomplete coverage"
        )
    rivals.run_until(lambda: all(till.hub is not None and till.hub.journal.idle for till in rivals.honest), RUSH_MS)
    for till in rivals.honest:
        if till.hub is not None and till.hub.asking.locks:
            rivals.findings.append(f"{till.label} holds locks though nobody claims anything: {till.hub.asking.locks}")
