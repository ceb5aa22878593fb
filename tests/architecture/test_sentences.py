"""Every refusal that can be raised has a sentence, and every sentence can be raised."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from app import carrier_words
from app.cli import exporting
from app.domain import order
from app.office.audit import export_words
from app.till.refusals import SENTENCES

ROOT = Path(__file__).parent.parent.parent
SOURCES = [
    path
    for package in ("app/till", "app/domain", "app/engine", "replication")
    for path in (ROOT / package).rglob("*.py")
    if not {"refusals", "exported"} & set(path.parts) and not path.name.startswith("carrier")
]
EXPORTED = [*(ROOT / "replication" / "exported").glob("*.py")]
FAULTS_OF = {"amount": "MoneyError", "quantity": "QuantityError", "counted": "CountError"}
"""Which error's ``fault`` ends the codes that begin so; typed prices and values are amounts too."""


def test_every_refusal_has_a_sentence() -> None:
    assert sorted({*_plain(_calls()), *_families()} - SENTENCES.keys()) == []


def test_every_fault_of_a_carrier_has_a_sentence() -> None:
    carrier = _nodes((ROOT / "replication" / "net").glob("carrier*.py"))
    calls = [node for node in carrier if isinstance(node, ast.Call)]
    assert sorted(set(_plain(calls)) - carrier_words.FAULTS.keys() - carrier_words.HINDRANCES.keys()) == []


def test_every_fault_of_an_export_has_a_sentence() -> None:
    calls = [node for node in _nodes(EXPORTED) if isinstance(node, ast.Call)]
    named = {
        node.value
        for call in calls
        if _name(call) in ("fault", "_broken")
        for node in call.args[1:2]
        if isinstance(node, ast.Constant)
    }
    assert len(named) > 8
    said = carrier_words.FAULTS.keys() | export_words.FAULTS.keys()
    assert sorted({*_plain(calls), *named, "does_not_fit"} - said) == []
    roots = {call.args[0].value for call in calls if _name(call) == "RootRefused"}  # type: ignore[attr-defined]
    assert roots == set(exporting.ROOTS)


def test_every_sentence_is_that_of_a_refusal() -> None:
    texts = {node.value for node in _sources() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert sorted(SENTENCES.keys() - texts - set(_families())) == []


def _plain(calls: Sequence[ast.Call]) -> Iterator[str]:
    """Codes written where they are raised."""
    for call in calls:
        if _name(call) == "Refusal" and call.args:
            choice = call.args[0]
            for code in [choice.body, choice.orelse] if isinstance(choice, ast.IfExp) else [choice]:
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def _families() -> Iterator[str]:
    """Codes put together: a kind of thing and what is wrong with it."""
    yield from (f"order_{state}" for state in order.STATES if state != order.OPEN)
    for prefix in ("quantity", "counted"):
        yield from (f"{prefix}_{fault}" for fault in _faults(FAULTS_OF[prefix]))
    for call in _calls():
        name = _name(call)
        if name in ("amount", "positive", "amount_minor", "positive_minor"):
            field = call.args[-1]
            if isinstance(field, ast.Constant):
                yield from (f"{field.value}_{fault}" for fault in _faults(FAULTS_OF["amount"]))
                if name.startswith("positive"):
                    yield f"{field.value}_zero"
        for keyword in call.keywords:
            if keyword.arg == "refusals" and isinstance(keyword.value, ast.Constant):
                yield f"{keyword.value.value}_unconfirmed"
                if name == "under_claim":
                    yield f"{keyword.value.value}_busy"


def _faults(error: str) -> list[str]:
    calls = [call for call in _calls() if _name(call) == error and isinstance(call.args[0], ast.Constant)]
    return sorted({str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)})


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def _nodes(paths: Iterable[Path]) -> list[ast.AST]:
    return [node for path in paths for node in ast.walk(ast.parse(path.read_text("utf-8")))]


@functools.cache
def _sources() -> list[ast.AST]:
    return _nodes(SOURCES)


@functools.cache
def _calls() -> list[ast.Call]:
    return [node for node in _sources() if isinstance(node, ast.Call)]
