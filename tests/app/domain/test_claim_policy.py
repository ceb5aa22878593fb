"""What may be used although not everybody could be asked."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.claim_policy import ALLOW, REFUSE, ClaimPolicy, Policy, amount_of, policy_for, room, text_of
from app.domain.reference import ReferenceFault, value_of
from app.domain.resource import KINDS

AMOUNTS = st.integers(0, 10_000)


def said(*policies: ClaimPolicy) -> dict[str, ClaimPolicy]:
    return {each.key: each for each in policies}


def test_the_till_has_the_first_word_then_its_site_then_everybodys() -> None:
    known = said(
        ClaimPolicy("voucher", "limit", "50.00", "200"), ClaimPolicy("voucher", "refuse", site="Markt"),
        ClaimPolicy("coupon", "refuse"),
    )  # fmt: skip
    assert policy_for("voucher", {"voucher": ALLOW}, known, "Markt", "EUR") == ALLOW
    assert policy_for("voucher", {"coupon": ALLOW}, known, "Markt", "EUR") == REFUSE
    assert policy_for("voucher", {}, known, "Messe", "EUR") == Policy("limit", 5000, 20_000)
    assert policy_for("voucher", {}, known, "", "EUR") == Policy("limit", 5000, 20_000)
    assert policy_for("purse", {}, known, "Markt", "EUR") == ALLOW
    assert policy_for("voucher", {}, said(ClaimPolicy("voucher", "limit", "0.50")), "", "JPY") == REFUSE


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ({"kind": "vouchers", "policy": "allow"}, "there is no kind"),
        ({"kind": "voucher", "policy": "perhaps"}, "perhaps"),
        ({"kind": "voucher", "policy": "limit"}, "limit: how much"),
        ({"kind": "voucher", "policy": "limit", "limit": "fifty"}, "no amount"),
        ({"kind": "voucher", "policy": "limit", "limit": "-1"}, "no amount"),
        ({"kind": "coupon", "policy": "limit", "limit": "1.5"}, "no number of pieces"),
        ({"kind": "return", "policy": "limit", "limit": "1.2345"}, "no quantity"),
        ({"kind": "voucher", "policy": "refuse", "limit": "50.00"}, "belong to the policy limit"),
        ({"kind": "voucher", "policy": "allow", "site": " Markt"}, "site"),
    ],
)
def test_a_policy_that_says_nothing_clear_never_enters_the_reference_data(value: dict[str, Any], fault: str) -> None:
    with pytest.raises(ReferenceFault, match=fault):
        value_of("claim_policy", value)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_and_writes_amounts_in_its_own_unit(kind: str) -> None:
    for amount in (0, 1, 2, 1000, 123_000):
        assert amount_of(kind, text_of(kind, amount, "EUR"), "EUR") == amount


@given(limit=AMOUNTS, per_day=st.none() | AMOUNTS, wanted=st.lists(st.tuples(st.sampled_from("ab"), AMOUNTS)))
def test_whoever_takes_only_what_there_is_room_for_never_goes_beyond_a_limit(
    limit: int, per_day: int | None, wanted: list[tuple[str, int]]
) -> None:
    policy, used = Policy("limit", limit, per_day), {"a": 0, "b": 0}
    for name, amount in wanted:
        left = room(policy, used[name], sum(used.values()))
        assert left is not None
        if amount <= left:
            used[name] += amount
    assert max(used.values()) <= limit
    assert per_day is None or sum(used.values()) <= per_day
    assert room(REFUSE, 0, 0) == 0
