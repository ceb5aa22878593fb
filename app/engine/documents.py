"""Documents once more, for programs and customers: found by number, laid out as this till prints them, and signed.

The operations ``document``, ``digital_receipt`` and ``check_receipt``. What they answer is text and values; files are
made where they are wanted (``app/wiring_documents.py``), so that the engine neither imports nor waits for that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar

import msgspec

from app.books.questions import Question
from app.books.questions.orders import FindOrder
from app.books.questions.parked import FindParked
from app.books.questions.periods import FindZReport
from app.books.questions.receivables import FindInvoice, FindReceivable
from app.books.questions.returns import FindReceipt
from app.domain.receipt_seal import Examined, seal_line
from app.engine.control import Operation, Refused
from app.engine.operations import called
from app.facts.base import Fact
from app.facts.circulation import OrderPlaced, SaleParked
from app.facts.sales import ReceiptCompleted
from app.text import gettext as _
from receipts import Page, qr
from receipts.digital import NoRoom
from receipts.documents import about, printed_as
from receipts.page import without_slips

T = TypeVar("T")
NUMBER_MOST = 60
"""Characters of a document's number that are looked for, and shown in a refusal."""
DIGITS_MOST = 9
"""Of a till's number and a day end's; a book's columns hold no number of any length."""
MODULES_LEAST, MODULES_MOST = 21, 113
"""Modules of a QR code's side that a screen can have room for."""
_SIGNATURE_LETTERS = len(seal_line(bytes(64)))


class Books(Protocol):
    """Called off the loop."""

    def ask(self, question: Question[T]) -> T: ...


class Notary(Protocol):
    """Seals receipts with this member's key, and examines them."""

    def seal(self, text: str, *, short: bool = False) -> str: ...

    def examine_receipt(self, whole: str) -> Examined: ...


Fits = Callable[[str], bool]


