"""Training: everything works and nothing counts.

One place sees to that: the command runs as ever, and what it asks of the world is made harmless on its way
out. The books are looked into as they are, so vouchers, customers and orders are the real ones; but

1. a claim is granted without asking anybody, and never needs to be given back; no card is charged;
2. of the facts only the audit's leave; a receipt becomes ``TrainingCompleted``, with a number of the training range;
3. what is printed is the receipt, marked as training, or an X report, which changes nothing; and nothing else.

The open sale is kept with its ``training`` mark, so that after a crash it is not sold in earnest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from app.domain.card import CardAnswer
from app.facts.base import Fact
from app.facts.circulation import ClaimCoverage
from app.facts.sales import AuditLogged, ReceiptCompleted, TrainingCompleted, ZReportClosed
from app.till import commands
from app.till.effects import Append, Charge, Charged, Claim, Claimed, Event, Journalled, Keep
from app.till.steps import Steps

if TYPE_CHECKING:
    from app.till.counter import Counter

REHEARSED = "training"
"""The claim that nobody was asked for."""

NOT_IN_TRAINING = (
    commands.OpeningFloat,
    commands.PayIn,
    commands.PayOut,
    commands.CashTransfer,
    commands.CountCash,
    commands.ZReport,
    commands.Park,
    commands.Resume,
    commands.Split,
    commands.DropParked,
    commands.SetCustomer,
    commands.ForgetCustomer,
    commands.BlockVoucher,
    commands.SettleOverdraw,
    commands.ReplaceVoucher,
    commands.IssueCoupons,
    commands.SetReference,
    commands.SetArticle,
    commands.SetPrice,
    commands.SetPin,
    commands.SetUser,
    commands.SettleCardCharge,
    commands.CloseTerminalDay,
)
"""What others would see or the drawer would count, and what could not be half done."""


def rehearsed(counter: Counter, steps: Steps) -> Steps:
    """The command, with every effect made harmless."""
    answer: Event | None = None
    try:
        while True:
            # A generator that has not begun takes None.
            asked = steps.send(answer)  # type: ignore[arg-type]
            if isinstance(asked, Claim):
                nobody = ClaimCoverage(complete=True, promised=(), missing=())
                answer = Claimed(REHEARSED, granted=True, coverage=nobody)
            elif isinstance(asked, Charge):
                answer = Charged(CardAnswer("approved", amount_minor=asked.order.amount_minor))
            elif isinstance(asked, Append):
                harmless = _harmless(asked)
                if harmless.facts or harmless.printed:
                    answer = yield harmless
                else:
                    counter.out.append(Keep(asked.keep))
                    answer = Journalled()
            else:
                answer = yield asked
    except StopIteration as ended:
        return dict(ended.value)
    finally:
        steps.close()


def _harmless(asked: Append) -> Append:
    facts = tuple(fact for fact in map(_without_effect, asked.facts) if fact is not None)
    printed = asked.printed if _is_printed(asked.printed) else None
    return msgspec.structs.replace(asked, facts=facts, claim_id=None, printed=printed)


def _is_printed(document: Fact | None) -> bool:
    is_x_report = isinstance(document, ZReportClosed) and not document.z_no
    return is_x_report or isinstance(document, ReceiptCompleted | AuditLogged)


def _without_effect(fact: Fact) -> Fact | None:
    if isinstance(fact, AuditLogged):
        return fact
    if isinstance(fact, ReceiptCompleted):
        return TrainingCompleted(
            receipt_no=fact.receipt_no,
            till_no=fact.till_no,
            user=fact.user,
            finished_at=fact.finished_at,
            total_minor=fact.total_minor,
            lines=len(fact.lines),
        )
    return None
