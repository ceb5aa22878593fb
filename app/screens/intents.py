"""What the router wants done: every key ends in one of these, or in nothing. Pure."""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from app.screens.functions import Function, Mode
from app.till.commands import Command
from app.till.effects import Override


class Intent(msgspec.Struct, frozen=True):
    """Base of what comes out. ``waits``: later keys are held until ``Router.resolve``."""

    waits: ClassVar[bool] = False


class Act(Intent, frozen=True):
    """Have the session do something."""

    command: Command


class Settle(Act, frozen=True):
    """A command whose outcome decides what the next keys mean: a payment, voiding the sale, or what may be asked."""

    waits: ClassVar[bool] = True


class Repeat(Intent, frozen=True):
    """The article sold last, once more in this quantity."""

    quantity: str


class VoidLast(Intent, frozen=True):
    """Void the line sold last."""


class DiscountLast(Intent, frozen=True):
    """Take a percentage off the line sold last; "0" takes it back."""

    percent: str


class PutAside(Intent, frozen=True):
    """Park the open sale; with none, choose among those that wait."""

    waits: ClassVar[bool] = True


class TakeUp(Intent, frozen=True):
    """Take a parked sale up, by its number or the digits at its end; what can be neither names the one to park."""

    waits: ClassVar[bool] = True
    number: str


class TurnTraining(Intent, frozen=True):
    """Training on, or off again."""


class PayQuick(Intent, frozen=True):
    """Pay one of the amounts that are offered in cash: the first, the second, ..."""

    waits: ClassVar[bool] = True
    number: int


class AskPayment(Intent, frozen=True):
    """Go to payment if there is something to pay."""

    waits: ClassVar[bool] = True


class TakeBack(Intent, frozen=True):
    """Take the last payment back; with none, leave payment."""

    waits: ClassVar[bool] = True


class Again(Intent, frozen=True):
    """Do what was refused for its coverage, now that this has been answered."""

    waits: ClassVar[bool] = True
    override: Override | None = None


class GiveUpClaim(Intent, frozen=True):
    """Do not wait any longer for what the other tills say."""


class GiveUpWeighing(Intent, frozen=True):
    """Do not wait any longer for the scale."""


class LookUp(Intent, frozen=True):
    """Show what a voucher is worth."""

    code: str


class Turn(Intent, frozen=True):
    """Turn the page: -1 earlier, 1 later."""

    pages: int


class ShowHelp(Intent, frozen=True):
    """Open the help."""


class HideHelp(Intent, frozen=True):
    """Close the help."""


class Start(Intent, frozen=True):
    """Begin a task with what stood in the entry line."""

    waits: ClassVar[bool] = True
    function: Function
    text: str = ""
    quantity: str = ""
    price: str = ""
    mode: Mode = Mode.SALE


class Find(Intent, frozen=True):
    """This is typed now in a step that searches."""

    text: str


class Answered(Intent, frozen=True):
    """The step has this answer; None: one step back."""

    waits: ClassVar[bool] = True
    answer: Any


class Declined(Intent, frozen=True):
    """What a task wanted done, and was asked about, is not to be done."""

    waits: ClassVar[bool] = True


class StepChanged(Intent, frozen=True):
    """The step shows something else now."""


class Quit(Intent, frozen=True):
    """Close the screens."""


class Refused(Intent, frozen=True):
    """The key or entry could not be used. ``code`` names a sentence of ``wording.py``; the bell rings."""

    code: str
    value: str = ""
