"""Questions to the books, one file per subject. Each takes a connection and answers with a view.

* ``articles.py``  by ident number or barcode, by words; VAT rates
* ``vouchers.py``  a voucher's ledger summed up; overdraws
* ``receipts.py``  one receipt; a till's newest number; turnover
"""
