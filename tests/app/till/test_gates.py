"""Gates that are opened by right: refused, audited, told."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from app.facts.sales import AuditLogged
from app.till.commands import OpenGate, Scan, Training
from app.till.effects import Refuse, Reply
from app.till.ports import JournalRefused
from tests.app.till.fake_engine import FakeTill


@pytest.fixture
def gated(open_till: Callable[..., FakeTill]) -> FakeTill:
    till = open_till()
    till.engine.gates = ("turnstile",)
    return till.restarted()


async def answer(till: FakeTill, command: OpenGate) -> tuple[str, dict[str, object]]:
    outcome = await till.runner.run(command)
    return ("", outcome.fields) if isinstance(outcome, Reply) else (outcome.code, outcome.values)


def audited(till: FakeTill) -> list[tuple[str, str]]:
    records = [record for record in till.engine.written if record.kind == AuditLogged.kind]
    entries = [msgspec.convert(record.body, AuditLogged) for record in records]
    return [(entry.action, entry.detail) for entry in entries]


async def test_the_only_gate_opens_and_the_audit_log_says_why(gated: FakeTill) -> None:
    await gated.runner.run(Scan("17"))
    assert await answer(gated, OpenGate(reason="Lieferant")) == ("", {"gate": "turnstile", "opened": True})
    assert await answer(gated, OpenGate("turnstile")) == ("", {"gate": "turnstile", "opened": True})
    assert gated.engine.opened == ["turnstile"] * 2
    assert audited(gated) == [("open_gate", "turnstile Lieferant"), ("open_gate", "turnstile")]
    assert len(gated.runner.view().lines) == 1, "the open sale goes on"


async def test_one_that_cannot_be_reached_is_told(gated: FakeTill) -> None:
    gated.engine.gate_fault = "offline"
    told = {"gate": "turnstile", "opened": False, "reason": "offline"}
    assert await answer(gated, OpenGate()) == ("", told)


async def test_nothing_opens_unless_it_is_durable(gated: FakeTill) -> None:
    gated.engine.refusals.append(JournalRefused("disk_full"))
    assert (await answer(gated, OpenGate()))[0] == "disk_full"
    assert gated.engine.opened == []


async def test_which_gate_must_be_plain(gated: FakeTill, open_till: Callable[..., FakeTill]) -> None:
    assert await answer(gated, OpenGate("door")) == ("unknown_gate", {"name": "door", "known": "turnstile"})
    gated.engine.gates = ("turnstile", "door")
    both = gated.restarted()
    assert await answer(both, OpenGate()) == ("which_gate", {"known": "turnstile, door"})
    assert (await answer(both, OpenGate("door")))[1]["opened"]
    assert (await answer(open_till(2), OpenGate()))[0] == "no_gate"
    assert (await answer(both, OpenGate("door", "x" * 101)))[0] == "movement_reason_too_long"
    assert both.engine.opened == ["door"]


async def test_in_training_it_opens_by_right_as_the_drawer_does(gated: FakeTill) -> None:
    assert not isinstance(await gated.runner.run(Training(on=True)), Refuse)
    assert (await answer(gated, OpenGate()))[1]["opened"]
    assert gated.engine.opened == ["turnstile"]
