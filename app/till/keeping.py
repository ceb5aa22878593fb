"""The open sale as the engine keeps it, and how large it may grow."""

from __future__ import annotations

import msgspec

from app.domain.money import MAX_TOTAL_MINOR
from app.domain.sale import MAX_SALE_BYTES, OpenSale
from app.till.refusals import Refusal


class OpenSaleUnreadable(ValueError):
    """The kept open sale is not one of this version's."""


def write_sale(sale: OpenSale | None) -> str | None:
    """The open sale as the engine keeps it."""
    return None if sale is None else sale.encoded.decode()


def read_sale(text: str | None) -> OpenSale | None:
    """The open sale as it was kept; ``OpenSaleUnreadable`` if another version wrote it."""
    if text is None:
        return None
    try:
        return msgspec.json.decode(text, type=OpenSale)
    except (msgspec.DecodeError, msgspec.ValidationError) as error:
        raise OpenSaleUnreadable(f"the open sale cannot be read by this version: {error}") from None


def fitting(sale: OpenSale) -> OpenSale:
    """The sale, refused if no receipt and no record could hold it."""
    if sale.total_minor > MAX_TOTAL_MINOR:
        raise Refusal("total_too_large")
    if len(sale.encoded) > MAX_SALE_BYTES:
        raise Refusal("sale_full")
    return sale
