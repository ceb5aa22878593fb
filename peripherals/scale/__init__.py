"""Scales: from bytes to a weight, or to the reason why there is none. Grams are whole numbers everywhere.

* ``reading.py``  what a weighing is asked with and ends with; what a protocol is for the device
* ``mettler.py``  Mettler 8217: the scale says a weight
* ``dialog.py``   Checkout-Dialog 06 (Bizerba, Mettler): the scale reckons the price too
* ``device.py``   the Scale: keeps the line, weighs when asked, tells a weighing that was sold already
"""
