"""Choosing a file: the folder's files by a live search, folders to go into, or a whole path that is typed."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from app.screens.office.desk import OfficeDesk
from app.screens.tasks.choosing import Choice, Choose, Column, Found
from app.text import gettext as _
from app.text import moment

SHOWN = 200
LOOKED_AT = 5_000
"""Entries of a folder; one with more is searched no further."""


async def choose_file(desk: OfficeDesk, title: str, folder: Path) -> Path | None:
    """A file that is there; None: Esc in the first folder."""
    while True:

        async def find(text: str, at: Path = folder) -> Found:
            return await desk.off(lambda: found(at, text))

        columns = [Column(_("Name"), 0), Column(_("Bytes"), 12, numeric=True), Column(_("Changed"), 17)]
        prompt = _("In {folder}: part of a name, or a path").format(folder=_shortened(folder))
        picked = await desk.choose(
            Choose(title, columns, find=find, prompt=prompt, empty=_("There is no file like this here."))
        )
        if picked is None or picked.value is None:
            return None
        chosen = Path(picked.value)
        if not await desk.off(chosen.is_dir):
            return chosen
        folder = chosen


def found(folder: Path, text: str) -> Found:
    """The folder's entries with the text in their names, folders first; of a path those of its own folder."""
    typed = Path(text).expanduser()
    if typed.is_absolute():
        folder, text = (typed, "") if text.endswith("/") or typed.is_dir() else (typed.parent, typed.name)
    choices: list[tuple[bool, str, Choice]] = []
    # A folder that cannot be read has nothing to offer, and so have links that lead nowhere.
    with contextlib.suppress(OSError):
        for each in islice(folder.iterdir(), LOOKED_AT):
            if not each.name.startswith(".") and text.casefold() in each.name.casefold():
                with contextlib.suppress(OSError):
                    choices.append(_entry(each))
    choices.sort(key=lambda entry: entry[:2])
    up = [] if text else [Choice(("../", "", ""), str(folder.parent))]
    shown = [choice for _file, _name, choice in choices]
    return Found((*shown[:SHOWN], *up), len(shown) > SHOWN)


def _entry(path: Path) -> tuple[bool, str, Choice]:
    """Whether it is a file, its name, and its row."""
    stat, is_folder = path.stat(), path.is_dir()
    changed = moment(datetime.fromtimestamp(stat.st_mtime, UTC))
    cells = (f"{path.name}/", "", "") if is_folder else (path.name, str(stat.st_size), changed)
    return not is_folder, path.name, Choice(cells, str(path))


def _shortened(folder: Path, most: int = 34) -> str:
    text = str(folder)
    return text if len(text) <= most else f"…{text[1 - most :]}"
