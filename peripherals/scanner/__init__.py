"""Scanner: barcode readers on a serial line. (Readers that type are the screens' business: ``app/screens/wedge.py``.)

* ``codec.py``   bytes -> codes with their symbology, and what was dropped, with the reason
* ``device.py``  the scanner on its line
"""
