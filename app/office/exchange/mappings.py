"""The mappings of a home: ``mappings/NAME.toml``."""

from __future__ import annotations

import re
from pathlib import Path

from app.office.mapping.plan import FilePlan, MappingFault, read_plan, write_plan
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

FOLDER = "mappings"
MAX_BYTES = 256 * 1024
MAX_FILES = 500
_NAME = re.compile(r"[\w][\w -]{0,39}")


def names(home: Path) -> list[str]:
    """Those that there are."""
    folder = home / FOLDER
    found = sorted(path.stem for path in folder.glob("*.toml") if path.is_file()) if folder.is_dir() else []
    return found[:MAX_FILES]


def load(home: Path, name: str) -> FilePlan:
    """The mapping of that name; ``MappingFault`` that names its file."""
    place = _place(home, name)
    try:
        with place.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        listed = ", ".join(names(home)) or _("none")
        raise MappingFault(
            _("there is no mapping {name}; there are: {known}").format(name=name, known=listed)
        ) from None
    except OSError as error:
        said = _("{file}: cannot be read ({reason}); check its name and permissions")
        raise MappingFault(said.format(file=place, reason=reason_of(error))) from None
    if len(raw) > MAX_BYTES:
        raise MappingFault(
            _("{file}: more than {most} bytes; no mapping is so long").format(file=place, most=MAX_BYTES)
        )
    try:
        return read_plan(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise MappingFault(_("{file}: save it as UTF-8").format(file=place)) from None
    except MappingFault as fault:
        raise MappingFault(f"{place}: {fault}") from None


def save(home: Path, name: str, plan: FilePlan) -> Path:
    """Keep it, in the place of one of that name; where it is now. ``MappingFault``."""
    place, text = _place(home, name), write_plan(plan)
    read_plan(text)
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        beside = place.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.replace(place)
    except OSError as error:
        said = _("{file}: cannot be written ({reason})").format(file=place, reason=reason_of(error))
        raise MappingFault(said) from None
    return place


def remove(home: Path, name: str) -> None:
    """Forget it. ``MappingFault``."""
    try:
        _place(home, name).unlink()
    except OSError as error:
        said = _("{file}: cannot be removed ({reason})").format(file=_place(home, name), reason=reason_of(error))
        raise MappingFault(said) from None


def _place(home: Path, name: str) -> Path:
    if _NAME.fullmatch(name) is None:
        raise MappingFault(
            _("{name} is no name: letters, digits, blanks and dashes, at most 40").format(name=name[:60])
        )
    return home / FOLDER / f"{name}.toml"
