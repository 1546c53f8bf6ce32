"""PDF pages to blocks: text, columns, tables, headings, figures.

Start in ``reader.py``.
"""
