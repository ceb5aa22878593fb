"""What each role finds in the office's menu: what the docs say, what the menu shows, and what the engine answers."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.domain.user import DEFAULT_ROLES, OFFICE_RIGHTS, RIGHTS, permissions
from app.office.every import NEEDS
from app.screens.office.handing_over import HANDED_OVER, handing_over
from app.screens.office.menu import MENU, Entry
from app.till.refusals.users import RIGHTS as CALLED

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "office.md").read_text("utf-8")
SHARED = {"app.screens.office.desk", "app.screens.office.attempts", "app.screens.office.services"}
"""What every task is made of."""


def rows(heading: str) -> list[list[str]]:
    """The cells of the table that begins so."""
    table = PAGE[PAGE.index(f"| {heading} |") :].partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def files(module: str, seen: set[str] | None = None) -> Iterator[Path]:
    """The module and what it imports of the office's screens."""
    seen = set() if seen is None else seen
    path = ROOT / f"{module.replace('.', '/')}.py"
    if module in seen | SHARED or not path.exists():
        return
    seen.add(module)
    yield path
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.screens.office"):
            yield from files(node.module or "", seen)
            for each in node.names:
                yield from files(f"{node.module}.{each.name}", seen)


def asked(entry: Entry) -> set[str]:
    """The operations that the entry's task asks for, as far as they are written where they are asked for."""
    found = set()
    for path in files(entry.task.__module__):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("ask", "done")
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                found.add(str(node.args[0].value))
    return found


def test_the_docs_say_of_every_entry_which_right_it_needs() -> None:
    said = {title: right.strip("`") for titles, _about, right in rows("in the menu") for title in titles.split(" · ")}
    assert said == {entry.title: entry.right for entry in MENU}
    assert {entry.right for entry in MENU} == set(OFFICE_RIGHTS), (
        "a right that opens nothing, or an entry for everybody"
    )


def test_the_docs_say_of_every_role_what_it_finds_in_the_menu() -> None:
    said = {role: shown for roles, shown in rows("role") for role in re.findall(r"`(\w+)`", roles)}
    assert said.keys() == DEFAULT_ROLES.keys()
    for role, shown in said.items():
        rights = permissions({}, [role], []).rights
        titles = [entry.title for entry in MENU if entry.right in rights]
        wanted = {"everything": [entry.title for entry in MENU]}.get(shown, shown.split(" · "))
        assert titles == ([] if shown.startswith("nothing") else wanted), role


@pytest.mark.parametrize("entry", MENU, ids=lambda entry: entry.title)
def test_whoever_finds_a_task_in_the_menu_may_ask_for_what_it_asks(entry: Entry) -> None:
    rights = {entry.right} | ({each.right for each in HANDED_OVER} if entry.task is handing_over else set())
    refused = [
        op for op in asked(entry) if NEEDS[op].never or (NEEDS[op].rights and rights.isdisjoint(NEEDS[op].rights))
    ]
    assert refused == []


def test_the_tasks_were_looked_through() -> None:
    everything = set().union(*map(asked, MENU))
    assert {"live", "status", "till_set", "catalogue_put", "master_undo", "take_over", "backup"} <= everything
    assert len(everything) > 40


def test_every_right_has_a_name_for_refusals() -> None:
    assert CALLED.keys() == set(RIGHTS)
