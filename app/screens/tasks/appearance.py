"""How the screens look and what language they speak, from now on and after the next start."""

from __future__ import annotations

from app.config import ConfigError
from app.screens.tasks.choosing import Choice, Choose, Column
from app.screens.tasks.desk import Desk, Given
from app.text import gettext as _
from app.text import mark

LANGUAGES = {"de": "Deutsch", "en": "English"}
LOOKS = {
    "dark": mark("Dark"),
    "light": mark("Light: for sunlight"),
    "contrast": mark("High contrast: for weak eyes"),
}


async def language(desk: Desk, _given: Given) -> None:
    """Receipts go on in the shop's language."""
    picked = await desk.choose(
        Choose("Sprache / Language", [Column("", 0)], [Choice((name,), code) for code, name in LANGUAGES.items()])
    )
    if picked is not None:
        desk.speak(str(picked.value))
        _keep(desk, "language", str(picked.value), _("The screens speak English; receipts are as they were."))


async def colours(desk: Desk, _given: Given) -> None:
    """What the colours say is said in words and signs as well."""
    picked = await desk.choose(
        Choose(_("Colours"), [Column(_("Look"), 0)], [Choice((_(name),), look) for look, name in LOOKS.items()])
    )
    if picked is not None:
        desk.wear(str(picked.value))
        _keep(desk, "look", str(picked.value), _("The colours are changed."))


def _keep(desk: Desk, key: str, value: str, said: str) -> None:
    try:
        desk.services.keep_setting(key, value)
    except (ConfigError, OSError):
        desk.refuse("not_kept")
    else:
        desk.tell(said)
