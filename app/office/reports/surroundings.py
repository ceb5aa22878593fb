"""What a report needs beside the sums of the books: day, time zone, names, where tills belong. Plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING

from app.domain.branch import Branch, TillPlan
from app.domain.cost_centre import CostCentre
from app.domain.coupon import Campaign
from app.domain.customer import CustomerGroup
from app.domain.tender import DEFAULT_TENDERS

if TYPE_CHECKING:
    from app.domain.reference import Reference

Names = Mapping[str, str]
NO_NAMES: Names = {}


@dataclass(frozen=True)
class Surroundings:
    """``today`` is ISO 8601; ``zone`` is that of the tills, whose facts are in UTC; None: this machine's."""

    today: str
    zone: tzinfo | None = UTC
    branches: Mapping[int, str] = field(default_factory=dict)
    """The branch's id of each till that has one."""
    device_groups: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    names: Mapping[str, Names] = field(default_factory=dict)
    """By what is named (``branch``, ``tender``, ``customer_group``, ``cost_centre``, ``campaign``, ``customer``)."""

    def name_of(self, what: str, key: str) -> str:
        """The name, or the key itself where there is none."""
        return self.names.get(what, NO_NAMES).get(key) or key


def surroundings(known: Reference, today: str, zone: tzinfo | None = UTC, customers: Names = NO_NAMES) -> Surroundings:
    """Out of the reference data; ``customers`` are names by number, where somebody could open them."""
    plans = known.all(TillPlan).values()
    return Surroundings(
        today,
        zone,
        {plan.till_no: plan.branch for plan in plans if plan.branch},
        {plan.till_no: tuple(sorted(plan.groups)) for plan in plans if plan.groups},
        {
            "branch": {key: branch.name for key, branch in known.all(Branch).items()},
            "tender": {tender.tender: tender.name for tender in DEFAULT_TENDERS.values()},
            "customer_group": {key: group.name for key, group in known.all(CustomerGroup).items()},
            "cost_centre": {key: centre.name for key, centre in known.all(CostCentre).items()},
            "campaign": {key: campaign.name for key, campaign in known.all(Campaign).items()},
            "customer": customers,
        },
    )
