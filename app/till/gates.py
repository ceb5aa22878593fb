"""Letting somebody through a gate without a ticket, by right; for tickets the receipt opens it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.till import typed
from app.till.commands import OpenGate
from app.till.refusals import Refusal
from app.till.standing import permitted
from app.till.steps import Steps, open_gate

if TYPE_CHECKING:
    from app.till.counter import Counter

MAX_REASON = 100


def let_through(counter: Counter, command: OpenGate) -> Steps:
    """Open a gate once: its entry in the audit log is durable first. Whether it could be told is in the answer."""
    gates = counter.till.gates
    if not gates:
        raise Refusal("no_gate")
    if not command.gate and len(gates) > 1:
        raise Refusal("which_gate", {"known": ", ".join(gates)})
    name = command.gate or gates[0]
    if name not in gates:
        raise Refusal("unknown_gate", {"name": name, "known": ", ".join(gates)})
    reason = typed.short_text(command.reason, MAX_REASON, "movement_reason_too_long")
    approved_by = (yield from permitted(counter, "open_gate")) if counter.has_users else ""
    counter.audit("open_gate", f"{name} {reason}".strip(), approved_by)
    yield from counter.journal((), counter.sale)
    failed = yield from open_gate(name)
    return {"gate": name, "opened": not failed, **({"reason": failed} if failed else {})}
