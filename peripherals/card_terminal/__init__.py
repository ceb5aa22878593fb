"""The card terminal (UnifiedPOS: CAT), by ZVT over TCP or a serial line. It moves money once, or says that it may have.

* ``apdu.py``               the messages of both sides; requests
* ``framing.py``            APDUs on TCP (bare) and on a serial line (frames with a checksum)
* ``status_information.py`` the fields of ``04 0F``: what became of a transaction
* ``printed_text.py``       what the terminal has the till print
* ``result_codes.py``       its numbers for why not, as words
* ``exchange.py``           one request and all that follows it
* ``conversation.py``       an open line, one exchange after the other
* ``device.py``             the terminal as a supervised device
* ``payment.py``            intent, verdict, and how an uncertain one is resolved
"""
