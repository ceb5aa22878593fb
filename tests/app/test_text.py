"""Every text a user sees is in both catalogues, and the compiled ones are those of the sources."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
from datetime import datetime
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TypeGuard

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from app import text

ROOT = Path(__file__).parent.parent.parent
LANGUAGES = ("de", "en")


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tillmesh_catalogues", ROOT / "tools" / "catalogues.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


CATALOGUES = _tool()


@pytest.fixture(scope="module")
def template() -> Catalog:
    found: Catalog = CATALOGUES.extracted()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_sources_lacks_its_entry(language: str, template: Catalog) -> None:
    assert len(list(template)) > 50
    missing = CATALOGUES.missing(CATALOGUES.read(language), template)
    assert missing == [], f"translate these in app/locale/{language} and run `make locale`"


def test_no_text_hides_from_the_catalogues_in_an_f_string_or_another_call(template: Catalog) -> None:
    files = [file for package in ("app", "receipts") for file in (ROOT / package).rglob("*.py")]
    calls = [call for file in files for call in ast.walk(ast.parse(file.read_text("utf-8"))) if _speaks(call)]
    said = {ast.literal_eval(call.args[0]) for call in calls if isinstance(call.args[0], ast.Constant)}
    assert said - {str(message.id) for message in template} == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_entry_is_left_of_texts_that_are_gone(language: str, template: Catalog) -> None:
    known = {str(message.id) for message in template}
    assert [str(message.id) for message in CATALOGUES.read(language) if str(message.id) not in known] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_compiled_catalogue_is_that_of_its_source(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, CATALOGUES.read(language))
    path = CATALOGUES.catalogue_path(language).with_suffix(".mo")
    assert _texts(path.read_bytes()) == _texts(compiled.getvalue()), "run `make locale`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_fields_of_its_text(language: str) -> None:
    for message in CATALOGUES.read(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        wanted = {field for one in ids for field in _fields(one)}
        if message.id:
            for one in texts:
                assert _fields(one) <= wanted, (message.id, one)
                assert _fields(one) == wanted or len(ids) > 1, (message.id, one)


def test_an_underscore_is_always_the_text_in_the_language() -> None:
    """Another function of that name would be extracted as well, and translate nothing."""
    files = [file for package in ("app", "receipts") for file in (ROOT / package).rglob("*.py")]
    other = [
        f"{file.relative_to(ROOT)}: {alias.name}"
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == "_" and alias.name != "gettext"
    ]
    assert other == []


def test_a_missing_entry_is_noticed() -> None:
    template = Catalog()
    template.add("This text was never translated")
    for language in LANGUAGES:
        assert CATALOGUES.missing(CATALOGUES.read(language), template) == ["This text was never translated"]


def test_the_language_can_be_chosen_and_the_default_is_german() -> None:
    assert text.language() == "de"
    assert text.gettext("online") == "online"
    assert text.gettext("revoked") == "ausgeschlossen"
    text.use("en")
    assert text.gettext("revoked") == "revoked"


def test_days_and_moments_are_written_as_the_language_writes_them() -> None:
    at = datetime(2026, 11, 22, 8, 5, 9).astimezone()
    said = (text.day("2026-11-22"), text.month("2026-11"), text.moment(at), text.moment(at.isoformat(), year=False))
    assert said == ("22.11.2026", "11.2026", "22.11.2026 08:05", "22.11. 08:05")
    assert [text.day(other) for other in ("", "1234-56-78", "today")] == ["", "1234-56-78", "today"]
    text.use("en")
    said = (text.day("2026-11-22"), text.month("2026-11"), text.moment(at, seconds=True), text.moment(at, year=False))
    assert said == ("2026-11-22", "2026-11", "2026-11-22 08:05:09", "11-22 08:05")
    assert text.moment("") == ""


def test_who_asks_is_spoken_to_in_one_language_and_everybody_else_in_theirs() -> None:
    with text.spoken_to("en"):
        assert (text.language(), text.gettext("revoked"), text.local("1.5")) == ("en", "revoked", "1.5")
        with text.spoken_to(""):
            assert text.language() == "de", "whoever does not say is spoken to as usual"
    assert (text.language(), text.gettext("revoked")) == ("de", "ausgeschlossen")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(ValueError, match="no catalogue for 'fr'"):
        text.use("fr")


def _speaks(node: ast.AST) -> TypeGuard[ast.Call]:
    return isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"_", "gettext", "mark", "N_"}


def _fields(one: str) -> set[str]:
    return {re.split(r"[.\[]", name)[0] for _, name, _, _ in string.Formatter().parse(one) if name}


def _texts(compiled: bytes) -> dict[str, str]:
    import gettext

    catalogue = gettext.GNUTranslations(BytesIO(compiled))
    return {str(key): value for key, value in catalogue._catalog.items() if key}  # type: ignore[attr-defined]
