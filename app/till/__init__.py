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

The subjects:

* ``selling.py``, ``finding.py``, ``supplying.py``, ``relooking.py``  lines, articles, eat-in or take-away
* ``pricing.py``, ``discounting.py``, ``couponing.py``  the sale priced anew; what is taken off
* ``paying.py``, ``tendering.py``, ``redeeming.py``  payments, and how each kind of tender is taken;
  ``offering.py`` what the takers answer with
* ``vouchers.py``, ``voucher_desk.py``, ``voucher_checks.py``  vouchers and tokens sold, reloaded, refunded, replaced
* ``returning.py``, ``voiding.py``, ``mirroring.py``  goods and whole receipts taken back
* ``parking.py``   sales put aside, resumed, merged, split
* ``customers.py``, ``crediting.py``  whose sale it is; credit, purse, bonus
* ``ordering.py``, ``order_lines.py``, ``delivering.py``, ``invoicing.py``  orders, delivery notes, invoices
* ``cost_centres.py``  sales that nobody pays for
* ``cash.py``, ``counting.py``, ``reports.py``, ``figures.py``  the drawer, X and Z reports
* ``users.py``, ``pins.py``, ``guessing.py``  login, approval, PINs
* ``settings.py``  articles, prices and reference data set at the till

The shells:

* ``ports.py``     the engine and the books as the runner needs them
* ``runner.py``    carries effects out, one command at a time
* ``views.py``     what a screen needs to draw the open sale
* ``queries/``     commands that only look
* ``drive.py``     JSON lines on the runner (reference: docs/drive.md)
"""
