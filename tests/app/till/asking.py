"""A command given to a till: what it answers, or why it refuses and leaves the sale as it was."""

from __future__ import annotations

from typing import Any

from app.till.commands import Command
from app.till.effects import Refuse, Reply
from tests.app.till.fake_engine import FakeTill


async def done(till: FakeTill, command: Command) -> dict[str, Any]:
    """The answer's fields."""
    answer = await till.runner.run(command)
    assert isinstance(answer, Reply), answer
    return answer.fields


async def refusal(till: FakeTill, command: Command) -> Refuse:
    """The refusal, which has changed nothing: neither the sale, nor what is kept of it, nor what is shown."""
    before = till.session.kept_text(), till.engine.kept_text, till.runner.view()
    answer = await till.runner.run(command)
    assert isinstance(answer, Refuse), answer
    assert (till.session.kept_text(), till.engine.kept_text, till.runner.view()) == before
    return answer


async def refused(till: FakeTill, command: Command) -> str:
    """The refusal's code."""
    return (await refusal(till, command)).code
