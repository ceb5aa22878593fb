"""What is true in a shop: pure values and rules. No clock, no randomness, no I/O.

Reading order:

* ``money.py``     amounts in integer minor units: reading, writing, rounding, spreading
* ``quantity.py``  quantities in integer thousandths; the gross of a line
* ``instant.py``   one reading of the till's clock; days and instants as text
* ``vat.py``       tax out of a gross amount, per rate; the rate of a key on a day
* ``vat_data.py``  VAT keys and their dated rates (data, never code)
* ``codes.py``     barcodes and ident numbers with their check digits
* ``voucher.py``   voucher codes, kinds, and how much of one a sale may use
* ``article.py``   what a sellable article looks like
* ``sale.py``      the open sale: lines and payments; what is due
* ``receipt_no.py`` numbers that are given out once
"""
