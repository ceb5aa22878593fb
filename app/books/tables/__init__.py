"""The tables of the books, one file per subject.

Every fact's row keeps its *stamp*, ``hybrid time/member/sequence``: text whose order is the
order of facts, the same at every till. Where facts compete, the newest stamp wins (articles,
rates: the last word counts) or the oldest (what happens only once: the first word counts).
That makes every fold independent of the order of arrival.

* ``base.py``       metadata, positions, what was passed over
* ``articles.py``   articles, barcodes, VAT rates; ``prices.py`` prices by list and period
* ``reference.py``  reference data: one row per subject and key; ``users.py`` who may work here
* ``resources.py``  the ledger of what can be used up; ``overdraws.py`` settlements of what was used beyond it
* ``vouchers.py``   vouchers, blocks; ``coupons.py`` single-use coupons
* ``receipts.py``   receipts, their lines, taxes and tenders; aborted sales
* ``cash.py``       cash moved and counted; ``periods.py`` Z reports
* ``parked.py``, ``orders.py``, ``receivables.py``  parked sales; orders; delivery notes and invoices
* ``customers.py``  customers, payments of credit, turnover; whatever is personal is sealed
* ``numbers.py``    numbers of documents that are used; ``audit.py`` the audit log
"""
