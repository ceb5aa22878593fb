"""Where a till keeps its things: one folder, the *home*.

``lock`` who has it open · ``engine.sock`` its control socket · ``till.toml`` settings ·
``identity/`` key, certificates and person keys · ``store.sqlite`` what replication knows ·
``home.mark`` what no copy of the home carries (``replication/home_mark.py``) ·
``books.sqlite`` the books, folded from it · ``paper.txt`` the practice printer's paper ·
``till.log`` what went wrong, for people.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

import platformdirs

from replication.places import FOLDER, SECRETS_FILE


class Home(NamedTuple):
    """The paths of one home."""

    path: Path

    @property
    def settings(self) -> Path:
        return self.path / "till.toml"

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def socket(self) -> Path:
        return self.path / "engine.sock"

    @property
    def store(self) -> Path:
        return self.path / "store.sqlite"

    @property
    def books(self) -> Path:
        return self.path / "books.sqlite"

    @property
    def persons(self) -> Path:
        """The network's person keys (``app.domain.persons``); beside the member's own key."""
        return self.path / FOLDER / SECRETS_FILE

    @property
    def paper(self) -> Path:
        return self.path / "paper.txt"

    @property
    def log(self) -> Path:
        return self.path / "till.log"

    def make(self) -> Home:
        """The folder exists afterwards, readable by its owner only."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


def chosen(given: str | None) -> Home:
    """The home of ``--home``, else of ``TILLMESH_HOME``, else in the platform's data folder."""
    text = given or os.environ.get("TILLMESH_HOME") or ""
    return Home(Path(text).expanduser().absolute()) if text else Home(data_folder() / "till")


def practice(till_no: int) -> Home:
    """The home of a practice till; below ``TILLMESH_HOME`` if that is set."""
    text = os.environ.get("TILLMESH_HOME") or ""
    base = Path(text).expanduser().absolute() if text else data_folder()
    return Home(base / "practice" / f"till-{till_no}")


def data_folder() -> Path:
    """Where this platform keeps an application's data."""
    return Path(platformdirs.user_data_dir("tillmesh", appauthor=False))
