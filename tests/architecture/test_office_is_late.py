"""A till starts without the office: its operations are there by name, their modules come when they are asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from unittest.mock import MagicMock

import pytest

from app.office.every import SUBJECTS

EARLY = {
    "app.office", "app.office.bulk", "app.office.bulk.standing", "app.office.desk", "app.office.door",
    "app.office.every", "app.office.parts", "app.office.places", "app.office.rights",
}  # fmt: skip
HEAVY = ("alembic", "apscheduler", "duckdb", "ibis", "matplotlib", "openpyxl", "pandas", "psycopg", "pyarrow")


@pytest.mark.parametrize("module", SUBJECTS)
def test_every_subject_makes_the_operations_that_the_list_names(module: str) -> None:
    made = import_module(module).operations(MagicMock())
    assert sorted(made) == sorted(SUBJECTS[module])


def test_no_two_subjects_make_an_operation_of_the_same_name() -> None:
    names = [name for each in SUBJECTS.values() for name in each]
    assert len(names) == len(set(names))


def test_wiring_a_till_imports_next_to_nothing_of_the_office() -> None:
    said = "import sys, app.wiring; print('\\n'.join(sys.modules))"
    known = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.split()
    assert {name for name in known if name.split(".")[:2] == ["app", "office"]} == EARLY
    assert [name for name in known if name.partition(".")[0] in HEAVY] == []
