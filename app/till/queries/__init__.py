"""Commands that only look, or wait; no session takes part in them.

Amounts and quantities are text in the answers. Whatever is asked about vouchers and sums is
asked after everything durable has reached the books.

* ``base.py``   a question, and the desk it is answered at
* ``every.py``  which function answers which question, and what programs call it
* one file per subject: ``articles``, ``vouchers``, ``receipts``, ``turnover``, ``network`` …
"""
