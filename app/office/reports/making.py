"""A report made for somebody: found by name, changed by what was chosen, asked of the books of one home or of several.

Commands, screens and jobs all come this way. It runs in the process that asks and only reads (``engines.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import UTC, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from app.config import CURRENCY, Settings
from app.domain.customer import Person
from app.engine.vault import Vault
from app.home import Home
from app.office import tenants
from app.office.reports import copies, own
from app.office.reports.asking import rows_of
from app.office.reports.definition import Compare, NamedPeriod, Report, ReportFault
from app.office.reports.engines import BooksNotReadable, opened, reference_of
from app.office.reports.own import ReportNotSaved, ReportUnknown, ReportUnreadable
from app.office.reports.predefined import PREDEFINED
from app.office.reports.running import Asked, ReportRefused, run
from app.office.reports.surroundings import NO_NAMES, Names, surroundings
from app.office.reports.table import ReportTable
from app.office.reports.tables import table
from app.office.tenants import Place, TenantsBad

if TYPE_CHECKING:
    from ibis.backends.sql import SQLBackend

FAILURES = (
    BooksNotReadable, ReportFault, ReportNotSaved, ReportRefused, ReportUnknown, ReportUnreadable, TenantsBad,
)  # fmt: skip
"""Why no report comes out; the text of each is a sentence for whoever asked."""

NO_COMPARISON = "none"


class Choices(msgspec.Struct, frozen=True):
    """What whoever asks wants otherwise than the report says. Empty: as the report says."""

    period: str = ""
    start: str = ""
    until: str = ""
    compare: Compare | str = ""
    """``previous``, ``year_before``, or ``NO_COMPARISON``."""
    events: tuple[NamedPeriod, ...] = ()
    where: dict[str, tuple[str | int, ...]] = {}
    variable: str = ""
    limit: int | None = None
    tenants: tuple[str, ...] = ()
    copies: str = ""
    """A folder of copies (``copies.py``) that is asked instead of the books."""


def changed(report: Report, choices: Choices) -> Report:
    """The report as it was chosen; what does not fit it is a ``ReportFault`` when it is run."""
    query, layout = report.query, report.layout
    if choices.events:
        query = msgspec.structs.replace(query, period="", start="", until="", compare="", periods=choices.events)
    elif choices.period or choices.start or choices.until:
        said = {"period": choices.period, "start": choices.start, "until": choices.until}
        query = msgspec.structs.replace(query, **said, periods=())
    if choices.compare:
        compare = "" if choices.compare == NO_COMPARISON else choices.compare
        query = msgspec.structs.replace(query, compare=compare)
    if choices.where:
        query = msgspec.structs.replace(query, where={**query.where, **choices.where})
    if choices.variable:
        query = msgspec.structs.replace(query, variable=choices.variable)
        # What the report runs through stands above its rows, and not in them too.
        columns = tuple(each for each in layout.columns if each != choices.variable)
        groups = tuple(each for each in layout.groups if each != choices.variable)
        layout = msgspec.structs.replace(layout, columns=columns, groups=groups)
    if choices.limit is not None:
        layout = msgspec.structs.replace(layout, limit=choices.limit)
    return msgspec.structs.replace(report, query=query, layout=layout)


def made(
    home: Home,
    settings: Settings,
    report: Report | str,
    choices: Choices = Choices(),  # noqa: B008 - frozen
    *,
    today: str,
    zone: tzinfo | None = UTC,
) -> ReportTable:
    """The table of a report, by its name or as it is; one of ``FAILURES``.

    ``today`` (ISO 8601) is what words like "last month" are about; ``zone`` says which hour it was at the tills, None:
    as on this machine.
    """
    wanted = changed(own.find(home.path, report) if isinstance(report, str) else report, choices)
    if choices.copies:
        places: Sequence[Place] = (Place(tenants.OWN, "", choices.copies),)
    else:
        places = tenants.places(home, settings, "", choices.tenants)
    named = "customer_name" in (*wanted.layout.columns, *wanted.layout.groups, wanted.query.variable)
    with ExitStack() as stack:
        asked: list[Asked] = []
        for place in places:
            engine = stack.enter_context(opened(place.books))
            names = customer_names(engine, home) if named and place.tenant == tenants.OWN else NO_NAMES
            around = surroundings(reference_of(engine), today, zone, names)
            asked.append(Asked(engine, around, place.tenant if len(places) > 1 else ""))
        return run(wanted, asked, CURRENCY)


def copied(home: Home, settings: Settings, folder: Path) -> int:
    """Copy the home's books for reports into this folder; how many rows. One of ``FAILURES``, ``OSError``."""
    (place,) = tenants.places(home, settings, "")
    with opened(place.books) as engine:
        return copies.write(engine, folder)


def customer_names(engine: SQLBackend, home: Home) -> Names:
    """The names of all customers that can be opened here, by number."""
    customers = table("customers")
    sealed = customers.filter(~customers.removed, customers.person != "").select("customer_no", "person")
    vault = Vault(home.persons)
    found: dict[str, str] = {}
    for number, person in rows_of(engine, sealed):
        text = vault.opened(number, person)
        if text is not None:
            found[number] = _name(text)
    return found


def _name(text: str) -> str:
    try:
        return msgspec.json.decode(text, type=Person).name
    except msgspec.MsgspecError:
        return ""


def known(home: Home) -> Sequence[tuple[str, Report | None]]:
    """Every report by name: own ones, and predefined ones that no own one hides. None: its file makes no report."""
    found: list[tuple[str, Report | None]] = []
    for name in sorted({*own.names(home.path), *PREDEFINED}):
        try:
            found.append((name, own.find(home.path, name)))
        except ReportUnreadable:
            found.append((name, None))
    return found
