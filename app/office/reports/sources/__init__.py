"""What reports sum up, written once as Ibis expressions over the books' tables (``app/office/reports/tables.py``).

A source is a table with a row for each thing: dimensions as text or numbers, measures as whole numbers that may be
added up. What a report asks of it is always the same: choose, group, sum.

* ``source.py``  the shape of one
* ``every.py``   all of them: the one list
* ``sales.py``   receipts, their lines, taxes, tenders and discounts
* ``cash.py``    cash movements and Z reports
* ``ledger.py``  what the ledger of resources says: vouchers, coupons, overdraws
* ``owed.py``    credits, deposits on orders, delivery notes
"""
