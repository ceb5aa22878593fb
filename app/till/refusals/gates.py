"""Gates."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "no_gate": mark("This till has no gate; name one in till.toml as [devices.NAME]."),
    "which_gate": mark("Name the gate; this till has {known}."),
    "unknown_gate": mark("There is no gate {name} here; there are {known}."),
}
