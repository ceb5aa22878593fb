"""What a program changes in ``till.toml``; all else stays as somebody wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import config, settings_file
from app.config import ConfigError

WRITTEN = '# ours\n[till]\nlanguage = "de"  # for now\n\n[receipt]\nhead = ["Vogel & Co"]\n'


def test_comments_and_everything_else_stay(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_text(WRITTEN, "utf-8")
    settings_file.change(path, {("till", "language"): "en", ("printer", "address"): "192.0.2.7:9100"})
    text = path.read_text("utf-8")
    assert text.startswith('# ours\n[till]\nlanguage = "en"')
    assert "# for now" in text
    settings = config.load(path)
    assert (settings.till.language, settings.printer.address) == ("en", "192.0.2.7:9100")
    assert settings.receipt.head == ("Vogel & Co",)


def test_a_new_file_says_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    settings_file.change(path, {("printer", "simulated"): True})
    assert path.read_text("utf-8").startswith("# Settings")
    assert config.load(path).printer.simulated


@pytest.mark.parametrize(
    ("before", "changes"),
    [(WRITTEN, {("till", "language"): "fr"}), ("[till\n", {("till", "language"): "en"}), (WRITTEN, {("tilt", "x"): 1})],
)
def test_what_would_not_do_changes_nothing_and_leaves_nothing(
    tmp_path: Path, before: str, changes: dict[tuple[str, str], settings_file.Value]
) -> None:
    path = tmp_path / "till.toml"
    path.write_text(before, "utf-8")
    with pytest.raises(ConfigError):
        settings_file.change(path, changes)
    assert path.read_text("utf-8") == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_device_gets_a_table_of_its_own_and_loses_it_again(tmp_path: Path) -> None:
    path = tmp_path / "till.toml"
    path.write_text(WRITTEN, "utf-8")
    for name in ("hand", "desk"):
        settings = {"kind": "scanner", "address": "/dev/serial/by-id/usb-1", "baud": 19_200}
        settings_file.change(path, {("devices", name): settings})
    assert "[devices.hand]" in path.read_text("utf-8")
    assert list(config.load(path).devices) == ["hand", "desk"]
    settings_file.change(path, {("devices", "hand"): None, ("devices", "none"): None})
    assert list(config.load(path).devices) == ["desk"]
    assert "# for now" in path.read_text("utf-8")


def test_what_would_not_do_is_told_by_its_key_alone(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        settings_file.change(tmp_path / "till.toml", {("till", "language"): "fr"})
    assert str(refused.value).startswith("till.language: 'fr' ")
