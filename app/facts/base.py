"""The base of all facts.

``topic`` names the feed a fact goes to (DESIGN §3) and ``kind`` its name and version.
Amounts are integer minor units (``*_minor``), quantities integer thousandths
(``*_milli``), VAT rates basis points (``*_bp``: 1900 is 19 %), instants ISO 8601 in
UTC with milliseconds, days ISO 8601.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

import msgspec


class Fact(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """Something that happened. Subclasses set ``topic`` and ``kind``."""

    topic: ClassVar[str]
    kind: ClassVar[str]


Positive = Annotated[int, msgspec.Meta(gt=0)]
"""What a value or a use of it must be: a hold below zero would make a voucher worth more."""

Rate = Annotated[int, msgspec.Meta(ge=0, le=10_000)]
"""A VAT rate in basis points."""
