"""Statements on slips and seals under receipts, with this home's keys: made for its own, examined for everybody's."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from functools import partial

from app.domain import receipt_seal, statement
from app.domain.statement import Examined, Statement, Unreadable
from replication import certificates, vouching
from replication.certificates import CertificateRefused
from replication.core.model import Member
from replication.identity import Identity
from replication.vouching import NotVouched, Vouching

ISSUERS = ("till", "centre")
"""Roles that sell anything; a ``node`` has a key and only replicates."""

_log = logging.getLogger(__name__)


class Examining:
    """Examines statements and sealed receipts with the root's certificate, so an issuer need never have been heard of.

    But for short seals, which one of ``members`` must have made. ``revoked`` are the members (ids) that have been shut
    out, as far as is known.
    """

    def __init__(
        self,
        check: Callable[[bytes, bytes], Member],
        network_id: str,
        revoked: Callable[[], Collection[str]] = tuple,
        members: Callable[[], Iterable[Member]] = tuple,
    ) -> None:
        """``check`` is ``vouching.check`` with the root's certificate: of a body and a seal."""
        self._check = check
        self._network_id = network_id
        self._revoked = revoked
        self._members = members

    @classmethod
    def with_root(cls, pem: bytes) -> Examining:
        """For whoever has no home of the network, but its root's certificate. ``ValueError`` if that is none."""
        try:
            root = certificates.parse_pem(pem)
            network_id, _founder = certificates.network_of(root)
        except CertificateRefused as error:
            raise ValueError(str(error)) from None
        return cls(partial(vouching.check, root=root, network_id=network_id), network_id)

    def examine(self, text: str) -> Examined:
        """Who stated it, and what is wrong with it. Takes well under a millisecond."""
        try:
            scanned = statement.read(text)
            member = self._check(scanned.body, scanned.seal)
        except Unreadable as error:
            return Examined(error.fault)
        except NotVouched as error:
            return Examined(_FAULTS[error.fault])
        if member.role not in ISSUERS:
            return Examined(statement.FORGED)
        return Examined(self._fault_of(member), member.member_id, member.till_no)

    def examine_receipt(self, whole: str) -> receipt_seal.Examined:
        """Who sealed a receipt's text, and what is wrong with it."""
        try:
            read = receipt_seal.read(whole)
        except Unreadable as error:
            return receipt_seal.Examined("", error.fault)
        try:
            if read.introduced:
                member = self._check(read.body, read.seal)
            else:
                member = vouching.check_among(read.body, read.seal, self._members(), self._network_id)
        except NotVouched as error:
            return receipt_seal.Examined(read.text, _FAULTS[error.fault])
        if member.role not in ISSUERS:
            return receipt_seal.Examined(read.text, statement.FORGED)
        return receipt_seal.Examined(
            read.text, self._fault_of(member), member.member_id, member.till_no, member.name, member.site
        )

    def _fault_of(self, member: Member) -> str:
        return statement.REVOKED if member.member_id in self._revoked() else ""


class Notary(Examining):
    """Writes them too, with this home's key."""

    def __init__(
        self,
        identity: Identity,
        revoked: Callable[[], Collection[str]],
        members: Callable[[], Iterable[Member]] = tuple,
    ) -> None:
        check = partial(vouching.check, root=identity.root, network_id=identity.network_id)
        super().__init__(check, identity.network_id, revoked, members)
        self._pen: Vouching | None = None
        try:
            self._pen = Vouching(identity.certificate, identity.private_key, identity.root, identity.network_id)
        except ValueError as error:
            _log.warning("slips carry codes only, no statements: %s", error)

    def write(self, said: Statement) -> str:
        """The statement's text; empty if it cannot be stated (a code from elsewhere, say): then the code must do."""
        if self._pen is None:
            return ""
        try:
            return statement.written(said, self._pen.seal)
        except ValueError as error:
            _log.info("a slip without a statement: %s", error)
            return ""

    def seal(self, text: str, *, short: bool = False) -> str:
        """A receipt's text (canonical) with this member's seal under it; ``short``: without who that is.

        ``ValueError`` if this home cannot vouch, or the text cannot be sealed.
        """
        if self._pen is None:
            raise ValueError("this member's certificate was made by another version; it vouches for nothing")
        body = receipt_seal.body(text)
        return receipt_seal.written(text, self._pen.signature(body) if short else self._pen.seal(body))

    def sealed(self, text: str) -> str:
        """As ``seal``, for paper; empty if it cannot be sealed: then the receipt is printed without."""
        try:
            return self.seal(text)
        except ValueError as error:
            _log.info("a receipt without security data: %s", error)
            return ""


_FAULTS = {
    vouching.FOREIGN: statement.FOREIGN,
    vouching.FORGED: statement.FORGED,
    vouching.ALTERED: statement.ALTERED,
    vouching.JUNK: statement.FORGED,
}
