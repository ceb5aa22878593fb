"""Facts into tables, one file per subject.

A fold gets the facts of one batch that are its business, each with its stamp, and writes
rows. It must give the same rows whatever the order, and however often a fact arrives.
Several folds may read the same fact.

* ``every.py``      which folds there are, and what is checked of a fact before
* ``stamped.py``    a fact with where and when it was written; which of competing rows stays
* ``statements.py`` statements with many rows; ``copied.py`` the same on PostgreSQL
* ``articles.py``, ``prices.py``, ``reference.py``, ``users.py``  the newest wins
* ``resources.py``  what was granted, held and used: a ledger, never a balance; ``overdraws.py`` what of it is settled
* ``vouchers.py``, ``coupons.py``  what was issued, and which vouchers are blocked
* ``receipts.py``   receipts and aborted sales; ``cash.py``, ``periods.py`` cash moved and Z reports
* ``parked.py``, ``orders.py``, ``receivables.py``  sales put aside, orders, delivery notes and invoices
* ``customers.py``  customers, who is forgotten, what they paid and bought
* ``numbers.py``    numbers of documents that are used; ``audit.py`` who did what
"""
