"""What a record can say: one msgspec Struct per fact, versioned; no logic.

* ``base.py``         Fact: its topic and kind; Edit: who set a value of master data
* ``sales.py``        receipts, aborted sales, cash, Z reports, invoices, the audit log (topic ``sales``)
* ``circulation.py``  what other tills must know at once: resources granted, held and used; vouchers, coupons, parked
  sales, orders, delivery notes, receivables, customers (topic ``circulation``)
* ``statements.py``   vouchers and coupons that became known by their slips (topic ``circulation``)
* ``master.py``       articles, prices, VAT rates, reference data, users (topic ``master``)
* ``flows.py``        which feed a fact goes to: everybody's, or one with an audience
* ``codec.py``        fact <-> replication entry body; unknown kinds are passed over, never lost

A fact is never changed once released: a new shape is a new version of its kind.
"""
