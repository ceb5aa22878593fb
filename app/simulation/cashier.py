"""What a cashier does next, drawn by the seed: a whole day's work, in any mix that the dice give.

What customers carry between the tills (vouchers, coupons, receipts to return something with, numbers of parked
sales and orders) is remembered here, out of what they were told.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

from app.simulation.goods import ARTICLES, CUSTOMERS
from app.till import commands
from app.till.views import SaleView


class Pockets:
    """What all customers together have in their pockets."""

    def __init__(self, coupons: tuple[str, ...] = ()) -> None:
        self.vouchers: list[str] = []
        self.coupons = list(coupons)
        self.receipts: list[str] = []
        self.parked: list[str] = []
        self.orders: list[str] = []

    def refused(self, command: commands.Command | None, code: str) -> None:
        """A coupon that is used goes into the bin."""
        if code == "coupon_used" and isinstance(command, commands.TakeCoupon) and command.code in self.coupons:
            self.coupons.remove(command.code)

    def told(self, fields: dict[str, Any]) -> None:
        """The answer of a command."""
        self.vouchers += fields.get("vouchers", ())
        self.coupons += fields.get("coupons", ())
        if fields.get("receipt_no"):
            self.receipts.append(fields["receipt_no"])
        if fields.get("park_no"):
            self.parked.append(fields["park_no"])
        if fields.get("order_no"):
            self.orders.append(fields["order_no"])


class Cashier:
    """Draws commands. ``hammering`` (``vouchers``, ``coupons``, ``returns``): a few of them, as fast as they can."""

    def __init__(self, rng: Random, pockets: Pockets) -> None:
        self.rng = rng
        self.pockets = pockets
        self.hammering = ""

    def next(self, view: SaleView, *, customer: bool) -> commands.Command:
        """The next command with the sale as it is; ``customer``: it is somebody's."""
        if not view.lines:
            return self._begin()
        if self.hammering == "vouchers" and self.pockets.vouchers:
            return self._hammer(view)
        if self.hammering == "coupons" and self.pockets.coupons and self.rng.random() < 0.5:
            return commands.TakeCoupon(self.rng.choice(self.pockets.coupons[:2]))
        if self.hammering == "coupons":
            return commands.Pay()
        if self.hammering == "returns":
            return commands.Pay(amount=None if view.total_minor < 0 else self._money(100, 5000))
        if customer and self.rng.random() < 0.4:
            return commands.Pay(tender=self.rng.choice(("customer_credit", "delivery_note", "purse", "bonus_purse")))
        choice = self.rng.random()
        if choice < 0.2:
            return self._line()
        if choice < 0.4 and self.pockets.vouchers:
            amount = None if self.rng.random() < 0.4 else self._money(1, 900)
            return commands.Redeem(self.rng.choice(self.pockets.vouchers[-6:]), amount)
        if choice < 0.48 and self.pockets.coupons:
            return commands.TakeCoupon(self.rng.choice(self.pockets.coupons))
        if choice < 0.53:
            line = None if self.rng.random() < 0.5 else str(self.rng.choice(view.lines).line)
            return commands.GiveDiscount(percent=str(self.rng.choice((5, 10, 50))), line=line)
        if choice < 0.57:
            return commands.ChooseCustomer(self.rng.choice((*CUSTOMERS, None)))
        if choice < 0.62:
            numbers = [line.line for line in view.lines] + [payment.line for payment in view.payments]
            return commands.VoidLine(str(self.rng.choice(numbers)))
        if choice < 0.65:
            return commands.VoidSale()
        if choice < 0.69:
            return commands.Park(self.rng.choice(("", "Tisch 4")))
        if choice < 0.72:
            return commands.PlaceOrder(deposit=self.rng.choice((None, "0.50", "1.00")))
        if choice < 0.76:
            return commands.Pay(tender=self.rng.choice(("card", "girocard", "cheque")), reference="4711")
        if choice < 0.8:
            return commands.Pay(amount=self.rng.choice(("1.00", "100.00")))
        return commands.Pay()

    def last_orders(self, view: SaleView, parked: Sequence[str]) -> commands.Command:
        """The day is over: finish what is open, throw away what is still parked."""
        if view.sale_id:
            return commands.VoidSale() if not view.payments or self.rng.random() < 0.5 else commands.Pay()
        return commands.DropParked(parked[0], "closing time")

    def _begin(self) -> commands.Command:
        choice = self.rng.random()
        if self.hammering == "returns" and self.pockets.receipts and choice < 0.6:
            return commands.ReturnLine(self.rng.choice(self.pockets.receipts[-3:]), "1", "1", "gefällt nicht")
        if self.hammering or choice < 0.75:
            return self._line()
        if choice < 0.84 and self.pockets.receipts:
            number = self.rng.choice(self.pockets.receipts[-8:])
            return commands.ReturnLine(number, str(self.rng.randint(1, 3)), "1", "gefällt nicht")
        if choice < 0.88 and self.pockets.parked:
            return commands.Resume(self.rng.choice(self.pockets.parked[-4:]))
        if choice < 0.91 and self.pockets.orders:
            order_no = self.rng.choice(self.pockets.orders[-4:])
            return (
                commands.PickUp(order_no) if self.rng.random() < 0.7 else commands.CancelOrder(order_no, "doch nicht")
            )
        if choice < 0.93:
            return self.rng.choice(
                (commands.PayIn("5.00", "Wechselgeld"), commands.TopUp(self.rng.choice(CUSTOMERS), "9.00"))
            )
        if choice < 0.95 and self.pockets.receipts:
            return commands.VoidReceipt(self.rng.choice(self.pockets.receipts[-3:]), "verrechnet")
        if choice < 0.98:
            return commands.ZReport()
        return self.rng.choice((commands.PayCredit(CUSTOMERS[0]), commands.CollectInvoice(CUSTOMERS[0])))

    def _hammer(self, view: SaleView) -> commands.Command:
        """Several payments of a few euro each with a voucher that everyone has in hand, then cash."""
        if view.due_minor < 300 or len(view.payments) > 3 or self.rng.random() < 0.1:
            return commands.Pay()
        return commands.Redeem(self.rng.choice(self.pockets.vouchers[-3:]), self._money(100, 300))

    def _line(self) -> commands.Command:
        if self.rng.random() < (0.08 if self.hammering == "vouchers" else 0.25) or not self.pockets.vouchers:
            return commands.SellVoucher(self._money(100, 3000))
        return commands.Scan(self.rng.choice(ARTICLES), str(self.rng.randint(1, 4)))

    def _money(self, least: int, most: int) -> str:
        return f"{self.rng.randint(least, most) / 100:.2f}"
