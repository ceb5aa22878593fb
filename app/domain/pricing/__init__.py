"""What the lines of a sale cost: promotions, coupons, discounts. Pure; the same basket costs the same in any order.

* ``promotion.py``  a price rule with its conditions (reference data)
* ``reprice.py``    a sale with every rule applied anew
"""
