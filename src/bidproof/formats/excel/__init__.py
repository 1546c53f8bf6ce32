"""Workbooks as XML: the directory of sheets, shared strings and styles, what is hidden.

Start in ``workbook.py``.
"""
