"""Writes the table of keys in ``docs/till.md`` anew, out of the registry that the till itself reads.

``python tools/key_table.py`` (``make screenshots``). A test says when the page and the registry differ.
"""

from __future__ import annotations

import sys
from pathlib import Path

from app import text
from app.screens.keys import REGISTRY, KeyFunction, Mode, written_keys

PAGE = Path(__file__).parent.parent / "docs" / "till.md"
BEGIN, END = "<!-- keys -->\n", "<!-- /keys -->\n"
SHOWN = {Mode.SALE: "sale", Mode.TENDER: "payment", Mode.REDEEM: "code", Mode.TASK: "lists, forms"}


def table() -> str:
    """Every function: its keys and number, what it is for, where it works, and its name in ``[keys]``."""
    text.use("en")
    rows = ["| keys | what it does | where | name |", "|---|---|---|---|"]
    return "\n".join([*rows, *(_row(each) for each in REGISTRY)]) + "\n"


def _row(row: KeyFunction) -> str:
    keys = "  ".join(f"`{key}`" for key in written_keys(row).split())
    does = text.gettext(row.help).replace("|", "\\|").replace("*", "\\*")
    where = (
        "everywhere"
        if row.modes == frozenset(Mode)
        else ", ".join(name for mode, name in SHOWN.items() if mode in row.modes)
    )
    return f"| {keys} | {does} | {where} | `{row.function.value}` |"


def renewed(page: str) -> str:
    """The page with the table as it has to be; ``ValueError`` if it has no place for it."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"put {BEGIN.strip()} and {END.strip()} where the table belongs")
    return before + begin + "\n" + table() + "\n" + end + after


def main() -> int:
    """Renew the page."""
    PAGE.write_text(renewed(PAGE.read_text("utf-8")), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
