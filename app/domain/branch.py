"""Branches and device groups, and a till's plan: where it belongs, what it prints, what may be done at it.

All are values of reference data, so every till has them without asking anybody, and takes effect from its own plan with
the next document that it prints or the next command. A till without a plan is as its ``till.toml`` says.

Texts go from the particular to the general: those of the plan, else those of its branch, else those of ``till.toml``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from app.domain.user import is_user

if TYPE_CHECKING:
    from app.domain.reference import Reference

MAX_ID_LENGTH = 20
MAX_NAME_LENGTH = 60
MAX_GROUPS = 3
"""Device groups that one till may be in."""
MAX_TILL_NO = 99_999
WITHHELD = ("articles", "customers", "suppliers")
"""What may be withheld from a till. Vouchers may not: whoever is asked for a claim must know what was used."""
MAX_CATALOGUES = 20
"""Of one till or device group."""
MAX_LINES = 8
MAX_LINE_LENGTH = 200


_CATALOGUE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,19}")


class Branch(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A branch (Filiale), and what receipts of its tills say above and below."""

    branch: str
    name: str
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return self.branch

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        _check_id("branch", self.branch)
        _check_name(self.name)
        _check_lines(self.head, self.foot)


class DeviceGroup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Tills that belong together, whatever their branch: those of a fair, those of a floor."""

    group: str
    name: str
    catalogues: tuple[str, ...] = ()
    """Travelling catalogues of its tills (``catalogue.py``)."""

    @property
    def key(self) -> str:
        return self.group

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        _check_id("group", self.group)
        _check_name(self.name)
        _check_catalogues(self.catalogues)


class TillPlan(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the office says of the till with this number; whatever hardware has it."""

    till_no: int
    branch: str = ""
    groups: tuple[str, ...] = ()
    role: str = ""
    """What may be done at this till at most without a supervisor, whoever has logged in; empty: no limit."""
    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    catalogues: tuple[str, ...] = ()
    """Travelling catalogues of this till, beside those of its groups."""
    withheld: tuple[str, ...] = ()
    """Kinds of the office's data that do not go to this till (``WITHHELD``)."""

    @property
    def key(self) -> str:
        return str(self.till_no)

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not 1 <= self.till_no <= MAX_TILL_NO:
            raise ValueError(f"till_no: 1 to {MAX_TILL_NO}")
        if self.branch:
            _check_id("branch", self.branch)
        if len(self.groups) > MAX_GROUPS or len(set(self.groups)) < len(self.groups):
            raise ValueError(f"groups: at most {MAX_GROUPS}, each named once")
        for group in self.groups:
            _check_id("groups", group)
        if self.role and not is_user(self.role):
            raise ValueError("role: the id of a role, or empty")
        _check_catalogues(self.catalogues)
        for kind in self.withheld:
            if kind not in WITHHELD:
                raise ValueError(f"withheld: {', '.join(WITHHELD)}; everything else goes to every till")
        _check_lines(self.head, self.foot)


class PaperTexts(NamedTuple):
    """What receipts say above and below; None: what ``till.toml`` says."""

    head: tuple[str, ...] | None = None
    foot: tuple[str, ...] | None = None


def plan_of(known: Reference, till_no: int) -> TillPlan:
    """The till's plan; one that says nothing if there is none."""
    return known.get(TillPlan, str(till_no)) or TillPlan(till_no)


def texts_of(known: Reference, till_no: int) -> PaperTexts:
    """What the plan, or else its branch, wants on the paper of the till."""
    plan = plan_of(known, till_no)
    branch = known.get(Branch, plan.branch)
    head = plan.head or (branch.head if branch else ())
    foot = plan.foot or (branch.foot if branch else ())
    return PaperTexts(head or None, foot or None)


def is_catalogue_id(text: str) -> bool:
    """Whether the text can be the id of a travelling catalogue, which is a part of its feed's name."""
    return _CATALOGUE.fullmatch(text) is not None


def _check_catalogues(catalogues: tuple[str, ...]) -> None:
    if len(catalogues) > MAX_CATALOGUES or not all(map(is_catalogue_id, catalogues)):
        raise ValueError(f"catalogues: at most {MAX_CATALOGUES} ids of travelling catalogues")


def _check_id(field: str, text: str) -> None:
    if not is_user(text) or len(text) > MAX_ID_LENGTH:
        raise ValueError(f"{field}: 1 to {MAX_ID_LENGTH} letters, digits and . _ @ -, the first one a letter or digit")


def _check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= MAX_NAME_LENGTH or not name.isprintable():
        raise ValueError(f"name: 1 to {MAX_NAME_LENGTH} printable characters")


def _check_lines(*texts: tuple[str, ...]) -> None:
    for lines in texts:
        if len(lines) > MAX_LINES or any(len(line) > MAX_LINE_LENGTH or not line.isprintable() for line in lines):
            raise ValueError(f"head, foot: at most {MAX_LINES} lines of {MAX_LINE_LENGTH} printable characters")
