"""Commands that only look, or wait: vouchers, articles, receipts, turnover, overdraws, status, and
the release of a slot, which the office does and programs may ask for.

Amounts and quantities are text in the answers. Whatever is asked about vouchers and sums is
asked after everything durable has reached the books.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from app.domain import codes
from app.domain.money import format_minor
from app.domain.quantity import format_milli
from app.domain.vat import format_rate
from app.facts.sales import ReceiptCompleted
from app.text import mark
from app.till import typed
from app.till.effects import Refuse, Reply
from app.till.ports import Books, Engine, JournalRefused
from app.till.refusals import BadCommand, Refusal
from app.till.runner import Runner

POLL_S = 0.02
"""How long a wait sleeps at most between two looks; changes wake it earlier."""
MAX_TIMEOUT_S = 3_600.0
SCOPES = ("till", "network")


class Query(msgspec.Struct, frozen=True):
    """Base of all questions. Field names are those of the drive contract."""


class AskVoucher(Query, frozen=True):
    code: str


class AskArticle(Query, frozen=True):
    code: str


class AskReceipt(Query, frozen=True):
    receipt_no: str


class AskTurnover(Query, frozen=True):
    """Sums of this till or of all that is known; without a date, of all days."""

    scope: str = "till"
    date: str | None = None


class AskOverdraws(Query, frozen=True):
    pass


class AskStatus(Query, frozen=True):
    pass


class ReleaseSlot(Query, frozen=True):
    no: int
    name: str
    role: str = "till"
    site: str = ""


class Wait(Query, frozen=True, rename={"for_": "for"}):
    """Wait until it is so: ``peers`` (at least ``count``), ``voucher``, ``receipt``, ``synced``."""

    for_: str
    count: int = 1
    code: str | None = None
    receipt_no: str | None = None
    timeout_s: float = 10.0


class Queries:
    """Answers questions for the till of a runner."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._engine: Engine = runner.engine
        self._books: Books = runner.books
        self._currency = runner.session.till.currency
        self._changed = asyncio.Event()
        runner.engine.on_change(lambda _: self._changed.set())

    async def ask(self, query: Query) -> Reply | Refuse:
        """The answer; ``BadCommand`` for a question that cannot be asked so."""
        try:
            return Reply(await self._answer(query))
        except Refusal as refusal:
            return Refuse(refusal.code, refusal.values)

    async def _answer(self, query: Query) -> dict[str, Any]:
        match query:
            case AskVoucher(code):
                return await self._voucher(typed.voucher_code(code))
            case AskArticle(code):
                return self._article(typed.article_code(code))
            case AskReceipt(receipt_no):
                return await self._receipt(receipt_no.strip())
            case AskTurnover(scope, date):
                return await self._turnover(scope, date)
            case AskOverdraws():
                await self._engine.settled()
                return {"overdraws": [self._overdraw(found) for found in self._books.overdraws()]}
            case AskStatus():
                return await self._engine.status()
            case ReleaseSlot():
                return await self._release(query)
            case Wait():
                return await self._wait(query)
        raise TypeError(f"no question: {query!r}")

    async def _voucher(self, code: str) -> dict[str, Any]:
        await self._engine.settled()
        found = self._books.voucher(code, self._runner.now().day)
        if found is None:
            raise Refusal("unknown_voucher", {"code": code})
        return {
            "code": found.code,
            "kind": found.voucher_kind,
            "value": self._text(found.value_minor),
            "held": self._text(found.held_minor),
            "redeemed": self._text(found.redeemed_minor),
            "balance": self._text(found.balance_minor),
            "currency": found.currency,
            "state": found.state,
            "issued_by": found.issued_by,
            "issued_at": found.issued_at,
            "expires": found.expires_on or None,
            "till_no": found.till_no,
            "receipt_no": found.receipt_no,
        }

    def _article(self, code: str) -> dict[str, Any]:
        found = self._books.article(code)
        if found is None:
            wrong = codes.has_wrong_check_digit(code)
            raise Refusal("wrong_check_digit" if wrong else "unknown_article", {"code": code})
        rate = self._books.vat_rate_bp(found.vat_key, self._runner.now().day)
        return {
            "ident_no": found.ident_no,
            "name": found.name,
            "price": format_minor(found.price_minor, found.currency),
            "currency": found.currency,
            "vat_key": found.vat_key,
            "vat_rate": None if rate is None else format_rate(rate),
            "unit": found.unit,
            "barcodes": list(found.barcodes),
            "article_groups": list(found.article_groups),
            "open_price": found.open_price,
        }

    async def _receipt(self, receipt_no: str) -> dict[str, Any]:
        await self._engine.settled()
        found = self._books.receipt(receipt_no)
        if found is None:
            raise Refusal("unknown_receipt", {"receipt_no": receipt_no[: typed.SHOWN_LENGTH]})
        fields = receipt_fields(found.receipt)
        return {**fields, "member": found.member_id, "text": self._runner.receipt_text(found.receipt)}

    async def _turnover(self, scope: str, date: str | None) -> dict[str, Any]:
        if scope not in SCOPES:
            raise Refusal("unknown_scope", {"scope": scope[: typed.SHOWN_LENGTH]})
        day = None if date is None else typed.day(date)
        till_no = self._runner.session.till.till_no if scope == "till" else None
        await self._engine.settled()
        found = await asyncio.to_thread(self._books.turnover, till_no, day)
        return {
            "scope": scope,
            "date": day,
            "gross": self._text(found.gross_minor),
            "receipts": found.receipts,
            "currency": found.currency or self._currency,
            "by_vat": [
                {
                    "vat_key": vat_key,
                    "rate": format_rate(rate_bp),
                    "gross": self._text(gross),
                    "net": self._text(net),
                    "tax": self._text(tax),
                }
                for vat_key, rate_bp, gross, net, tax in found.by_vat
            ],
            "by_tender": [{"tender": tender, "amount": self._text(amount)} for tender, amount in found.by_tender],
        }

    def _overdraw(self, found: dict[str, Any]) -> dict[str, Any]:
        currency = found["currency"]
        return {
            "resource": found["resource"],
            "amount": format_minor(found["amount_minor"], currency),
            "receipts": [use["receipt_no"] for use in found["uses"] if use["receipt_no"]],
            "coverage": [msgspec.to_builtins(use["coverage"]) for use in found["uses"]],
            "uses": [
                {
                    "receipt_no": use["receipt_no"] or None,
                    "sale_id": use["sale_id"],
                    "till_no": use["till_no"],
                    "amount": format_minor(use["amount_minor"], currency),
                    "at": use["at"],
                    "coverage": msgspec.to_builtins(use["coverage"]),
                }
                for use in found["uses"]
            ],
        }

    async def _release(self, query: ReleaseSlot) -> dict[str, Any]:
        if query.no < 1 or not query.name.strip():
            raise BadCommand(mark("a slot has a number from 1 on and a name"))
        try:
            code = await self._engine.release_slot(query.no, query.name.strip(), query.role, query.site)
        except JournalRefused as error:
            raise Refusal(error.code, {"reason": error.reason or error.code, "no": str(query.no)}) from None
        return {"code": code, "no": query.no, "name": query.name.strip()}

    async def _wait(self, wait: Wait) -> dict[str, Any]:
        so = self._condition(wait)
        if not 0 <= wait.timeout_s <= MAX_TIMEOUT_S:
            raise BadCommand(mark("timeout_s is 0 to {limit}"), limit=f"{MAX_TIMEOUT_S:.0f}")
        loop = asyncio.get_running_loop()
        begun = loop.time()
        while True:
            # Cleared before looking, so that a change while we look wakes the sleep after it.
            self._changed.clear()
            if await so():
                return {"waited_ms": round((loop.time() - begun) * 1000)}
            left = wait.timeout_s - (loop.time() - begun)
            if left <= 0:
                raise Refusal("timeout", {"seconds": f"{wait.timeout_s:g}"})
            try:
                async with asyncio.timeout(min(left, POLL_S)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def _condition(self, wait: Wait) -> Callable[[], Awaitable[bool]]:
        if wait.for_ == "peers":
            return lambda: self._has_peers(wait.count)
        if wait.for_ == "synced":
            return self._is_synced
        if wait.for_ == "voucher" and wait.code is not None:
            code = typed.voucher_code(wait.code)
            return lambda: self._knows(lambda: self._books.voucher(code) is not None)
        if wait.for_ == "receipt" and wait.receipt_no is not None:
            receipt_no = wait.receipt_no.strip()
            return lambda: self._knows(lambda: self._books.receipt(receipt_no) is not None)
        raise BadCommand(mark("for is peers (count), voucher (code), receipt (receipt_no) or synced"))

    async def _has_peers(self, count: int) -> bool:
        return len((await self._engine.status()).get("peers", ())) >= count

    async def _is_synced(self) -> bool:
        """Connected peers and this till have the same facts, and all of them are in the books.

        A till that reaches nobody is in step only if it is the whole network: one that has
        just joined knows no member yet, and so is not.
        """
        await self._engine.settled()
        status = await self._engine.status()
        me = self._runner.session.till.member_id
        active = {member["member"] for member in status["members"] if not member.get("revoked")}
        return bool(status["synced"]) and (bool(status["online"]) or active == {me})

    async def _knows(self, question: Callable[[], bool]) -> bool:
        return question()

    def _text(self, amount_minor: int) -> str:
        return format_minor(amount_minor, self._currency)


def receipt_fields(receipt: ReceiptCompleted) -> dict[str, Any]:
    """A receipt for programs, amounts and quantities as text."""

    def text(amount_minor: int) -> str:
        return format_minor(amount_minor, receipt.currency)

    return {
        "receipt_no": receipt.receipt_no,
        "till_no": receipt.till_no,
        "sale_id": receipt.sale_id,
        "started_at": receipt.started_at,
        "finished_at": receipt.finished_at,
        "business_day": receipt.business_day,
        "cashier": receipt.cashier,
        "currency": receipt.currency,
        "total": text(receipt.total_minor),
        "change": text(receipt.change_minor),
        "lines": [
            {
                "line": line.line,
                "business_case": line.business_case,
                "ident_no": line.ident_no,
                "name": line.name,
                "quantity": format_milli(line.quantity_milli),
                "unit": line.unit,
                "price": text(line.unit_price_minor),
                "gross": text(line.gross_minor),
                "vat_key": line.vat_key,
                "vat_rate": format_rate(line.vat_rate_bp) if line.vat_key else None,
                "voucher_code": line.voucher_code or None,
            }
            for line in receipt.lines
        ],
        "by_vat": [
            {
                "vat_key": row.vat_key,
                "rate": format_rate(row.vat_rate_bp),
                "gross": text(row.gross_minor),
                "net": text(row.net_minor),
                "tax": text(row.tax_minor),
            }
            for row in receipt.tax_table
        ],
        "tenders": [
            {
                "tender": row.tender,
                "role": row.role,
                "currency": row.currency,
                "amount": format_minor(row.amount_minor, row.currency),
                "reference": row.reference or None,
            }
            for row in receipt.tenders
        ],
        "vouchers": [line.voucher_code for line in receipt.lines if line.business_case == "voucher_sale"],
    }
