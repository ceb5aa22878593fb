"""Reports on the screen: chosen, asked, read as table or chart, saved as files, made and changed.

* ``listed.py``      the list, and what is done with one that was chosen
* ``asking.py``      the form of its parameters; ``words.py`` what periods, columns and formats are called
* ``result.py``      the result shown: ``table_step.py`` as a table, ``chart_step.py`` as a chart in characters
* ``saving.py``      the result as a file
* ``own_ones.py``    own reports made, copied, changed
"""
