"""A day at two tills, typed key by key by cashiers who look at the screen, with everything going wrong around them.

``Cashier`` sits at a real terminal: engine and screens as processes, a printer on its wire. It knows what it has typed
and what its own figures are, in cents, and after an accident it does as people do: open the till again, look what is
on the screen, and go on from there. What is there must be the sale as it was before the last key or after it, and
nothing else. ``Day`` deals customers and accidents by seed and holds the tills' reports against the cashiers' figures.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from peripherals.simulators.printer import PrinterSimulator
from tests.app.screens.terminal import Terminal

WAIT_S = 60.0
F4, F6, F9 = "\x1b[14~", "\x1b[17~", "\x1b[20~"
RATES = {"1": 19, "2": 7, "": 0}
"""Per cent by VAT key; a voucher has none."""


class Article(NamedTuple):
    """What the shop sells; the price in cents."""

    ident: str
    barcode: str
    name: str
    price: int
    vat_key: str


ARTICLES = (
    Article("1001", "2000000260105", "Wellensittich", 239, "2"),
    Article("1002", "2000000260204", "Kaninchen", 399, "2"),
    Article("1003", "2000000260303", "Goldfisch", 841, "2"),
    Article("1004", "2000000260402", "Leine", 1519, "1"),
    Article("1005", "2000000260501", "Napf", 257, "1"),
    Article("1006", "4006381333931", "Kratzbaum", 4999, "1"),
)
CSV = "ident_no;barcode;name;price;vat_key\n" + "".join(
    f"{each.ident};{each.barcode};{each.name};{each.price // 100},{each.price % 100:02};{each.vat_key}\n"
    for each in ARTICLES
)


class Line(NamedTuple):
    """A line of a sale: cents and the key of its tax; a voucher that is sold has none."""

    gross: int
    vat_key: str


class Sale(NamedTuple):
    """An open sale as its cashier knows it; ``paid`` is (tender, cents)."""

    no: int
    lines: tuple[Line, ...] = ()
    paid: tuple[tuple[str, int], ...] = ()
    finished: Sale | None = None
    """The one before it, complete."""

    @property
    def total(self) -> int:
        return sum(line.gross for line in self.lines)

    @property
    def due(self) -> int:
        return self.total - sum(cents for _tender, cents in self.paid)

    @property
    def shown(self) -> tuple[int, int, int]:
        """What the screen says of it: number, total and what is due."""
        return (self.no, self.total, self.due)

    def and_paid(self, tender: str, cents: int) -> Sale:
        """With so much given; when nothing is due any more, the next sale."""
        sale = self._replace(paid=(*self.paid, (tender, min(cents, self.due))))
        return sale if sale.due else Sale(self.no + 1, finished=sale._replace(finished=None))


class Printer:
    """A printer on its wire, in a thread of this process."""

    def __init__(self, paper: Path) -> None:
        self.paper = paper
        self._loop = asyncio.new_event_loop()
        self._simulator = PrinterSimulator(paper=paper)
        self._thread = threading.Thread(target=self._loop.run_forever, name="printer")
        self._thread.start()
        self.port = self._do(self._simulator.start_tcp())

    def fault(self, name: str) -> None:
        """A fault command of the simulator."""
        assert self._do(self._simulator.command(name))

    def close(self) -> None:
        """The plug is pulled."""
        self._do(self._simulator.stop())
        self._do(asyncio.sleep(0.01))  # its connections close in the next round of the loop
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)


class Killed(Exception):
    """The till is gone in the middle of what was typed."""


class Cashier:
    """Somebody at a till: types, looks, keeps accounts."""

    def __init__(self, till_no: int, till: Any, rng: random.Random, happened: Counter[str]) -> None:
        """``till`` is a ``DriveTill``: its home and its options."""
        self.till_no = till_no
        self.home: Path = till.home
        self._command = [sys.executable, "-m", "app", "--home", str(till.home), *till.options]
        self._rng = rng
        self._happened = happened
        self.sale = Sale(1)
        self.done: dict[int, Sale] = {}
        """Completed sales by number."""
        self.accident: Callable[[], None] | None = None
        """What happens in the middle of the next thing that is typed."""
        self.open = False
        self.screen = self._opened()

    # -- looking

    @property
    def prompt(self) -> str:
        """The line that is typed into."""
        return str(self.screen.lines[22]).strip()

    @property
    def paying(self) -> bool:
        return self.prompt.startswith("Zahlung")

    @property
    def asked(self) -> bool:
        """A question stands there instead of the usual prompt."""
        return "?" in self.prompt or "Grund" in self.prompt

    def seen(self) -> tuple[int, int, int]:
        """The number of the receipt, the total and what is due, as the screen says."""
        lines = self.screen.lines
        number = re.search(rf"Beleg {self.till_no}-(\d{{6}})", lines[0])
        no = int(number[1]) if number else 0
        if not lines[1][62:].strip().startswith("SUMME"):
            return (no, 0, 0)  # the change of the last one
        total = _cents(lines[2][62:])
        due = next((_cents(line[62:].replace("OFFEN", "")) for line in lines[3:20] if "OFFEN" in line[62:]), total)
        return (no, total, due)

    # -- doing

    def do(self, keys: str, after: Sale, *, paying: bool = False) -> None:
        """Type something that changes the sale, until it has."""
        before = self.sale
        while self.sale == before:
            try:
                if paying:
                    self._to_payment()
                self._type(keys)
                self.screen.wait_for(lambda: self.seen() == after.shown or (paying and self.asked), WAIT_S)
                if self.seen() != after.shown:
                    self._happened["by card without a printer"] += 1
                    self._type("\r")
                    self.screen.wait_for(lambda: self.seen() == after.shown, WAIT_S)
                self._now(after)
            except Killed:
                self._come_back(before, after)

    def scan_in_payment(self, article: Article) -> None:
        """A scan while money is being taken: refused, and nothing changes."""
        try:
            self._to_payment()
            self._type(f"{article.barcode}\r")
            self.screen.wait_for(lambda: "kein Geld" in self.screen.lines[21], WAIT_S)
            assert self.seen() == self.sale.shown
        except Killed:
            self._come_back(self.sale, self.sale)

    def redeem(self, code: str, value: int) -> bool:
        """Pay with a voucher; False: the till would not, and the customer pays otherwise."""
        before, after = self.sale, self.sale.and_paid("voucher", value)
        try:
            self._to_payment()
            said = self.screen.lines[21]
            self._type(f"{code}\r")
            self._settle(after, said)
            while self.asked:
                said = self.screen.lines[21]
                if self._answer():
                    self._settle(after, said)
            if self.seen() != after.shown:
                self._happened["voucher refused"] += 1
                return False
            self._now(after)
        except Killed:
            self._come_back(before, after)
        return self.sale == after

    def _settle(self, after: Sale, said: str) -> None:
        """Wait until the voucher is taken, a question stands there, or another sentence than before: a refusal."""
        self.screen.wait_for(lambda: self.seen() == after.shown or self.asked or self._refuses(said), WAIT_S)
        if self.seen() != after.shown:
            # A sentence may come before the rest of the picture; a key that is shown, and goes again, comes after it.
            self._type("7")
            self.screen.wait_for(lambda: self.prompt.endswith("7"), WAIT_S)
            self._type("\x7f")
            self.screen.wait_for(lambda: not self.prompt.endswith("7"), WAIT_S)

    def _refuses(self, said: str) -> bool:
        """Another sentence, and not that the tills are being asked (Esc gives it up)."""
        now = self.screen.lines[21]
        return bool(now.strip()) and now != said and "Esc" not in now

    def _answer(self) -> bool:
        """Answer the question about coverage; False: no."""
        self._happened["asked about coverage"] += 1
        yes = self._rng.random() < 0.7
        if not yes:
            self._type("\x1b")
        else:
            self._type("Kundin wartet\r" if "Grund" in self.prompt else "\r")
        self.screen.wait_for(lambda: not self.asked, WAIT_S)
        return yes

    def _to_payment(self) -> None:
        if not self.paying:
            self._type("+")
            self.screen.wait_for(lambda: self.paying, WAIT_S)

    def _type(self, keys: str) -> None:
        accident, self.accident = self.accident, None
        if accident is None:
            self.screen.write(keys)
            return
        self.screen.write(keys[: self._rng.randint(0, len(keys))])
        time.sleep(self._rng.choice((0.0, 0.0, 0.01, 0.05)))
        accident()
        raise Killed

    def _now(self, sale: Sale) -> None:
        """The sale is like this now; if it is another one, the one before is complete."""
        if sale.no != self.sale.no:
            assert sale.finished is not None
            self.done[self.sale.no] = sale.finished
        self.sale = sale

    # -- accidents and after them

    def kill_screens(self) -> None:
        self.screen.signal(signal.SIGKILL)

    def hang_up(self) -> None:
        self.screen.hang_up()

    def kill_engine(self) -> None:
        os.kill(self.engine(), signal.SIGKILL)
        self.screen.signal(self._rng.choice((signal.SIGKILL, signal.SIGTERM)))

    def engine(self) -> int:
        """The process of the engine."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                line = (process / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if str(self.home).encode() in line and b"engine" in line:
                return int(process.name)
        raise AssertionError(f"no engine of {self.home}")

    def _come_back(self, before: Sale, after: Sale) -> None:
        """Open the till again and look what is there."""
        self.screen.ended()
        self.put_away()
        self.screen = self._opened()
        self.screen.wait_for(lambda: self.seen() in (before.shown, after.shown), WAIT_S)
        self._now(after if self.seen() == after.shown else before)

    def _opened(self) -> Terminal:
        self.screen = Terminal(self._command)
        self.open = True
        self.screen.wait_for(lambda: self.seen()[0] > 0 and self.prompt.startswith(">"), WAIT_S)
        return self.screen

    def close(self) -> None:
        """The end of the day at this till."""
        if self.paying:
            self._type("\x1b")
        self._type("/99\r")
        self.screen.wait_for(lambda: self.asked, WAIT_S)
        self._type("\r")
        status = self.screen.ended()
        assert status == 0, self.screen.text
        self.put_away()

    def put_away(self) -> None:
        """Close the terminal; what runs in it is killed."""
        self.open = False
        self.screen.__exit__(None, None, None)


