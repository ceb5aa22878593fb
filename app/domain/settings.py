"""Whether a value of reference data may be set: what its own type cannot say, because it takes the others."""

from __future__ import annotations

from app.domain.number_pool import NumberPool
from app.domain.number_range import NumberRange, overlapping
from app.domain.price_list import PriceList, makes_a_ring
from app.domain.reference import Keyed, Reference, ReferenceFault


class RangesOverlap(ValueError):
    """Two ranges could give one number; ``other`` is the id of the range that is there already."""

    def __init__(self, other: str) -> None:
        super().__init__(f"the range overlaps the range {other}")
        self.other = other


def check_among(value: Keyed, reference: Reference) -> None:
    """``RangesOverlap`` for a number range that overlaps another; ``ReferenceFault`` for a list derived from itself,
    or a pool that shares numbers with another."""
    if isinstance(value, PriceList) and makes_a_ring(value, reference.all(PriceList)):
        raise ReferenceFault("price_list: over others it would be derived from itself")
    if isinstance(value, NumberPool):
        for pool in reference.all(NumberPool).values():
            same = (pool.kind, pool.prefix) == (value.kind, value.prefix) and pool.key != value.key
            if same and pool.start <= value.end and value.start <= pool.end:
                raise ReferenceFault(f"number_pool: the pool {pool.key} has some of these numbers")
    if isinstance(value, NumberRange):
        other = overlapping(value, reference.all(NumberRange).values())
        if other is not None:
            raise RangesOverlap(other.key)
