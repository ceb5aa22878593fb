"""RFIDScanner: readers of staff badges.

A bare number can be copied by anybody who has held the badge for a second: it says who somebody is, as a name does.

* ``codec.py``   what a reader sends (hex or decimal, either byte order) -> the badge's number as the shop writes it
* ``device.py``  the reader on its line
* ``pcsc.py``    readers that PC/SC knows, as a line (the one place that imports pyscard, which is an extra)
"""
