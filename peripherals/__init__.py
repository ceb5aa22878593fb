"""Wires and bytes; nothing here knows what a sale is. Device classes and states are named as in UnifiedPOS.

* ``print_job.py``    what can be printed, as neutral values, and how a chunk ended
* ``escpos.py``       chunk -> ESC/POS bytes, per printer profile (the one place that imports python-escpos)
* ``status.py``       what a printer says about itself: the codec of its replies
* ``supervision.py``  how long to wait before a device is tried again
* ``printer_link.py`` one TCP connection to a printer
* ``printer.py``      the POSPrinter: keeps the connection, prints a chunk, says how it ended
* ``cash_drawer.py``  the CashDrawer on the printer's plug
* ``simulators/``     devices on their real wire, for practice and tests
"""
