"""Devices on their real wire, for practice and tests. They share no code with the drivers they are there to test.

* ``serving.py``          a machine on TCP or a pseudo-terminal; the faults of wires
* ``printer_machine.py``  an ESC/POS printer's head: bytes in, paper and replies out; pure
* ``printer.py``          the same with its paper in a file
* ``scanner_machine.py``  a barcode scanner: what it is told to scan comes out as bytes; pure
* ``badge_machine.py``    a badge reader likewise; pure
* ``scale_machine.py``    Mettler 8217 and Checkout-Dialog 06 scales: bytes in, answers out; pure
* ``card_terminal_machine.py``  a card terminal by ZVT, on TCP or in serial frames; pure
* ``display_machine.py``  a customer display: bytes in, two lines out; pure
* ``gate_machine.py``     a relay board: bytes in, contacts that close and open; pure
"""
