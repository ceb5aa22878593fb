"""What went wrong with files and settings, as one line for a person: for processes that need nothing of the network."""

from __future__ import annotations

import re

from app.text import gettext as _
from app.text import mark

REASONS = frozenset(
    {
        mark("Address already in use"), mark("Broken pipe"), mark("Cannot assign requested address"),
        mark("Connection refused"), mark("Connection reset by peer"), mark("Connection timed out"),
        mark("Device or resource busy"), mark("Directory not empty"), mark("Disk quota exceeded"), mark("File exists"),
        mark("File name too long"), mark("Input/output error"), mark("Is a directory"),
        mark("Name or service not known"), mark("Network is unreachable"), mark("No route to host"),
        mark("No space left on device"), mark("No such device"), mark("No such device or address"),
        mark("No such file or directory"), mark("Not a directory"), mark("Operation not permitted"),
        mark("Permission denied"), mark("Read-only file system"), mark("Temporary failure in name resolution"),
        mark("Too many open files"),
    }
)  # fmt: skip
"""What systems say most often; they say it in English, or in the language of whoever installed them."""
_PATTERNS = (
    (re.compile(r"(.+) is in use by another program"), mark("{0} is in use by another program")),
    (re.compile(r"(.+) does not answer"), mark("{0} does not answer")),
    (re.compile(r"(.+) is no device"), mark("{0} is no device")),
    (re.compile(r"Connect call failed \('([^']+)', (\d+).*\)"), mark("nobody answers at {0}, port {1}")),
    (re.compile(r".*\[Errno \d+\] ([^:\[\]]+).*"), "{0}"),
)
"""What devices and their wires say; ``peripherals`` knows no languages."""


def reason(said: OSError | str) -> str:
    """Why a system, or a device's wire, cannot do something, in the language as far as that is known."""
    text = said if isinstance(said, str) else said.strerror or str(said)
    if text in REASONS:
        return _(text)
    for pattern, words in _PATTERNS:
        if found := pattern.fullmatch(text):
            return _(words).format(*(reason(part) for part in found.groups()))
    return text


def plain_sentence(error: BaseException) -> str:
    """The failure as one line; an ``OSError`` names its file, and what else there is says what it says."""
    match error:
        case BrokenPipeError(filename=None):
            return _("nobody reads what this program answers; it has ended")
        case OSError(strerror=str()):
            where = f"{error.filename}: " if error.filename else ""
            return _("{where}{reason}; check disk and permissions").format(where=where, reason=reason(error))
    return " ".join(str(error).split()) or type(error).__name__
