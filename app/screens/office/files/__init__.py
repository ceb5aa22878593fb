"""Files of other programs at the office: in and out, and the mappings that say how they are laid out.

* ``kinds.py``      what files can hold, and what people call it
* ``browsing.py``   choosing a file
* ``taking_in.py``  a file in: which mapping, what would change, then exactly that
* ``handing_out.py`` a file out
* ``mapping.py``    making a mapping: the layout, and each field's column, with the file's first lines in view
* ``field_form.py`` where one field comes from, and how it is written
"""
