"""A change of master data that is to come; a value of reference data, so that it survives whoever planned it.

It says which fields change, not how the whole value will be: what is changed until then stays. The member that planned
it carries it out, and journals its end in the same step: it is done once.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

MAX_ID = 40
MAX_TEXT = 200
MAX_VALUES_BYTES = 4_000
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")


class PlannedChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """``at``: an instant like ``2026-12-01T05:00:00.000Z``. ``fault``: why it could not be done when it was due."""

    plan: str
    at: str
    kind: str
    of: str
    member: str
    values: dict[str, Any] = {}
    removed: bool = False
    by: str = ""
    fault: str = ""

    @property
    def key(self) -> str:
        return self.plan

    def check(self) -> None:
        """``ValueError`` for what its fields alone cannot say."""
        if not 0 < len(self.plan) <= MAX_ID or not _INSTANT.fullmatch(self.at):
            raise ValueError("plan has 1 to 40 characters, and at is an instant like 2026-12-01T05:00:00.000Z")
        for text in (self.kind, self.of, self.by, self.member):
            if len(text) > MAX_TEXT:
                raise ValueError(f"kind, of, by and member have at most {MAX_TEXT} characters")
        if len(msgspec.json.encode(self.values)) > MAX_VALUES_BYTES:
            raise ValueError(f"values: at most {MAX_VALUES_BYTES} bytes of JSON")
