"""The counter at which commands work: the open sale and what all commands share.

A command is a generator (``steps.py``). Effects that nobody answers are put into ``out`` and leave
with the next asking effect or with the end. The sale is replaced only when everything that had to
be durable is durable.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Mapping
from typing import Any

import msgspec

from app.books.questions.periods import AskLastZ
from app.books.questions.users import UserView
from app.domain.claim_policy import Policy
from app.domain.holds import holds_of
from app.domain.instant import Moment, iso
from app.domain.money import format_minor
from app.domain.number_range import FROM_THE_FIRST, RangeKind
from app.domain.pricing.in_force import PriceRules
from app.domain.receipt_no import receipt_no
from app.domain.resource import KINDS
from app.domain.sale import MAX_LINES, MAX_PAYMENTS, OpenSale, Payment, SaleLine
from app.domain.sale_steps import with_line, with_payment, without
from app.domain.settlement import overpaid
from app.facts.base import Fact, said_by
from app.facts.sales import AuditLogged, ReceiptCompleted
from app.till import charging, contributions, numbering, pricing, standing, typed
from app.till.completing import Clerk, TillIdentity, facts_of_abort, hold_released, receipt_of, uses_of, vouchers_of
from app.till.covering import with_coverage
from app.till.effects import UNASKED, Append, Do, Effect, Event, JournalFailed, Keep, ReleaseClaim
from app.till.guessing import Guesses
from app.till.keeping import fitting, write_sale
from app.till.refusals import Refusal
from app.till.rehearsing import REHEARSED
from app.till.standing import Approval
from app.till.steps import Asking, Steps, look

MAX_DETAIL = 200
"""Characters of an audit entry's detail."""
WORDS: Mapping[str, str] = {
    "discount": "Rabatt",
    "decimal_point": ",",
    "tip": "Trinkgeld",
    "rounding": "Rundung",
    "deposit": "Anzahlung",
    "deposit_settlement": "Anzahlung verrechnet",
    "paid_in_web_shop": "Im Webshop bezahlt",
    "purse_top_up": "Aufwertung Geldbörse",
    "receivable_settlement": "Forderung bezahlt",
}
"""Words that the session puts on receipts, as a German till says them: lines that are no goods are named by their
business case."""


