"""What went wrong with files and settings, as one line for a person: for processes that need nothing of the network."""

from __future__ import annotations

from app.text import gettext as _


def plain_sentence(error: BaseException) -> str:
    """The failure as one line; an ``OSError`` names its file, and what else there is says what it says."""
    match error:
        case BrokenPipeError(filename=None):
            return _("nobody reads what this program answers; it has ended")
        case OSError(strerror=str(reason)):
            where = f"{error.filename}: " if error.filename else ""
            return _("{where}{reason}; check disk and permissions").format(where=where, reason=reason)
    return " ".join(str(error).split()) or type(error).__name__
