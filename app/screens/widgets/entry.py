"""The line that shows what is being typed; its prompt names what the entry is for."""

from __future__ import annotations

from app.screens.widgets.painting import OneLine


class EntryLine(OneLine):
    """Prompt, entry and a cursor. Keys do not come here: the router holds the entry."""

    COMPONENT_CLASSES = {"entry--prompt", "entry--cursor", "entry--spoiled"}

    def type(self, prompt: str, entry: str, *, spoiled: bool) -> None:
        """Show the prompt and what has been typed; of a long entry its end."""
        room = max(8, self.size.width - len(prompt) - 5)
        shown = entry if len(entry) <= room else "<" + entry[1 - room :]
        if spoiled:
            shown += "?"
        self.show(
            (
                (f" {prompt}> ", "entry--prompt"),
                (shown.replace("\x1d", "~"), "entry--spoiled" if spoiled else ""),
                (" ", "entry--cursor"),
            )
        )
