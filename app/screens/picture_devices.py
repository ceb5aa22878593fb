"""The devices on the picture of their list: what a till can have, with a few of them in trouble."""

from __future__ import annotations

from typing import Any


def devices() -> dict[str, Any]:
    """As an engine tells it, as far as it is shown."""
    return {
        "online": True,
        "peers": [{"till_no": 1}, {"till_no": 2}],
        "pending": 0,
        "printer": {
            "waiting": 2,
            "uncertain": ["3-000041"],
            "failed": [],
            "columns": 42,
            "device": {"power": "ONLINE", "state": "ERROR", "trouble": "paper_out", "paper": "out", "detail": ""},
            "drawer": {"outcome": "opened", "reason": "", "opened": 17, "state": "closed"},
        },
        "devices": [
            _device("customer", "display"),
            _device("hand", "scanner"),
            _device("counter", "scale", "under_zero"),
            _device("badges", "badge_reader"),
            _device("cards", "card_terminal", state="BUSY"),
            _device("entrance", "gate", "NOHARDWARE", state="CLOSED"),
        ],
        "charges": [
            {
                "charge_id": "a", "sale_id": "s", "kind": "payment", "state": "uncertain", "amount_minor": 4_190,
                "currency": "EUR", "read_terminal": True, "takes_back": False,
            }
        ],
    }  # fmt: skip


def _device(name: str, kind: str, error: str = "", state: str = "IDLE") -> dict[str, Any]:
    return {"name": name, "kind": kind, "state": state, "power": "ONLINE", "error": error, "detail": ""}
