"""Changes to ``till.toml`` that a program makes: everything else in it, comments too, stays as a person wrote it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app import config
from app.config import ConfigError
from app.text import gettext as _

HEADER = "Settings of this till; README.md says what else there is."
Value = str | bool | int | list[str | dict[str, Any]] | dict[str, Any] | None


def change(path: Path, changes: Mapping[tuple[str, str], Value]) -> None:
    """Set these values, by (section, key); None takes one away.

    Written beside and put in its place in one step, and only if the settings
    can be read afterwards. ``ConfigError`` if the file is no TOML or would not be one that a till can use.
    """
    # Settings change once in weeks; the screens of every day need not know how.
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    try:
        document = tomlkit.parse(path.read_text("utf-8"))
    except FileNotFoundError:
        document = tomlkit.document()
        document.add(tomlkit.comment(HEADER))
    except (TOMLKitError, UnicodeDecodeError) as error:
        raise ConfigError(_("{path} cannot be read: {reason}; correct it").format(path=path, reason=error)) from None
    for (section, key), value in changes.items():
        if section not in document:
            document.add(section, tomlkit.table())
        if value is None:
            document[section].pop(key, None)
        else:
            document[section][key] = value
    fresh = path.with_suffix(".new")
    fresh.write_text(tomlkit.dumps(document), "utf-8")
    try:
        config.load(fresh)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
    except ConfigError as error:
        # Whoever changes it on the screens has one line to read, and never sees this file.
        raise ConfigError(str(error).removeprefix(f"{fresh}: ")) from None
    finally:
        fresh.unlink(missing_ok=True)
