"""One seed's story: how many tills, what goes wrong when, and the quiet end in which all is checked."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.claim_policy import ALLOW, REFUSE, Policy
from app.domain.resource import KINDS, MILLI_PIECES, MONEY, UNITS
from app.simulation.checkers import findings
from app.simulation.shop import Market, Shop

QUIET_LIMIT_MS = 60_000
HAMMERING = {0: "vouchers", 1: "vouchers", 2: "returns", 3: "coupons", 4: "coupons", 5: "vouchers"}
"""What cashiers do as fast as they can, by the seed; in the others they work as on any day."""
_LIMITS = {MONEY: 300, MILLI_PIECES: 1_000}


def policies_of(seed: int) -> dict[str, Policy]:
    """What holds for what not every till confirmed: all, nothing, or a little of it."""
    if seed % 5 == 3:
        return dict.fromkeys(KINDS, REFUSE)
    if seed % 5 == 1:
        return {kind: Policy("limit", _LIMITS.get(unit, 1)) for kind, unit in UNITS.items()}
    return dict.fromkeys(KINDS, ALLOW)


def tell(seed: int) -> list[str]:
    """Play the seed; what the checkers found."""
    market = play(seed)
    found = findings(market) if come_to_rest(market) else ["the network did not come to rest"]
    market.close()
    return found


def play(seed: int, duration_ms: int | None = None, policies: Mapping[str, Policy] | None = None) -> Market:
    """Sell and redeem while cables are cut, plugs are pulled and disks fill up; ``policies``: instead of the seed's."""
    market = Market(seed, 2 + seed % 3, policies_of(seed) if policies is None else policies)
    market.untroubled = seed % 4 == 0
    market.cashier.hammering = HAMMERING.get(seed % 8, "")
    market.found()
    market.world.run(1_000)
    duration_ms = duration_ms or (2_000 if market.cashier.hammering else 12_000)
    world, rng = market.world, market.rng
    end_ms = world.now_ms + duration_ms
    while world.now_ms < end_ms:
        world.run(rng.randint(50, 300 if market.cashier.hammering else 1_500))
        if not market.untroubled:
            _something_happens(market)
    return market


def _something_happens(market: Market) -> None:
    world, rng = market.world, market.rng
    shop = rng.choice(market.shops)
    choice = rng.random()
    if choice < 0.25:
        group = [one.machine for one in market.shops if rng.random() < 0.5]
        world.partition(group, noticed=rng.random() < 0.5)
    elif choice < 0.5:
        world.heal()
    elif choice < 0.75:
        _pull_the_plug(market, shop)
    elif choice < 0.82:
        shop.machine.disk.full = not shop.machine.disk.full
    elif choice < 0.9:
        world.max_delay_ms = rng.choice((2, 5, 40, 150))
    else:
        for machine in market.shops:
            machine.machine.disk.full = False


def _pull_the_plug(market: Market, shop: Shop) -> None:
    if not shop.is_open:
        return
    shop.crash()
    if market.rng.random() < 0.3:
        shop.lose_books()
    market.world.later(market.rng.randint(50, 3_000), lambda: None if shop.is_open else market.reopen(shop))


def come_to_rest(market: Market) -> bool:
    """Heal everything, finish every open sale, and wait until all have heard all."""
    market.closing = True
    world = market.world
    world.heal()
    world.max_delay_ms = 5
    for shop in market.shops:
        shop.machine.disk.full = False
    world.run(3_500)  # those whose plug was pulled have power again by then
    for shop in market.shops:
        if not shop.is_open:
            market.reopen(shop)
    return world.run_until(lambda: _is_at_rest(market), QUIET_LIMIT_MS)


def _is_at_rest(market: Market) -> bool:
    return all(
        shop.is_open
        and not shop.busy
        and shop.session is not None
        and not shop.session.sale_id
        and not shop.parked
        and shop.machine.hub is not None
        and shop.machine.hub.synced
        and len(shop.machine.links) == len(market.shops) - 1
        for shop in market.shops
    )
