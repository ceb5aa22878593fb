"""Tills at the office: what they are to be, how they are, and the catalogues that go to them.

* ``tills.py``      every number, one till's sheet, and what is done with it
* ``planning.py``   the forms: a plan, a release, a block of numbers
* ``values.py``     branches, device groups, number pools
* ``flows.py``      which data go to which till
* ``catalogues.py`` travelling catalogues and their articles
"""
