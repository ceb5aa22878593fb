"""What is true in a shop: pure values and rules. No clock, no randomness, no I/O.

Reading order:

* ``money.py``, ``quantity.py``   amounts in integer minor units and thousandths: reading, writing, rounding, spreading
* ``instant.py``                  one reading of the till's clock; days and instants as text
* ``vat.py``, ``vat_data.py``     tax out of a gross amount, per rate; VAT keys and their dated rates
* ``reference.py``, ``settings.py`` what a shop sets: the subjects, each with its value and key
* ``codes.py``, ``in_store_code.py``, ``assortment.py`` barcodes, and what is in them
* ``article.py``, ``price_list.py`` what a sellable article looks like, and what it costs whom and when
* ``customer.py``, ``persons.py`` who buys; what is personal about them, sealed
* ``user.py``                     who stands at the till, and the rights
* ``sale.py``, ``sale_steps.py``  the open sale: lines, payments and coupons; what is due
* ``pricing/``                    what every line of it costs after discounts and promotions
* ``resource.py``, ``holds.py``   what may be used only once or up to a balance, and what a sale holds of it
* ``voucher.py``, ``coupon.py``, ``order.py``, ``receivable.py``, ``returns.py``, ``cost_centre.py`` what it is about
* ``tender.py``, ``cash.py``      what is paid with; what lies in the drawer
* ``settlement.py``               what vouchers may pay for, and the settled sale as it goes on its receipt
* ``parking.py``                  the open sale, put aside as text in parts
* ``receipt_no.py``, ``number_range.py`` numbers that are given out once
"""
