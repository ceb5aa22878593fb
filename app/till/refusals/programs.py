"""What programs write."""

from __future__ import annotations

from app.text import mark

SENTENCES: dict[str, str] = {
    "bad_command": mark("This command cannot be read: {reason}"),
    "internal_error": mark("The command failed by a fault of the program; the log has the details."),
}