class Counter:
    """One till's open sale, its last receipt and the number of its next."""

    def __init__(
        self,
        till: TillIdentity,
        next_sequence: int,
        policies: Mapping[str, Policy],
        voucher_name: str,
        sale: OpenSale | None,
        words: Mapping[str, str],
    ) -> None:
        if unknown := policies.keys() - set(KINDS):
            raise ValueError(f"no kind of resource: {min(unknown)!r}")
        self.till = till
        self.next_sequence = next_sequence
        self.beginning = FROM_THE_FIRST
        self.policies = policies
        self.takes_unknown_vouchers = False
        self.voucher_name = voucher_name
        self.words = words
        self.sale = sale
        self.last: ReceiptCompleted | None = None
        self.now = Moment(0, "")
        self.fresh = b""
        self.out: list[Effect] = []
        self.z_no: int | None = None
        """The period's number (``period``); None: to be asked of the books."""
        self.price_rules: tuple[str, PriceRules] | None = None
        """Compiled, with the version of the reference data that they were made of."""
        self.provisioning: tuple[int, int] | None = None
        self.has_users = False
        self.user: UserView | None = None
        self.training = sale is not None and sale.training
        self.approval: Approval | None = None
        self.guesses: dict[str, Guesses] = {}
        self.durable = sale
        self.audits: list[AuditLogged] = []
        self.acted = False
        self.approved_by = ""
        self.warning: dict[str, str] = {}
        self.last_numbers: dict[tuple[str, str], int] = {}
        self.assigned_no = ""
        self.consent = UNASKED
        self.members: dict[str, tuple[int, str]] | None = None
        """Till number and name by member id; None: not asked for by this command."""
        self.uncovered: list[tuple[str, int]] = []
        """What the command has taken without full coverage: resources and amounts."""
        self._given: dict[tuple[str, str], int] = {}

    def begin(self, do: Do) -> None:
        """A command begins: who gives it, and nothing done yet."""
        self.fresh = do.fresh
        self.has_users, self.user = do.has_users, do.user
        self.provisioning = do.provisioning
        if do.beginning != self.beginning:
            self.beginning, self.z_no = do.beginning, None
            self.count_on(self.next_sequence)
        self.durable = self.sale
        self.audits, self.acted, self.approved_by, self.warning = [], False, "", {}
        self.consent, self.uncovered, self.members = do.consent, [], None
        self._given = {}

    @property
    def clerk(self) -> Clerk:
        """Who stands at the till. Facts carry the user's id; paper and screens look the name up."""
        return Clerk(self.user.user, self.user.user) if self.user else Clerk("", self.till.cashier)

    # -- the sale as a command finds it ----------------------------------------------------------

    def open_sale(self) -> OpenSale:
        """The open sale; refused if there is none."""
        if self.sale is None:
            raise Refusal("no_sale")
        return self.sale

    def payable_sale(self) -> OpenSale:
        """The open sale with something to pay for."""
        if self.sale is None or not self.sale.lines:
            raise Refusal("empty_sale")
        return self.sale

    def begun(self) -> OpenSale:
        """The open sale, begun if need be."""
        return self.sale or OpenSale(
            sale_id=self.draw("sale")[:16].hex(),
            started_at=iso(self.now.wall_ms),
            currency=self.till.currency,
            training=self.training,
        )

    def with_line(self, line: SaleLine, sale: OpenSale | None = None) -> OpenSale:
        """The sale, begun if need be, with one more line; refused if the receipt is full."""
        sale = sale or self.begun()
        if len(sale.lines) >= MAX_LINES:
            raise Refusal("sale_full")
        return fitting(with_line(sale, line))

    def with_payment(self, sale: OpenSale, payment: Payment) -> OpenSale:
        """The sale with one more payment; refused if there are too many."""
        if len(sale.payments) >= MAX_PAYMENTS:
            raise Refusal("sale_full")
        return fitting(with_payment(sale, payment))

    # -- steps that change it --------------------------------------------------------------------

    def keep(self, sale: OpenSale | None) -> None:
        """Take the sale over and have it kept; no fact is written."""
        self.sale = self.marked(sale)
        self.out.append(Keep(write_sale(self.sale)))

    def marked(self, sale: OpenSale | None) -> OpenSale | None:
        """The sale with who approved what was done to it, and with the mark of training."""
        if sale is None or (sale.training == self.training and self.approved_by in ("", sale.approved_by)):
            return sale
        approved_by = self.approved_by or sale.approved_by
        return msgspec.structs.replace(sale, training=self.training, approved_by=approved_by)

    def repriced(self, sale: OpenSale) -> Generator[Effect, Event, OpenSale]:
        """The sale with every price rule applied anew; refused if more is paid than it costs then."""
        after = yield from pricing.repriced(self, sale)
        if overpaid(after):
            raise Refusal("paid_more_than_left")
        return fitting(after)

    def journal(
        self,
        facts: tuple[Fact, ...],
        sale: OpenSale | None,
        *,
        claim_id: str | None = None,
        printed: Fact | None = None,
    ) -> Asking:
        """Journal the facts with the sale as it is then, and take it over when that is durable.

        What they set of master data is this user's word.
        """
        sale = with_coverage(self.marked(sale), facts)
        facts = tuple(said_by(fact, self.clerk.user) for fact in facts)
        answer = yield Append((*self.audits, *facts), write_sale(sale), claim_id, printed)
        if isinstance(answer, JournalFailed):
            raise Refusal(answer.code, {"reason": answer.reason or answer.code})
        self.sale = self.durable = sale
        self.audits = []

    def complete(self, sale: OpenSale, before: tuple[Fact, ...] = (), claim_id: str | None = None) -> Steps:
        """A settled sale into its receipt, in one durable step with the facts ``before`` it."""
        for prepare in contributions.PREPARATIONS:
            sale = yield from prepare(self, sale)
        sale = with_coverage(self.marked(sale), before) or sale
        z_no = yield from self.period()
        number = yield from numbering.receipt_number(self)
        receipt = receipt_of(sale, number, self.till, self.clerk, self.now, z_no)
        facts: list[Fact] = [receipt, *uses_of(sale, number, receipt.finished_at)]
        for contribution in contributions.CONTRIBUTIONS:
            facts += yield from contribution(self, sale, receipt)
        yield from self.journal((*before, *facts), None, claim_id=claim_id, printed=receipt)
        self.last = receipt
        numbering.used(self, number)
        coupons = [issued.code for issued in receipt.coupons]
        return {
            "due": self.text(0),
            "receipt_no": number,
            "total": self.text(receipt.total_minor),
            "change": self.text(receipt.change_minor),
            "vouchers": vouchers_of(receipt),
            **({"coupons": coupons} if coupons else {}),
        }

    def abort(self) -> Asking:
        """Give the open sale up: the abort is a fact, and every hold is given back."""
        sale = self.open_sale()
        charging.check_none_charged(sale)
        z_no = yield from self.period()
        yield from self.journal(facts_of_abort(sale, self.till, self.clerk, self.now, z_no), None)

    def take_back(self, sale: OpenSale, number: int) -> Asking:
        """Remove the line, payment or coupon of that number; a hold is given back durably first, money by card too."""
        yield from charging.given_back(self, sale, number)
        after = yield from self.repriced(without(sale, number))
        holds = holds_of(sale, number)
        if holds:
            released = tuple(hold_released(hold, self.now, "line voided") for hold in holds)
            yield from self.journal(released, after)
        else:
            self.keep(after)

    def released(self, claim_id: str) -> None:
        """The claim is done with; it is given back with the next effects."""
        if claim_id != REHEARSED:
            self.out.append(ReleaseClaim(claim_id))

    # -- numbers and periods ---------------------------------------------------------------------

    def next_number(self, kind: RangeKind) -> Generator[Effect, Event, str]:
        """The next number of the till's range of this kind; used up by the fact that carries it.

        Refused with ``numbers_used_up``. Two numbers of one command differ; one that was not journalled comes again.
        """
        given = yield from numbering.given(self, kind, self._given)
        self._given[kind, given.prefix] = given.sequence
        return given.number

    def period(self) -> Generator[Effect, Event, int]:
        """The number of the Z report that will close what is booked now.

        Asked of the books once and remembered until a Z report, or until it is unclear what is durable.
        """
        if self.z_no is None:
            last = yield from look(AskLastZ(self.till.till_no), fresh=True)
            self.z_no = 1 + max(last, self.beginning.floor)
        return self.z_no

    def count_on(self, sequence: int) -> None:
        """The till's own receipts go on with this number, or where it begins if that is further."""
        self.next_sequence = max(sequence, self.beginning.floor + 1)

    # -- who may do what -------------------------------------------------------------------------

    def allowed(self, right: str, detail: str = "", *, percent_bp: int = 0) -> Asking:
        """Refused unless whoever stands here, or approves, has the right; a restricted action is audited.

        ``right`` is one of ``app.domain.user.RIGHTS``, ``percent_bp`` a discount that has to be within the limit.
        Ask before the sale is changed; the entry is journalled together with the effect, and only if that comes about.
        """
        yield from standing.allowed(self, right, detail, percent_bp)

    def audit(self, action: str, detail: str = "", approved_by: str = "", user: str | None = None) -> AuditLogged:
        """An entry of the audit log, journalled with what the command does next, or at its end."""
        entry = AuditLogged(
            audit_id=self.draw(f"audit/{len(self.audits)}/{action}")[:16].hex(),
            till_no=self.till.till_no,
            action=action,
            user=self.clerk.user if user is None else user,
            at=iso(self.now.wall_ms),
            business_day=self.now.day,
            detail=detail[:MAX_DETAIL],
            approved_by=approved_by,
            sale_id=self.sale.sale_id if self.sale else "",
        )
        self.audits.append(entry)
        self.acted = True
        self.approved_by = approved_by or self.approved_by
        return entry

    # -- what commands need to write their answers -----------------------------------------------

    @property
    def next_receipt_no(self) -> str:
        """As far as is known now; a range assigned meanwhile shows with the next receipt."""
        return self.assigned_no or receipt_no(self.till.till_no, self.next_sequence)

    def sums(self) -> dict[str, Any]:
        """Total and due of the open sale; zeros if there is none."""
        total, due = (self.sale.total_minor, self.sale.due_minor) if self.sale else (0, 0)
        return {"total": self.text(total), "due": self.text(due)}

    def amount(self, text: str, field: str) -> int:
        """A typed amount of at least zero, in minor units."""
        return typed.amount_minor(text, self.till.currency, field)

    def positive(self, text: str, field: str) -> int:
        """A typed amount above zero, in minor units."""
        return typed.positive_minor(text, self.till.currency, field)

    def text(self, amount_minor: int) -> str:
        return format_minor(amount_minor, self.till.currency)

    def draw(self, purpose: str) -> bytes:
        """32 bytes for one purpose out of the command's randomness."""
        return hashlib.sha256(purpose.encode() + b"\0" + self.fresh).digest()