def _cents(text: str) -> int:
    digits = re.sub(r"\D", "", text)
    return int(digits) * (-1 if "-" in text else 1) if digits else 0


HEAD = "Zoo Neumann"

ACCIDENTS = (
    "scan_in_payment", "kill_screens", "kill_engine", "hang_up", "paper_out", "network_loss", "hung_neighbour",
)  # fmt: skip


class Day:
    """Customers and accidents, dealt by seed."""

    def __init__(self, seed: int, tills: tuple[Any, Any], cable: Any, folder: Path) -> None:
        """``cable``: a ``Cable`` between the two."""
        self._rng = random.Random(seed)
        self._cable = cable
        self._tills = tills
        self.happened: Counter[str] = Counter()
        self.printers = []
        for number, till in enumerate(tills, 1):
            printer = Printer(folder / f"paper{number}.txt")
            self.printers.append(printer)
            ringing = "true" if number == 1 else "false"
            (till.home / "till.toml").write_text(
                f'[printer]\naddress = "127.0.0.1:{printer.port}"\nwhile_ringing = {ringing}\n'
                f'[receipt]\nhead = ["{HEAD}"]\n',
                "utf-8",
            )
        self.cashiers = [
            Cashier(number, till, random.Random(f"{seed}/{number}"), self.happened)
            for number, till in enumerate(tills, 1)
        ]
        self._vouchers: list[tuple[str, int]] = []
        self._mend_in: dict[Callable[[], None], int] = {}
        """What is mended again, and after how many customers."""

    def work(self, receipts: int, accidents: int) -> None:
        """So many customers, and so many accidents, each kind as often as any other."""
        rng = self._rng
        deck = [ACCIDENTS[number % len(ACCIDENTS)] for number in range(accidents)]
        dealt: dict[int, list[str]] = defaultdict(list)
        for kind in deck:
            dealt[rng.randrange(receipts)].append(kind)
        for customer in range(receipts):
            for kind in dealt[customer]:
                self._begin(kind, self.cashiers[customer % 2])
            self._serve(self.cashiers[customer % 2], dealt[customer])
            self._mend()
        self._mend(all_of_it=True)

    def close(self) -> None:
        """Whatever still runs is ended."""
        for cashier in self.cashiers:
            if cashier.open:
                cashier.put_away()
            try:
                os.kill(cashier.engine(), signal.SIGKILL)
            except (AssertionError, ProcessLookupError):
                pass  # it has left already
        for printer in self.printers:
            printer.close()

    # -- accidents

    def _begin(self, kind: str, cashier: Cashier) -> None:
        self.happened[kind] += 1
        lasts = self._rng.randint(1, 3)
        if kind == "paper_out":
            printer = self.printers[cashier.till_no - 1]
            printer.fault(f"paper_out {self._rng.randint(0, 20)}")
            self._mend_in[lambda: printer.fault("paper_in")] = lasts
        elif kind == "network_loss":
            self._cable.cut()
            self._mend_in[self._cable.mend] = lasts
        elif kind == "hung_neighbour":
            neighbour = self.cashiers[2 - cashier.till_no]
            process = neighbour.engine()
            os.kill(process, signal.SIGSTOP)
            self._mend_in[lambda: os.kill(process, signal.SIGCONT)] = 0

    def _mend(self, *, all_of_it: bool = False) -> None:
        for mend, customers in list(self._mend_in.items()):
            if customers == 0 or all_of_it:
                mend()
                del self._mend_in[mend]
            else:
                self._mend_in[mend] = customers - 1

    # -- a customer

    def _serve(self, cashier: Cashier, accidents: list[str]) -> None:
        rng = self._rng
        no = cashier.sale.no
        kills = [kind for kind in accidents if kind in ("kill_screens", "kill_engine", "hang_up")]
        steps = rng.randint(1, 4)
        killed_at = {rng.randrange(steps + 2): kind for kind in kills}
        sells_voucher = rng.random() < 0.15
        for step in range(steps):
            self._maybe(cashier, killed_at.get(step))
            self._ring_up(cashier, voucher=sells_voucher and step == 0)
        self._maybe(cashier, killed_at.get(steps))
        if "scan_in_payment" in accidents:
            cashier.scan_in_payment(rng.choice(ARTICLES))
        self._maybe(cashier, killed_at.get(steps + 1))
        may_redeem = not any(line.vat_key == "" for line in cashier.sale.lines)
        while cashier.sale.no == no:
            self._take_money(cashier, redeem=may_redeem)
            may_redeem = False
        cashier.accident = None
        if sells_voucher:
            self._note_voucher(cashier, cashier.done[no])

    def _maybe(self, cashier: Cashier, kind: str | None) -> None:
        if kind is not None:
            cashier.accident = {
                "kill_screens": cashier.kill_screens, "kill_engine": cashier.kill_engine, "hang_up": cashier.hang_up,
            }[kind]  # fmt: skip

    def _ring_up(self, cashier: Cashier, *, voucher: bool) -> None:
        rng, sale = self._rng, cashier.sale
        if voucher:
            value = rng.choice((1000, 2500, 5000))
            return cashier.do(f"{value}{F6}", sale._replace(lines=(*sale.lines, Line(value, ""))))
        if len(sale.lines) > 1 and rng.random() < 0.1:
            return cashier.do("-", sale._replace(lines=sale.lines[:-1]))
        article = rng.choice(ARTICLES)
        code = rng.choice((article.ident, article.barcode, article.barcode)) + rng.choice(("\r", "\n", "\r\n"))
        count, price, typed = 1, article.price, code
        if rng.random() < 0.25:
            count = rng.randint(2, 5)
            typed = f"{count}*{code}"
        elif rng.random() < 0.1:
            price = rng.randint(100, 999)
            typed = f"{price}{F4}{code}"
        return cashier.do(typed, sale._replace(lines=(*sale.lines, Line(count * price, article.vat_key))))

    def _take_money(self, cashier: Cashier, *, redeem: bool) -> None:
        rng, sale = self._rng, cashier.sale
        if redeem and self._vouchers and rng.random() < 0.5:
            code, value = self._vouchers.pop(rng.randrange(len(self._vouchers)))
            if cashier.redeem(code, value):
                self.happened["voucher redeemed"] += 1
            return
        way = rng.random()
        if way < 0.4:
            cashier.do("\r", sale.and_paid("cash", sale.due), paying=True)
        elif way < 0.65:
            given = (sale.due // 1000 + 1) * 1000
            cashier.do(f"{given}+", sale.and_paid("cash", given), paying=True)
        elif way < 0.85 or sale.due < 200:
            cashier.do(F9, sale.and_paid("card", sale.due), paying=True)
        else:
            part = rng.randint(100, sale.due - 100)
            cashier.do(f"{part}{F9}", sale.and_paid("card", part), paying=True)

    def _note_voucher(self, cashier: Cashier, sale: Sale) -> None:
        """The code is on the picture of the receipt; after a restart it is gone, and nobody uses it."""
        found = re.search(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b", cashier.screen.text)
        if found:
            self._vouchers.append((found[0], next(line.gross for line in sale.lines if line.vat_key == "")))


# -- the figures ---------------------------------------------------------------------------------------


def figures(sales: list[Sale]) -> dict[str, Any]:
    """What the tills must report of these sales, reckoned by nobody but us; money as decimal strings."""
    gross: Counter[str] = Counter()
    tax: Counter[str] = Counter()
    tenders: Counter[str] = Counter()
    for sale in sales:
        of_receipt: Counter[str] = Counter()
        for line in sale.lines:
            of_receipt[line.vat_key] += line.gross
        for key, cents in of_receipt.items():
            gross[key] += cents
            tax[key] += (2 * cents * RATES[key] + 100 + RATES[key]) // (2 * (100 + RATES[key]))
        for tender, cents in sale.paid:
            tenders[tender] += cents
    return {
        "receipts": len(sales),
        "gross": money(sum(gross.values())),
        "by_vat": {key: (money(cents), money(tax[key])) for key, cents in sorted(gross.items())},
        "by_tender": {tender: money(cents) for tender, cents in sorted(tenders.items())},
    }


def reported(report: dict[str, Any]) -> dict[str, Any]:
    """The same of a till's report."""
    return {
        "receipts": report["receipts"],
        "gross": report["gross"],
        "by_vat": {row["vat_key"]: (row["gross"], row["tax"]) for row in report["by_vat"]},
        "by_tender": {row["tender"]: row["amount"] for row in report["by_tender"]},
    }


def money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
