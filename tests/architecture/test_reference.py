"""docs/drive.md has everything that programs can say and hear: no command, field, refusal or setting is left out."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from app import config, device_settings
from app.domain.reference import SUBJECTS
from app.office.files import EXPORTS, IMPORTS
from app.printer_settings import PrinterSettings
from app.receipt_settings import ReceiptSettings
from app.till import handlers
from app.till.queries import every
from app.till.refusals import SENTENCES

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "docs" / "drive.md").read_text("utf-8")
TOML = [
    (page.name, block)
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
    for block in re.findall(r"^```toml\n(.*?)^```", page.read_text("utf-8"), re.MULTILINE | re.DOTALL)
]
DO_ROWS = [line.split(" | ") for line in REFERENCE.splitlines() if line.startswith("| `") and line.count(" | ") == 2]
COMMANDS = {**handlers.DRIVE_NAMES, **every.DRIVE_NAMES}
TYPED_FAULTS = {
    f"{what}_{fault}"
    for what in ("amount", "price", "value")
    for fault in ("not_a_number", "too_many_decimals", "too_large", "negative", "zero")
}
"""Said there as one rule."""


def row_of(first: str) -> list[str]:
    rows = [row for row in DO_ROWS if f"`{first}`" in row[0]]
    assert rows, f"docs/drive.md has no row for {first}"
    return rows[0]


@pytest.mark.parametrize("do", sorted(COMMANDS))
def test_every_command_stands_there_with_each_of_its_fields(do: str) -> None:
    _, fields, _ = row_of(do)
    for field in msgspec.structs.fields(COMMANDS[do]):
        assert f"`{field.encode_name}`" in fields


def test_no_command_stands_there_that_the_till_does_not_know() -> None:
    drive = REFERENCE.partition("### The sale")[2].partition("## Settings")[0]
    firsts = {re.findall("`(.*?)`", row.split(" | ")[0])[0] for row in drive.splitlines() if row.startswith("| `")}
    assert len(firsts) > 50
    assert firsts <= set(COMMANDS)


def test_every_refusal_stands_there() -> None:
    missing = {code for code in SENTENCES if f"`{code}`" not in REFERENCE} - TYPED_FAULTS
    assert missing == set()


@pytest.mark.parametrize("subject", sorted(SUBJECTS))
def test_every_setting_stands_there_with_each_of_its_fields(subject: str) -> None:
    settings = REFERENCE.partition("## Settings")[2].partition("## Rules worth knowing")[0]
    row = next(line for line in settings.splitlines() if line.startswith(f"| `{subject}` |"))
    for field in msgspec.structs.fields(SUBJECTS[subject]):
        assert f"`{field.encode_name}`" in row


@pytest.mark.parametrize("table", [PrinterSettings, ReceiptSettings, *get_args(device_settings.DeviceSettings)])
def test_every_key_of_printer_receipts_and_devices_stands_there(table: type[msgspec.Struct]) -> None:
    keys = REFERENCE.partition("## Printer, receipts and devices")[2].partition("## Rules worth knowing")[0]
    kind = table.__struct_config__.tag
    assert kind is None or f"| `{kind}` |" in keys
    for field in msgspec.structs.fields(table):
        assert f"`{field.encode_name}`" in keys


@pytest.mark.parametrize(("page", "block"), TOML, ids=[f"{page}-{no}" for no, (page, _) in enumerate(TOML)])
def test_every_example_of_settings_is_one_that_a_till_takes(page: str, block: str) -> None:
    assert config.check(tomllib.loads(block), Path(page)) != config.Settings()


@pytest.mark.parametrize("what", sorted({*IMPORTS, *EXPORTS}))
def test_every_kind_of_file_stands_there(what: str) -> None:
    files = REFERENCE.partition("## Files")[2].partition("## `tillmesh drive`")[0]
    assert f"| `{what}` |" in files
    for column in EXPORTS[what].columns if what in EXPORTS else ():
        assert f"`{column}`" in files or re.fullmatch("price_[0-9]+", column)
