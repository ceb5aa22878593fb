"""Which machine this is, so that a disk that was copied to another one is found out (``core/recovery.py``)."""

from __future__ import annotations

from pathlib import Path

_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
_LONGEST = 64


def machine_id() -> str:
    """The operating system's id of this installation; empty where there is none to read."""
    for path in _FILES:
        try:
            text = path.read_text("ascii").strip()
        except (OSError, ValueError):
            continue
        if text and text != "uninitialized":
            return text[:_LONGEST]
    return ""
