"""What is installed: pinned, hashed, and named without any address."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from app import config
from app.screens.keys import Keymap

ROOT = Path(__file__).parent.parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock")


def entries(lock: str) -> list[str]:
    text = (ROOT / lock).read_text("utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_registry_host_or_path(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert not re.search(r"https?:|file:|--(index|extra-index|find-links|trusted)|(^|\s)/\w", text, re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_in_a_lock_file_is_pinned_and_hashed(lock: str) -> None:
    assert len(entries(lock)) > 20
    for entry in entries(lock):
        assert re.match(r"[a-z0-9-]+(\[[a-z,]+\])?==[^ ]+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


def test_what_pyproject_pins_is_what_the_lock_files_hold() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    for wanted in [*project["project"]["dependencies"], *project["build-system"]["requires"]]:
        for lock in LOCKS:
            assert any(entry.startswith(wanted.lower() + " ") for entry in entries(lock)), (wanted, lock)


def test_what_a_till_runs_on_is_what_was_tested() -> None:
    pins = {entry.split(" ")[0] for entry in entries("requirements.lock")}
    tested = {entry.split(" ")[0] for entry in entries("requirements-dev.lock")}
    assert pins <= tested


def test_ruff_ignores_nothing_without_a_reason() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text[text.index("\nignore = [") : text.index("]", text.index("\nignore = ["))]
    for line in block.splitlines()[2:]:
        assert re.match(r'\s+"[A-Z]+\d+",\s+# \w.+', line), line


def test_the_settings_that_the_readme_shows_are_settings() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.search(r"```toml\n(.*?)```", readme, re.DOTALL)
    assert shown is not None
    settings = config.check(tomllib.loads(shown[1]), ROOT / "till.toml")
    assert settings.keys
    Keymap(settings.keys)
