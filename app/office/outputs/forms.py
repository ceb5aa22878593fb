"""What a report's form (head, foot, logo, chart) means for its file."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from app.office.outputs.csv_file import CsvManner
from app.office.outputs.every import CannotWrite, Wishes
from app.office.outputs.pdf_file import Paper
from app.office.reports.definition import Form
from app.plain_sentences import reason as reason_of
from app.text import gettext as _

LOGO_BYTES_MOST = 4 * 1024 * 1024


def wishes_of(form: Form, folder: Path, made_at: datetime | None, csv: CsvManner | None = None) -> Wishes:
    """``folder``: where the logo is looked for. ``CannotWrite`` if it is not there, or no picture's size."""
    paper = Paper(
        head=form.head,
        foot=form.foot,
        page_numbers=form.page_numbers,
        logo=_logo(folder / form.logo) if form.logo else b"",
        landscape=True if form.landscape else None,
        chart=form.chart,
        made_at=made_at,
    )
    return Wishes(csv, paper)


def _logo(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(LOGO_BYTES_MOST + 1)
    except OSError as error:
        reason = reason_of(error)
        raise CannotWrite(
            _("The logo {file} cannot be read ({reason}): correct or leave out form.logo.").format(
                file=path, reason=reason
            )
        ) from None
    if len(data) > LOGO_BYTES_MOST:
        raise CannotWrite(_("The logo {file} is larger than 4 MB: take a smaller one.").format(file=path))
    return data