class Documents:
    """``compose`` lays a document out as this till prints it; ``say`` makes the longest text of a receipt that fits;
    ``settled`` returns when the books have all that is durable."""

    def __init__(
        self,
        books: Books,
        notary: Notary,
        compose: Callable[[Fact], Page | None],
        say: Callable[[ReceiptCompleted, Fits], str],
        columns: int,
        settled: Callable[[], Awaitable[None]],
    ) -> None:
        self._books = books
        self._notary = notary
        self._compose = compose
        self._say = say
        self._columns = columns
        self._settled = settled

    async def document(self, no: str) -> dict[str, Any]:
        """The document of that number: ``name`` (as it is printed), ``made_at``, ``columns`` and ``page``.

        Without slips that are worth money. The number of a receipt, an invoice, a delivery note (of its receipt), an
        order or a parked sale; of a day end ``z_report-TILL-Z``. ``Refused`` (``unknown_document``) if there is none.
        """
        found = await self._found(no)
        try:
            page = await asyncio.to_thread(self._compose, found)
        except ValueError as error:
            raise Refused(
                "unknown_document", _("{no} cannot be laid out: {reason}").format(no=no, reason=error)
            ) from None
        assert page is not None, "what is found by its number is printed"
        return {
            "name": printed_as(found),
            "made_at": about(found)[2],
            "columns": self._columns,
            "page": msgspec.to_builtins(without_slips(page)),
        }

    async def digital_receipt(self, receipt_no: str, modules: int = 0) -> dict[str, Any]:
        """A receipt's signed text: ``text`` with ``seal`` as its last line, and ``modules``, its QR code's side.

        At most so large a code, as much text as it holds: with the root's word for this till if there is room for that,
        else with its signature alone. 0: all the text, in no code. ``Refused``: ``unknown_document``,
        ``screen_too_small``, ``not_sealed``.
        """
        found = await self._found(receipt_no)
        if not isinstance(found, ReceiptCompleted):
            raise Refused("not_sealed", _("{no} is no receipt; only receipts are signed").format(no=receipt_no))
        if modules and not MODULES_LEAST <= modules <= MODULES_MOST:
            modules = max(MODULES_LEAST, min(modules, MODULES_MOST))
        try:
            return await asyncio.to_thread(self._sealed, found, modules)
        except NoRoom:
            raise Refused(
                "screen_too_small", _("the screen is too small for a receipt as a QR code; use a larger one")
            ) from None
        except ValueError as error:
            raise Refused("not_sealed", _("the receipt cannot be signed: {reason}").format(reason=error)) from None

    async def check_receipt(self, text: str) -> dict[str, Any]:
        """Who vouches for a receipt's text; the fields of ``app.domain.receipt_seal.Examined``."""
        await self._settled()
        answer: dict[str, Any] = msgspec.to_builtins(self._notary.examine_receipt(text))
        return answer

    def _sealed(self, receipt: ReceiptCompleted, modules: int) -> dict[str, Any]:
        if not modules:
            return _answer(self._notary.seal(self._say(receipt, lambda _: True)), 0)
        # A seal is as long whatever it is under, but for the names of the till and its site.
        letters = len(self._notary.seal("-").rpartition("\n")[2])
        for short, size in ((False, letters), (True, _SIGNATURE_LETTERS)):
            try:
                text = self._say(receipt, lambda text, size=size: _fits(text, size, modules))  # type: ignore[misc]
            except NoRoom:
                if short:
                    raise
                continue
            return _answer(self._notary.seal(text, short=short), qr.side_of(f"{text}\n", size))
        raise AssertionError("the short seal either fits or not")

    async def _found(self, no: str) -> Fact:
        no = no.strip()
        await self._settled()
        found = await asyncio.to_thread(self._look, no) if no and len(no) <= NUMBER_MOST else None
        if found is None:
            raise Refused(
                "unknown_document",
                _("no till has told of a document {no}; a day end is called z_report-TILL-Z").format(
                    no=no[:NUMBER_MOST]
                ),
            )
        return found

    def _look(self, no: str) -> Fact | None:
        sort, _dash, number = no.partition("-")
        till_no, _dash, z_no = number.partition("-")
        if sort == "z_report":
            numbers = all(each.isdecimal() and len(each) <= DIGITS_MOST for each in (till_no, z_no))
            return self._books.ask(FindZReport(int(till_no), int(z_no))) if numbers else None
        number = number if sort in ("invoice", "order", "parked") else no
        return self._receipt(no) or self._books.ask(FindInvoice(number)) or self._noted(no) or self._slip(number)

    def _receipt(self, no: str) -> ReceiptCompleted | None:
        found = self._books.ask(FindReceipt(no))
        return None if found is None else found.receipt

    def _noted(self, no: str) -> ReceiptCompleted | None:
        """The receipt of a delivery note, which is printed with it."""
        note = self._books.ask(FindReceivable(no))
        return self._receipt(note.receipt_no) if note is not None and note.receipt_no else None

    def _slip(self, no: str) -> Fact | None:
        if (order := self._books.ask(FindOrder(no))) is not None:
            return _again(order, OrderPlaced)
        parked = self._books.ask(FindParked(no))
        return None if parked is None else _again(parked, SaleParked)


F = TypeVar("F", bound=Fact)


def _again(view: msgspec.Struct, kind: type[F]) -> F:
    """The fact that the books made a view of: the fields that both have."""
    known = msgspec.structs.asdict(view)
    return kind(**{name: known[name] for name in kind.__struct_fields__ if name in known})


def _fits(text: str, letters: int, modules: int) -> bool:
    try:
        return qr.side_of(f"{text}\n", letters) <= modules
    except ValueError:
        return False


def _answer(whole: str, modules: int) -> dict[str, Any]:
    return {"text": whole, "seal": whole.rpartition("\n")[2], "modules": modules}


def operations(documents: Documents) -> dict[str, Operation]:
    """All operations by name."""
    return {name: called(getattr(documents, name)) for name in ("document", "digital_receipt", "check_receipt")}
