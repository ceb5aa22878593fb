"""Many facts as one deed: put down whole before the first is written, and brought to an end whatever happens.

An import of thousands is journalled in steps, so that neither the tills nor the disk wait for all of it. What an office
that is killed in between had in mind is in its store, and its next start goes on from there.

* ``intent.py``     what is put down, and what of it is still to come; pure
* ``kept_text.py``  what is put down as one text, and back; pure
* ``standing.py``   how far it is, in this process
* ``writing.py``    writing it, going on with it, ending it early
* ``words.py``      what became of it, in sentences
"""
