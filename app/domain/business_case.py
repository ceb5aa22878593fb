"""What a receipt's line is, by the names of DSFinV-K's business cases in English.

Lines of goods bear tax; what is untaxed says why. Whoever adds a case says here whether it
is goods (counts as turnover and may be discounted) and what its sign is.
"""

from __future__ import annotations

SALE = "sale"
"""Umsatz: goods; below zero when returned."""
CONTAINER_DEPOSIT = "container_deposit"
"""Pfand, taxed like the drink; below zero when the bottle comes back (PfandRueckzahlung)."""
VOUCHER_SALE = "voucher_sale"
"""Ein-/MehrzweckgutscheinKauf; with a key: single-purpose, taxed now."""
VOUCHER_REDEMPTION = "voucher_redemption"
"""A single-purpose voucher or token takes goods out of the tax base: below zero."""
VOUCHER_REFUND = "voucher_refund"
"""A voucher's rest is paid out: below zero."""
VOUCHER_RELOAD = "voucher_reload"
PURSE_TOP_UP = "purse_top_up"
DEPOSIT = "deposit"
"""Anzahlungseinstellung, taxed at the goods' rates; below zero when refunded."""
DEPOSIT_SETTLEMENT = "deposit_settlement"
"""Anzahlungsaufloesung: below zero, with the deposit's rates."""
RECEIVABLE_SETTLEMENT = "receivable_settlement"
"""Forderungsaufloesung: money for what was sold before; untaxed here."""
TIP = "tip"
"""TrinkgeldAN: the staff's, untaxed."""
ROUNDING = "rounding"
"""Cash rounding, untaxed; either sign."""

GOODS = (SALE, CONTAINER_DEPOSIT)
"""What is sold; only ``SALE`` is ever discounted."""
