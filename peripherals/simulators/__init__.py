"""Devices on their real wire, for practice and tests. They share no code with the drivers they are there to test.

* ``printer_machine.py``  an ESC/POS printer's head: bytes in, paper and replies out; pure
* ``printer.py``          the same on TCP, its paper in a file; takes fault commands
"""
