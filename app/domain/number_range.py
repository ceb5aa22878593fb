"""Number ranges (Nummernkreise): who may give out which numbers of documents; values of reference data."""

from __future__ import annotations

from typing import Literal

import msgspec

RangeKind = Literal[
    "receipt", "training", "invoice", "delivery_note", "order", "customer", "voucher", "z_report", "parked",
]  # fmt: skip


class NumberRange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Numbers ``prefix`` + ``start`` … ``end`` (zero-padded to ``digits``) belong to one till for one kind."""

    range_id: str
    kind: RangeKind
    till_no: int
    prefix: str
    start: int
    end: int
    digits: int = 6

    @property
    def key(self) -> str:
        return self.range_id
