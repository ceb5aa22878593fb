"""Suppliers, from whom articles are bought; values of reference data."""

from __future__ import annotations

import msgspec

MAX_NUMBER = 20
MAX_NAME = 100


class Supplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A supplier by number."""

    no: str
    name: str

    @property
    def key(self) -> str:
        return self.no

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        for name, text, most in (("no", self.no, MAX_NUMBER), ("name", self.name, MAX_NAME)):
            if not 0 < len(text) <= most or not text.isprintable():
                raise ValueError(f"{name} has 1 to {most} printable characters")
