"""What a record can say: one msgspec Struct per fact, versioned; no logic.

* ``base.py``         Fact: its topic and kind
* ``sales.py``        receipts (topic ``sales``)
* ``circulation.py``  vouchers and their holds (topic ``circulation``)
* ``master.py``       articles and VAT rates (topic ``master``)
* ``codec.py``        fact <-> replication entry body; unknown kinds are passed over, never lost

A fact is never changed once released: a new shape is a new version of its kind.
"""
