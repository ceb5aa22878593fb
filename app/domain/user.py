"""Roles and rights; roles are reference data."""

from __future__ import annotations

import msgspec

RIGHTS = (
    "sell", "price_change", "discount", "void_line", "void_receipt", "void_sale", "return", "return_without_receipt",
    "open_drawer", "cash_movement", "x_report", "z_report", "voucher_manage", "voucher_refund", "customers", "credit",
    "training", "settings", "users", "override_limit",
)  # fmt: skip


class Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A role's rights. ``discount_limit_bp`` bounds every discount it may give (10,000: any)."""

    role: str
    name: str
    rights: tuple[str, ...] = ()
    discount_limit_bp: int = 0
    approves: bool = False
    """May approve in place what others may not do."""

    @property
    def key(self) -> str:
        return self.role
