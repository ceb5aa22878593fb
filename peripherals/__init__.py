"""Wires and bytes; nothing here knows what a sale is. Device classes and states are named as in UnifiedPOS.

* ``print_job.py``    what can be printed, as neutral values, and how a chunk ended
* ``escpos.py``       chunk -> ESC/POS bytes, per printer profile (the one place that imports python-escpos)
* ``symbols.py``      codes for scanners and pictures as ESC/POS bytes
* ``logo.py``         a picture file -> dots for the head of receipts, or what is wrong with it
* ``status.py``       what a printer says about itself: the codec of its replies
* ``line.py``         how a serial line is set
* ``wire.py``         the line to a device that is open; ``opening.py`` opens it: TCP, ``device_file.py``,
  ``remote_port.py`` (both by ``serial_port.py``)
* ``claiming.py``     one owner per device and machine
* ``supervision.py``  a device that is claimed, opened, and tried again when its line is lost; how it is
* ``silent.py``       a device that is only told things
* ``finding.py``      printers that say in the network that they are there (mDNS)
* ``printer_link.py`` one line to a printer that is open
* ``printer.py``      the POSPrinter: keeps the connection, prints a chunk, says how it ended
* ``cash_drawer.py``  the CashDrawer on the printer's plug; ``drawer_watch.py`` how long it has stood open
* ``reader.py``       devices that only ever send: scanners and badge readers
* ``line_cutter.py``  bytes of a serial reader -> whole lines; ``repeats.py`` the same read twice
* ``scanner/``        Scanner: barcode readers on a serial line
* ``badge/``          RFIDScanner: readers of staff badges
* ``scale/``          scales: protocols, weighing
* ``card_terminal/`` the CAT: card payments by ZVT, once or not at all
* ``display/``        the LineDisplay for the customer
* ``gate/``           the Gate: a relay that lets through for a moment
* ``simulators/``     devices on their real wire, for practice and tests
"""
