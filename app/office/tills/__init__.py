"""What the office says of tills: branches, groups, plans, number blocks, and how each of them is.

* ``desk.py``      what the files below share: reading, setting and removing reference data in one durable step
* ``values.py``    branches, device groups and number pools
* ``planning.py``  a till's plan, and blocks of numbers
* ``listing.py``   every number of the network: who has it, how far known, what it holds, what it is planned to be
* ``every.py``     their operations
"""
