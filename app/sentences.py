"""What went wrong, as one line for the person who asked, in their language.

``replication`` knows no languages: its refusals carry a code, and an English sentence for
its own log. Here the codes get the sentences that people see.
"""

from __future__ import annotations

from pathlib import Path

from app.plain_sentences import plain_sentence
from app.text import gettext as _
from app.till.ports import JournalRefused
from replication.backup import BackupRefused
from replication.certificates import BadName
from replication.enrolment import EnrolmentRefused
from replication.identity import IdentityExists, NoIdentity
from replication.net.observer import NotLoopback
from replication.net.websocket import PortInUse
from replication.node import AppendRefused
from replication.observing import ObserverBusy


def sentence(error: BaseException) -> str:
    """The failure as one line; what has no sentence of its own says what it says."""
    plain = plain_sentence(error)
    match error:
        case JournalRefused() | AppendRefused():
            return _journal(error.code) or plain
        case EnrolmentRefused(__cause__=BadName()) | BadName():
            return _("a name has 1 to 64 printable characters; choose another")
        case EnrolmentRefused():
            return _enrolment(error.code) or plain
        case BackupRefused(where=Path()):
            return _backup(error.code).format(where=error.where) or plain
        case PortInUse(address=address, why=""):
            return _("{address} is in use by another program; end it or choose another port with --listen").format(
                address=address
            )
        case PortInUse(address=address, why=why):
            return _("{address} cannot be listened on ({why}); check --listen").format(address=address, why=why)
        case NotLoopback(host=host):
            return _("{host} can be reached by other machines; listen on 127.0.0.1 or ::1").format(host=host)
        case ObserverBusy(path=path):
            return _("{path} is open in another observer; end that one, or read from it").format(path=path)
        case NoIdentity(home=home):
            return _("{home} belongs to no network yet; found one or join one (`tillmesh network`)").format(home=home)
        case IdentityExists(home=home):
            return _("{home} belongs to a network already; choose another home (--home)").format(home=home)
    return plain


def _journal(code: str) -> str:
    return {
        "disk_full": _("the disk is full; make room and try again"),
        "recovering": _("this till is still fetching what it knew; try again in a moment"),
        "cloned": _("this till exists twice, so it writes nothing; `tillmesh status` says more"),
        "sale_open": _("finish or void the open sale first"),
        "claim_expired": _("the other tills took too long to answer; try again"),
        "not_a_writer": _("a node writes nothing of its own, and nobody waits for it: just switch it off"),
        "not_authority": _("only the network's authority can do this; `network members` shows which till it is"),
        "number_taken": _("this number belongs to a till already; choose another"),
        "engine_gone": _("the engine of this home has ended; start the till or the office again"),
    }.get(code, "")


def _backup(code: str) -> str:
    return {
        "damaged": _("{where}: this backup is damaged; take another copy of it, or another backup"),
        "no_backup": _("{where} is no backup of a till; choose another file"),
        "other_format": _("{where} was made by another version; update Tillmesh"),
        "is_folder": _("{where} is a folder; name the file to write"),
        "is_other_file": _("{where} is there and is no backup; choose another name"),
        "home_not_empty": _("{where} is not empty; choose a new home (--home)"),
        "not_written": _("{where} cannot be written; free some space, or choose another disk"),
    }.get(code, "")


def _enrolment(code: str) -> str:
    return {
        "bad_code": _("this is no enrolment code: a character is wrong or missing; check the typing"),
        "code_refused": _("the other till does not accept this enrolment code; check it or ask for a new one"),
        "code_unknown": _("this enrolment code is not valid any more; ask for a new one"),
        "code_used": _("this enrolment code has been used; ask for a new one with another number"),
        "slot_taken": _("another till has this number already; choose another"),
        "not_offered": _("this enrolment code is not for that number; choose one of its own, or none"),
        "code_expired": _("this enrolment code has expired; ask for a new one"),
        "number_taken": _("this number belongs to a till already; choose another"),
        "not_authority": _("only the network's authority can do this; `network members` shows which till it is"),
        "unreachable": _(
            "no till of that network answers; start the one that released the number, or name its address with --peer"
        ),
        "wrong_network": _("the till that answers does not belong to this code's network; check --peer"),
        "too_many": _("too many failed attempts to join; wait a minute and try again"),
    }.get(code, "")
