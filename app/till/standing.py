"""Who stands at the till, and may do what: what holds for every command, whatever it does.

``conducted`` wraps each command's generator:

1. As long as there are no users, everybody may do everything and nobody logs in. Once there are some, commands
   need somebody who has logged in (``FREE`` ones do not), and those that sell the right to sell.
2. A restricted action (``Counter.allowed``) is audited in the same durable step as its effect: the entry goes with
   the first facts that the command journals; a command that only keeps the sale journals it with that sale.
   What is refused has not happened and is not audited.
3. A supervisor's approval is good for the next restricted action that happens, for at most a minute.
4. In training the command is rehearsed (``rehearsing.py``).
5. A till that has just joined carries out nothing but ``WHILE_PROVISIONING`` until it knows what the others know.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import msgspec

from app.books.questions.users import UserView
from app.domain.branch import plan_of
from app.domain.money import format_minor
from app.domain.user import EVERYTHING, Permissions, Role, permissions
from app.till import commands
from app.till.effects import Effect, Event, Keep
from app.till.refusals import Refusal
from app.till.rehearsing import NOT_IN_TRAINING, rehearsed
from app.till.steps import Asking, Steps, nothing, reference

if TYPE_CHECKING:
    from app.till.counter import Counter

APPROVAL_MS = 60_000

FREE = (
    commands.Login,
    commands.LoginBadge,
    commands.SetPin,
    commands.Approve,
    commands.ApproveBadge,
    commands.ProgramStart,
)
"""Whoever stands there may say this."""

WHILE_PROVISIONING = (
    commands.Login,
    commands.LoginBadge,
    commands.Logout,
    commands.Approve,
    commands.ApproveBadge,
    commands.ProgramStart,
    commands.XReport,
)
"""What neither sells nor uses anything up, and gives out no number."""

BESIDE_SELLING = (
    commands.Logout,
    commands.Training,
    commands.CloseTerminalDay,
    commands.OpenDrawer,
    commands.OpenGate,
    commands.OpeningFloat,
    commands.PayIn,
    commands.PayOut,
    commands.CashTransfer,
    commands.CountCash,
    commands.XReport,
    commands.ZReport,
    commands.DropParked,
    commands.SetCustomer,
    commands.ForgetCustomer,
    commands.BlockVoucher,
    commands.SettleOverdraw,
    commands.IssueCoupons,
    commands.SetReference,
    commands.ChangeSetting,
    commands.SetArticle,
    commands.SetPrice,
    commands.SetUser,
)
"""Commands that have a right of their own instead of that to sell."""


class Approval(msgspec.Struct, frozen=True):
    """A supervisor's word for the next restricted action."""

    user: str
    permissions: Permissions
    given_at_ms: int

    def holds(self, now_ms: int) -> bool:
        """Whether it is still good; a clock that was put back makes it none."""
        return 0 <= now_ms - self.given_at_ms <= APPROVAL_MS


def conducted(counter: Counter, command: commands.Command, handler: Callable[[Counter, Any], Steps]) -> Steps:
    """The command with everything that holds for all of them."""
    yield from _admitted(counter, command)
    if counter.training and isinstance(command, NOT_IN_TRAINING):
        raise Refusal("not_in_training")
    steps = handler(counter, command)
    fields = yield from rehearsed(counter, steps) if counter.training else steps
    if counter.audits:
        yield from _audited(counter)
    if counter.acted:
        counter.approval = None
    extra = {"training": True} if counter.training else {}
    return {**fields, **extra, **({"warning": counter.warning} if counter.warning else {})}


def allowed(counter: Counter, right: str, detail: str, percent_bp: int) -> Asking:
    """Refused unless whoever stands here, or approves, has the right; audited with what comes of it."""
    if not counter.has_users:
        return (yield from nothing())
    approved_by = yield from permitted(counter, right, percent_bp)
    if right != "sell":
        counter.audit(right, detail, approved_by)


def permitted(counter: Counter, right: str, percent_bp: int = 0) -> Generator[Effect, Event, str]:
    """Who approved it; empty if whoever stands here may do it alone. Refused otherwise; not audited."""
    mine = yield from _at_this_till(counter, (yield from permissions_of(counter, counter.user)))
    if mine.has(right, percent_bp):
        return ""
    approval = counter.approval
    if approval and approval.holds(counter.now.wall_ms) and approval.permissions.has(right, percent_bp):
        return approval.user
    if right in mine.rights:
        # Basis points are per cent with two decimals, as cents are euros.
        limit = format_minor(mine.discount_limit_bp, "EUR").removesuffix(".00")
        raise Refusal("discount_limit", {"limit": limit})
    raise Refusal("right_missing", {"right": right})


def permissions_of(counter: Counter, user: UserView | None) -> Generator[Effect, Event, Permissions]:
    """What the user may do; nothing for nobody, and everything as long as there are no users."""
    if not counter.has_users:
        yield from nothing()
        return EVERYTHING
    if user is None:
        raise Refusal("login_needed")
    return permissions((yield from reference()).all(Role), user.roles, user.rights)


def _at_this_till(counter: Counter, mine: Permissions) -> Generator[Effect, Event, Permissions]:
    """No more than the role that the till's plan names, if it names one; a supervisor may still approve in place."""
    known = yield from reference()
    role = plan_of(known, counter.till.till_no).role
    return mine.at_most(permissions(known.all(Role), (role,), ())) if role else mine


def check_valid(counter: Counter, user: UserView) -> None:
    """Refused for somebody whose time is over."""
    if is_over(counter, user):
        raise Refusal("user_expired", {"user": user.name, "day": user.valid_until})


def is_over(counter: Counter, user: UserView) -> bool:
    """Whether the user may not be here any more."""
    return bool(user.valid_until) and user.valid_until < counter.now.day


def _admitted(counter: Counter, command: commands.Command) -> Asking:
    if counter.provisioning is not None and not isinstance(command, WHILE_PROVISIONING):
        done, of = counter.provisioning
        raise Refusal("provisioning", {"done": str(done), "of": str(of)})
    if not counter.has_users or isinstance(command, FREE):
        return (yield from nothing())
    if counter.user is None:
        raise Refusal("login_needed")
    if isinstance(command, commands.Logout):
        return
    check_valid(counter, counter.user)
    if not isinstance(command, BESIDE_SELLING):
        yield from permitted(counter, "sell")


def _audited(counter: Counter) -> Asking:
    """Journal what the command did in the sale only; if that cannot be, it has not happened."""
    counter.out = [effect for effect in counter.out if not isinstance(effect, Keep)]
    durable = counter.durable
    try:
        yield from counter.journal((), counter.sale)
    except Refusal:
        counter.keep(durable)
        raise
