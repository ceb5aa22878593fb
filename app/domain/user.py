"""Users' roles and rights; roles are reference data.

What a user may do is the union of the roles' rights and the single ones. ``discount:15`` is the right to give
discounts up to 15 %; a plain ``discount`` has the limit of the roles. The largest limit counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

RIGHTS = (
    "sell", "price_change", "discount", "void_line", "void_receipt", "void_sale", "return", "return_without_receipt",
    "open_drawer", "cash_movement", "x_report", "z_report", "voucher_manage", "voucher_refund", "customers", "credit",
    "training", "settings", "users", "override_limit",
    "override_coverage",
    "settle_overdraw", "open_gate",
    "office_live", "office_tills", "office_master", "office_reports", "office_audit", "office_jobs", "office_tenants",
)  # fmt: skip
OFFICE_RIGHTS = tuple(right for right in RIGHTS if right.startswith("office_"))
"""Whoever has none of them has no business in the office."""
MANAGES_USERS = "users"
ABOUT_RIGHTS = frozenset({"user", "role"})
"""Kinds of master data that say who may do what: for those who may manage users, whatever else they may."""


BADGES = "network key/badges"
"""What the key is derived for by which the books keep badges: no person can have this id."""
MAX_LIMIT_BP = 10_000
PIN_DIGITS = (4, 12)
PASSWORD_LENGTH = (8, 64)

_USER = re.compile(r"[^\W_][\w.@-]{0,39}")
_LIMITED = re.compile(r"discount:(?P<percent>100|[1-9]?[0-9])")


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

    def check(self) -> None:
        """``ValueError`` for a role that nobody could have."""
        if not is_user(self.role):
            raise ValueError("role: 1 to 40 letters, digits and . _ @ -")
        if not 0 < len(self.name.strip()) <= 60 or not self.name.isprintable():
            raise ValueError("name: 1 to 60 printable characters")
        if not 0 <= self.discount_limit_bp <= MAX_LIMIT_BP:
            raise ValueError(f"discount_limit_bp: 0 to {MAX_LIMIT_BP}")
        for right in self.rights:
            if not is_right(right):
                raise ValueError(f"there is no right {right[:40]!r}; known are {', '.join(RIGHTS)}, discount:15")


DEFAULT_ROLES: Mapping[str, Role] = {
    "cashier": Role(
        "cashier", "Kasse", ("sell", "void_line", "void_sale", "discount", "return", "x_report", "customers"), 1_000
    ),
    "supervisor": Role("supervisor", "Aufsicht", RIGHTS, MAX_LIMIT_BP, approves=True),
    "office": Role(
        "office",
        "Zentrale",
        (*OFFICE_RIGHTS, "customers", "credit", "voucher_manage", "settings", "users", "settle_overdraw"),
    ),
    "accountant": Role("accountant", "Buchhaltung", ("office_reports", "office_audit")),
}
"""Known from the start. Whoever sets other roles must not lose his own; set one of these to change it."""


class Permissions(msgspec.Struct, frozen=True):
    """What somebody may do, over all roles and single rights."""

    rights: frozenset[str]
    discount_limit_bp: int = 0
    approves: bool = False

    def has(self, right: str, percent_bp: int = 0) -> bool:
        """Whether the right is there, and the discount within its limit."""
        return right in self.rights and (self.within(percent_bp) or right != "discount")

    def within(self, percent_bp: int) -> bool:
        """Whether a discount of so much is within the limit."""
        return percent_bp <= self.discount_limit_bp or "override_limit" in self.rights

    def at_most(self, most: Permissions) -> Permissions:
        """What both allow; approving is the person's own."""
        limit = min(self.discount_limit_bp, most.discount_limit_bp)
        return Permissions(self.rights & most.rights, limit, self.approves)


EVERYTHING = Permissions(frozenset(RIGHTS), MAX_LIMIT_BP, approves=True)
"""What everybody may do as long as there are no users."""


def roles_of(known: Mapping[str, Role]) -> dict[str, Role]:
    """Every role by its id: the defaults, as reference data has changed them, and others."""
    return {**DEFAULT_ROLES, **known}


def permissions(roles: Mapping[str, Role], names: Iterable[str], rights: Iterable[str]) -> Permissions:
    """The rights of these roles and single rights; a role that nobody has set gives none."""
    known = roles_of(roles)
    mine = [known[name] for name in names if name in known]
    limits = [role.discount_limit_bp for role in mine if "discount" in role.rights]
    granted: set[str] = set()
    for right in (*rights, *(right for role in mine for right in role.rights)):
        limited = _LIMITED.fullmatch(right)
        if limited:
            limits.append(int(limited["percent"]) * 100)
        granted.add("discount" if limited else right)
    approves = any(role.approves for role in mine)
    return Permissions(frozenset(granted & set(RIGHTS)), max(limits, default=0), approves)


def is_right(text: str) -> bool:
    """Whether there is such a single right.

    >>> [is_right(text) for text in ("sell", "discount:15", "discount:115", "fly")]
    [True, True, False, False]
    """
    return text in RIGHTS or _LIMITED.fullmatch(text) is not None


def plain(right: str) -> str:
    """The right without its limit.

    >>> [plain(right) for right in ("sell", "discount:15")]
    ['sell', 'discount']
    """
    return "discount" if _LIMITED.fullmatch(right) else right


def is_user(text: str) -> bool:
    """Whether the text can be a user's (or role's) id: what is typed to log in."""
    return _USER.fullmatch(text) is not None


def is_pin(text: str) -> bool:
    """Whether the text can be a PIN: 4 to 12 digits, which the numeric pad types; or a password of 8 to 64 characters.

    >>> [is_pin(text) for text in ("4711", "471", "korrektes Pferd", "kurz")]
    [True, False, True, False]
    """
    if text.isascii() and text.isdigit():
        return PIN_DIGITS[0] <= len(text) <= PIN_DIGITS[1]
    return PASSWORD_LENGTH[0] <= len(text) <= PASSWORD_LENGTH[1] and text.isprintable()


def person_id(user: str) -> str:
    """Whose key seals the user's name (``app.domain.persons``)."""
    return f"user/{user}"
