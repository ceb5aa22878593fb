"""One pure rule for each kind of finding: rows in, findings out; no clock, no randomness, no I/O.

* ``number_gap.py``, ``number_double.py``  numbers of documents that are missing, or there twice
* ``after_z.py``  what was booked into a period after its Z report
* ``z_sums.py``  Z reports that do not fit their receipts
* ``cash_difference.py``  drawers with more or less than the books say
* ``overdrawn.py``  what was used beyond its value
* ``below_cost.py``, ``price_changed.py``  prices below the purchase price, and typed ones
* ``return_without_receipt.py``, ``voids.py``  goods back without a receipt; who voids more than others
* ``silent_days.py``  days on which a till sold nothing while others did
* ``clock_jump.py``  receipts whose own time is not that of their record
* ``silence.py``   tills of which nothing has been heard for long
* ``chain.py``, ``fork.py``, ``quarantined.py``  feeds that do not hold, that go two ways, and what was refused of them
* ``passed_over.py``  records that never came into the books
"""
