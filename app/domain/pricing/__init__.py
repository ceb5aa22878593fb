"""What the lines of a sale cost: promotions, coupons, discounts. Pure; the same basket costs the same in any order.

* ``promotion.py``  a price rule with its conditions (reference data)
* ``pile.py``       equal lines in one pile: what rules see, so that scan order cannot matter
* ``in_force.py``   all promotions, indexed, and those that apply at a moment
* ``competing.py``  promotions of which a piece gets one: the customer's best combination
* ``together.py``   rules that need several pieces
* ``stacking.py``   promotions that come on top
* ``giving.py``     coupons, and what a cashier typed
* ``reprice.py``    a sale with every rule applied anew
"""
