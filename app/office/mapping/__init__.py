"""Files of other programs: how they are laid out, and their rows with our fields, both ways.

* ``plan.py``        a mapping as a readable file: layout, fields, conversions
* ``fields.py``      what each of our fields holds
* ``encoding.py``    bytes to text: the encoding stated, or found
* ``convert.py``     one field's text to our way of writing and back
* ``delimited.py``   rows of lines: separators, fixed width
* ``structured.py``  rows of JSON and XML
* ``workbook.py``    rows of XLSX
* ``writing.py``     rows of our fields to a file; ``workbook_out.py`` to XLSX
* ``reading.py``     a file and its mapping to rows of our fields
"""
