"""The slots of an enrolment code: releasing them, and which of them is for whom. No I/O; time is an argument.

A code is good for one slot, or for several that were released together: they name the same
bootstrap certificate, and each is bound once. The code ends when all are bound, or when it expires.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable, Sequence

import msgspec

from replication import certificates
from replication.core.membership import Roster, Slot
from replication.core.model import Entry, Member
from replication.enrolment_code import SECRET_BYTES, EnrolmentCode
from replication.identity import Identity

CODE_VALID_MS = 24 * 3_600_000
"""A code is for today: written down and forgotten it must not open anything next week."""

MAX_SLOTS = 64
"""Of one code: what a person can unpack in a day, and a greeting can name."""


class EnrolmentRefused(Exception):
    """Nobody was released or enrolled. ``code`` names the reason, ``reason`` is a sentence that says what to do.

    Codes: ``bad_code``, ``code_unknown``, ``code_used``, ``code_expired``, ``number_taken``, ``bad_slot``,
    ``not_authority``, ``unreachable``, ``wrong_network``, ``too_many``, ``bad_request``, ``slot_taken``,
    ``not_offered``, ``code_refused``.
    """

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Offer(msgspec.Struct, frozen=True):
    """A slot to choose: its number, and what the till there will be called and do."""

    no: int
    name: str
    site: str = ""
    role: str = "till"


def release_slots(
    identity: Identity,
    roster: Roster,
    slots: Sequence[Offer],
    *,
    now_wall_ms: int,
    address: str = "",
    replacing: str = "",
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, tuple[Entry, ...]]:
    """One enrolment code for these new slots, and the entries to journal in one step before it is shown to anybody.

    ``replacing`` is the member that has a number and is revoked in the same step; a number whose member is
    revoked already can be released anew as well. ``address`` (IPv4:port) goes into the code as a hint where the
    authority listens. A slot that is released again while nobody is bound to it gets a new code, and the old one
    is not good for it any more.
    ``EnrolmentRefused`` when this home may not release, or a number or name will not do.
    """
    if not identity.may_enrol(roster):
        authority = roster.members.get(roster.authority)
        where = f"{authority.name} (no. {authority.till_no})" if authority else "the network's authority"
        raise EnrolmentRefused("not_authority", f"only {where} can release slots; do it there")
    _check(roster, slots, replacing)
    code = EnrolmentCode.drawn(entropy(SECRET_BYTES), certificates.fingerprint(identity.root), address)
    expires = dt.datetime.fromtimestamp((now_wall_ms + CODE_VALID_MS) / 1000, dt.UTC)
    common = {
        "bootstrap_certificate": msgspec.to_builtins(certificates.issue_bootstrap(code.bootstrap_key())),
        "expires_at": expires.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    described = [{"no": slot.no, "name": slot.name, "role": slot.role, "site": slot.site} for slot in slots]
    return str(code), tuple(Entry("membership", "slot.released/1", {**each, **common}) for each in described)


def release_slot(
    identity: Identity,
    roster: Roster,
    no: int,
    name: str,
    role: str = "till",
    site: str = "",
    *,
    now_wall_ms: int,
    address: str = "",
    replacing: str = "",
    entropy: Callable[[int], bytes] = secrets.token_bytes,
) -> tuple[str, Entry]:
    """``release_slots`` for one."""
    slots = (Offer(no, name, site, role),)
    code, (entry,) = release_slots(
        identity, roster, slots, now_wall_ms=now_wall_ms, address=address, replacing=replacing, entropy=entropy
    )
    return code, entry


def _check(roster: Roster, slots: Sequence[Offer], replacing: str) -> None:
    if not 1 <= len(slots) <= MAX_SLOTS:
        raise EnrolmentRefused("bad_slot", f"a code is for 1 to {MAX_SLOTS} numbers; release the others afterwards")
    if len({slot.no for slot in slots}) < len(slots):
        raise EnrolmentRefused("bad_slot", "a number is named twice; name each once")
    for slot in slots:
        try:
            certificates.check_description(slot.no, slot.name, slot.role, slot.site)
        except ValueError as error:
            raise EnrolmentRefused("bad_slot", str(error)) from error
        if (holder := roster.numbered(slot.no)) is not None and holder.member_id != replacing:
            raise EnrolmentRefused("number_taken", f"number {slot.no} belongs to a member already; choose another")


def bootstrap_certificates(roster: Roster) -> list[bytes]:
    """What the authority's TLS trusts beside the root, newest first.

    Used and expired ones stay in, so that their holders get a sentence instead of a broken handshake.
    """
    slots = sorted(roster.slots.values(), key=lambda slot: slot.expires_at, reverse=True)
    return list(dict.fromkeys(slot.bootstrap_certificate for slot in slots if slot.bootstrap_certificate))


def slots_of(roster: Roster, bootstrap_certificate: bytes) -> list[Slot]:
    """The slots that whoever shows this certificate has the code of, bound ones too, by number."""
    known = [
        slot
        for slot in roster.slots.values()
        if secrets.compare_digest(slot.bootstrap_certificate, bootstrap_certificate)
    ]
    return sorted(known, key=lambda slot: slot.no)


def unbound(roster: Roster) -> list[Slot]:
    """Released slots that nobody has, expired ones too, by number."""
    return sorted((slot for slot in roster.slots.values() if _is_unbound(roster, slot)), key=lambda slot: slot.no)


def has_expired(slot: Slot, now_wall_ms: int) -> bool:
    """Whether nobody can be bound to it any more with the code it was released with."""
    return _wall_ms(slot.expires_at) <= now_wall_ms


def free_of(roster: Roster, slots: Sequence[Slot], now_wall_ms: int) -> list[Slot]:
    """Those of a code's slots that a newcomer may choose from; ``EnrolmentRefused`` if there is none."""
    if not slots:
        raise EnrolmentRefused("code_unknown", "this enrolment code is not valid any more; ask for a new one")
    left = [slot for slot in slots if _is_unbound(roster, slot)]
    if not left:
        raise EnrolmentRefused("code_used", "this enrolment code has been used; release the slot of another number")
    free = [slot for slot in left if not has_expired(slot, now_wall_ms)]
    if not free:
        raise EnrolmentRefused("code_expired", f"this enrolment code has expired; release number {left[0].no} again")
    return free


def wanted_of(slots: Sequence[Slot], free: Sequence[Slot], no: int) -> Slot:
    """The slot with that number, or the first that is free if it is 0; ``EnrolmentRefused`` if it cannot be had."""
    chosen = next((slot for slot in free if no in (0, slot.no)), None)
    if chosen is not None:
        return chosen
    others = ", ".join(str(slot.no) for slot in free)
    if any(slot.no == no for slot in slots):
        raise EnrolmentRefused("slot_taken", f"another till has number {no} already; free: {others}")
    raise EnrolmentRefused("not_offered", f"this enrolment code is not for number {no}; free: {others}")


def bound_to(roster: Roster, slots: Sequence[Slot]) -> list[Member]:
    """Who has been bound to these slots and still belongs to the network."""
    active = roster.active()
    return [active[slot.member_id] for slot in slots if slot.member_id in active]


def _is_unbound(roster: Roster, slot: Slot) -> bool:
    # A slot may have been released while somebody was being bound to its number.
    return not slot.member_id and roster.numbered(slot.no) is None


def _wall_ms(instant: str) -> int:
    """Unix milliseconds of an ISO 8601 instant; 0 (long past) for anything else."""
    try:
        return int(dt.datetime.fromisoformat(instant).timestamp() * 1000)
    except ValueError:
        return 0
