"""Which files can be imported and exported: the one list, by what they hold.

An import is a function from the desk and the file's text to facts and faults; an export is rows that JSON can
hold, and how a row looks as CSV.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from app.engine.operations import Imported
from app.office import (
    article_files,
    customers,
    importing,
    master_files,
    orders,
    overdraws,
    settings,
    users,
    vouchers,
)
from app.office.rows import Source

if TYPE_CHECKING:
    from app.office.desk import Desk


class Export(NamedTuple):
    """``rows`` asks the books; ``cells`` makes a CSV line of one row as JSON brought it."""

    columns: Sequence[str]
    rows: Callable[[Desk], list[dict[str, Any]]]
    cells: Callable[[dict[str, Any]], Sequence[str]]


IMPORTS: Mapping[str, Callable[[Desk, Source], Imported]] = {
    "articles": article_files.import_articles,
    "prices": article_files.import_prices,
    "vat_rates": article_files.import_vat_rates,
    "users": master_files.import_users,
    "settings": master_files.import_settings,
    "vouchers": vouchers.import_vouchers,
    "orders": orders.import_orders,
    "customers": customers.import_customers,
    "suppliers": master_files.import_suppliers,
}
COLUMNS: Mapping[str, Sequence[str]] = {
    "articles": article_files.ARTICLE_COLUMNS,
    "prices": article_files.PRICE_COLUMNS,
    "vat_rates": article_files.RATE_COLUMNS,
    "users": (*master_files.USER_COLUMNS, "pin", "badge"),
    "settings": settings.COLUMNS,
    "vouchers": ("code", "value", "kind", "expires", "vat_key", "reloadable", "issued_at"),
    "orders": (*orders.REQUIRED, *orders.OF_THE_WHOLE, "price", orders.STATE),
    "customers": customers.COLUMNS,
    "suppliers": master_files.SUPPLIER_COLUMNS,
}
"""The fields that an import knows; ``settings`` also those of their values (``value.name``)."""
REQUIRED: Mapping[str, Sequence[str]] = {
    "articles": importing.REQUIRED,
    "prices": ("ident_no", "price_list", "price"),
    "vat_rates": article_files.RATE_COLUMNS,
    "users": users.REQUIRED,
    "settings": ("subject",),
    "vouchers": vouchers.REQUIRED,
    "orders": orders.REQUIRED,
    "customers": customers.REQUIRED,
    "suppliers": master_files.SUPPLIER_COLUMNS,
}
"""Those of them that must be there."""
EXPORTS: Mapping[str, Export] = {
    "articles": Export(article_files.ARTICLE_COLUMNS, article_files.articles, article_files.article_cells),
    "prices": Export(article_files.PRICE_COLUMNS, article_files.prices, article_files.price_cells),
    "vat_rates": Export(article_files.RATE_COLUMNS, article_files.vat_rates, article_files.rate_cells),
    "users": Export(master_files.USER_COLUMNS, master_files.users, master_files.user_cells),
    "settings": Export(master_files.SETTING_COLUMNS, master_files.settings, master_files.setting_cells),
    "vouchers": Export(vouchers.COLUMNS, vouchers.exported, vouchers.cells),
    "orders": Export(orders.COLUMNS, orders.exported, orders.cells),
    "overdraws": Export(overdraws.COLUMNS, overdraws.overdraws, overdraws.cells),
    "suppliers": Export(master_files.SUPPLIER_COLUMNS, master_files.suppliers, master_files.supplier_cells),
    "customers": Export(customers.COLUMNS, customers.customers, customers.customer_cells),
}
