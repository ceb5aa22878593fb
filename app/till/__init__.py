"""What the cashier does.

The machine:

* ``commands.py``  what a cashier or program can ask for; ``handlers.py`` who carries out which command
* ``effects.py``   what the session asks of the world, and the events that answer; ``steps.py`` as generator calls
* ``session.py``   the whole till as a pure machine: ``handle(now, event) -> effects``
* ``counter.py``   the open sale and what commands share; ``keeping.py`` the sale as the engine keeps it
* ``standing.py``  who stands there and may do what; ``rehearsing.py`` training
* ``typed.py``     typed text into amounts, quantities and codes; ``refusals/`` every refusal and its sentence
* ``completing.py``, ``contributions.py``  a settled sale into its receipt and the facts that go with it
* ``holding.py``   using something up: look, claim, look again, hold; ``numbering.py`` the next number
* ``covering.py``  what not everybody confirmed: the policy, who overrides it, whether to ask first

The subjects:

* ``selling.py``, ``finding.py``, ``supplying.py``, ``relooking.py``  lines, articles, eat-in or take-away
* ``weighing.py``  goods by the kilogram: what the scale says, what is typed, tare
* ``keypad.py``    the pages of the assortment as this till has them
* ``pricing.py``, ``discounting.py``, ``couponing.py``  the sale priced anew; what is taken off
* ``paying.py``, ``tendering.py``, ``redeeming.py``  payments, and how each kind of tender is taken;
  ``offering.py`` what the takers answer with
* ``charging.py``  cards at the till's terminal: charged once, given back by it
* ``presenting.py``  a code, or a slip's statement that proves itself
* ``vouchers.py``, ``voucher_desk.py``, ``voucher_checks.py``  vouchers and tokens sold, reloaded, refunded, replaced
* ``returning.py``, ``voiding.py``, ``mirroring.py``  goods and whole receipts taken back
* ``parking.py``   sales put aside, resumed, merged, split
* ``customers.py``, ``crediting.py``  whose sale it is; credit, purse, bonus
* ``overdraws.py`` what was used beyond its value, told and settled
* ``ordering.py``, ``order_lines.py``, ``delivering.py``, ``invoicing.py``  orders, delivery notes, invoices
* ``cost_centres.py``  sales that nobody pays for
* ``cash.py``, ``counting.py``, ``reports.py``, ``figures.py``  the drawer, X and Z reports
* ``gates.py``     letting somebody through without a ticket
* ``users.py``, ``pins.py``, ``guessing.py``  login, approval, PINs
* ``staff.py``     users kept: who may log in, in which roles
* ``settings.py``  articles, prices and reference data set at the till

The shells:

* ``ports.py``     the engine and the books as the runner needs them
* ``runner.py``    carries effects out, one command at a time
* ``views.py``     what a screen needs to draw the open sale; ``customer_lines.py`` what the customer sees of it
* ``queries/``     commands that only look
* ``drive.py``     JSON lines on the runner (reference: docs/drive.md)
"""
