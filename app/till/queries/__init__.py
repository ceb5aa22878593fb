"""Commands that only look, or wait; no session takes part in them.

Amounts and quantities are text in the answers. Whatever is asked about vouchers and sums is
asked after everything durable has reached the books.

* ``base.py``   a question, and the desk it is answered at
* ``every.py``  which function answers which question, and what programs call it
* ``articles.py``, ``vouchers.py``, ``coupons.py``, ``customers.py``, ``orders.py``, ``receivables.py``, ``parked.py``,
  ``receipts.py``  one of them, or all that wait
* ``turnover.py``, ``reports.py``, ``overdraws.py``, ``audit.py``  sums, Z reports, what was used twice, who did what
* ``cash.py``     what the drawer should hold now
* ``tenders.py``, ``settings.py``, ``users.py``  how this till is set
* ``network.py``, ``waiting.py``  how the network stands; waiting until something is so
"""
