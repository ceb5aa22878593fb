"""A command given to a till: what it answers, or why it refuses and leaves the sale as it was."""

from __future__ import annotations

from typing import Any

from app.till.commands import Command
from app.till.effects import UNASKED, Consent, Refuse, Reply
from tests.app.till.fake_engine import FakeTill


async def done(till: FakeTill, command: Command, consent: Consent = UNASKED) -> dict[str, Any]:
    """The answer's fields."""
    answer = await till.runner.run(command, consent)
    assert isinstance(answer, Reply), answer
    return answer.fields


async def refusal(till: FakeTill, command: Command, consent: Consent = UNASKED) -> Refuse:
    """The refusal, which has changed nothing: neither the sale, nor what is shown of it, nor what is kept."""
    before, kept = (till.session.kept_text(), till.runner.view()), till.engine.kept_text
    answer = await till.runner.run(command, consent)
    assert isinstance(answer, Refuse), answer
    assert (till.session.kept_text(), till.runner.view()) == before
    # If the engine's answer was lost, nobody knows yet what is durable.
    assert till.engine.kept_text == kept or answer.code == "engine_gone"
    return answer


async def refused(till: FakeTill, command: Command, consent: Consent = UNASKED) -> str:
    """The refusal's code."""
    return (await refusal(till, command, consent)).code
