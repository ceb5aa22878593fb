"""Accounts to begin with, of DATEV's standard charts SKR 03 and SKR 04; the accountant has the last word.

The revenue accounts are those that know their tax (Automatikkonten), so no tax keys are needed. Sources: the charts as
DATEV publishes them (SKR 03, document 11174; SKR 04, document 11175).
"""

from __future__ import annotations

from collections.abc import Mapping

from app.domain import business_case
from app.domain.account import Account, Accounting
from app.domain.vat_data import GENERAL, REDUCED, RESTAURANT

_SALES = (business_case.SALE, business_case.CONTAINER_DEPOSIT, business_case.VOUCHER_REDEMPTION)
_STORED = ("voucher", "token", "purse", "bonus_purse")
_OWED = ("customer_credit", "delivery_note")
_ON_THE_WAY = ("card", "bank_transfer", "other")

# name: (SKR 03, SKR 04)
_CASH, _FOREIGN, _CHEQUES = ("1000", "1600"), ("1010", "1610"), ("1330", "1550")
_TRANSIT, _CLEARING = ("1360", "1460"), ("1590", "1370")
_RECEIVABLES, _LIABILITIES = ("1410", "1210"), ("1700", "3500")
_TAXED = {GENERAL: ("8400", "4400"), REDUCED: ("8300", "4300"), RESTAURANT: ("8300", "4300"), "": ("8200", "4200")}
_DEPOSITS = {GENERAL: ("1718", "3272"), REDUCED: ("1711", "3260"), RESTAURANT: ("1711", "3260"), "": ("1710", "3250")}
_TIPS, _HOSPITALITY = ("1740", "3720"), ("4650", "6640")
_ROUNDING, _DIFFERENCES = ("2709", "4839"), ("2309", "6969")
_PAID_IN, _TAKEN_OUT = ("1890", "2180"), ("1800", "2100")

CHARTS = ("03", "04")


def proposed(chart: str, consultant: int, client: int) -> tuple[Accounting, tuple[Account, ...]]:
    """The settings and accounts of the chart (``CHARTS``)."""
    at = CHARTS.index(chart)
    accounts: list[Account] = []

    def cases(names: tuple[str, ...], by_key: Mapping[str, tuple[str, str]]) -> None:
        accounts.extend(
            Account("case", name, numbers[at], vat_key) for name in names for vat_key, numbers in by_key.items()
        )

    # A voucher that is taxed when it is sold is revenue; one that is not is owed.
    cases(_SALES, _TAXED)
    cases((business_case.VOUCHER_SALE, business_case.VOUCHER_REFUND), {**_TAXED, "0": _LIABILITIES, "": _LIABILITIES})
    cases((business_case.VOUCHER_RELOAD, business_case.PURSE_TOP_UP), {"": _LIABILITIES})
    cases((business_case.DEPOSIT, business_case.DEPOSIT_SETTLEMENT), _DEPOSITS)
    cases((business_case.RECEIVABLE_SETTLEMENT,), {"": _RECEIVABLES})
    cases((business_case.TIP,), {"": _TIPS})
    cases((business_case.ROUNDING,), {"": _ROUNDING})
    tenders = {"cash": _CASH, "foreign_cash": _FOREIGN, "cheque": _CHEQUES, "cost_centre": _HOSPITALITY}
    tenders |= dict.fromkeys(_STORED, _LIABILITIES) | dict.fromkeys(_OWED, _RECEIVABLES)
    tenders |= dict.fromkeys(_ON_THE_WAY, _TRANSIT)
    accounts.extend(Account("tender", name, numbers[at]) for name, numbers in tenders.items())
    movements = {"opening_float": _TRANSIT, "cash_transfer": _TRANSIT, "pay_in": _PAID_IN, "pay_out": _TAKEN_OUT}
    movements["difference"] = _DIFFERENCES
    accounts.extend(Account("movement", name, numbers[at]) for name, numbers in movements.items())
    settings = Accounting(consultant, client, _CLEARING[at], chart="03" if at == 0 else "04")
    return settings, tuple(accounts)
