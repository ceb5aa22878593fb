"""Facts into tables, one file per subject.

A fold gets the facts of one batch that are its business, each with its stamp, and writes
rows. It must give the same rows whatever the order, and however often a fact arrives.

* ``stamped.py``   a fact with where and when it was written; upserts per database
* ``articles.py``  articles, their barcodes and VAT rates: the newest wins
* ``vouchers.py``  vouchers and the holds on them: a ledger, never a balance
* ``receipts.py``  receipts and aborted sales
"""
