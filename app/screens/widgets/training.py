"""The line that says, as long as it lasts, that this is training: in words, all the way across the screen."""

from __future__ import annotations

from app.screens.widgets.painting import OneLine
from app.text import gettext as _


class TrainingLine(OneLine):
    """Stands there only in training."""

    def on_mount(self) -> None:
        """Always the same words."""
        self.lay_out()

    def lay_out(self) -> None:
        """Write them; also after a change of language."""
        self.show(((" *** " + _("TRAINING: nothing counts, and no receipt is one") + " ***", ""),))
