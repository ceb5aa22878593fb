"""Reports as files: what each format makes of a ``ReportTable`` (``app/office/reports/table.py``).

* ``every.py``       the one list of formats; a file is written whole or not at all
* ``forms.py``       what a report's form (head, foot, logo, chart) means for its file
* ``figures.py``     a cell as people read it, and as a decimal string for programs
* ``flat.py``        the data lines as one plain table, groups as columns
* ``text_file.py``   aligned text: what commands print
* ``csv_file.py``    for spreadsheets and programs
* ``json_file.py``   rows as they are laid out; ``as_json`` is what ``--json`` prints
* ``chart.py``       what is drawn of a report; ``picture.py`` the chart as an SVG by matplotlib
* ``xlsx_file.py``   a workbook: the report, its data, a chart
* ``parquet_file.py``  typed columns for programs that reckon on
* ``pdf_file.py``    sheets of A4; ``pdf_layout.py`` which columns are how wide and where pages end
"""
