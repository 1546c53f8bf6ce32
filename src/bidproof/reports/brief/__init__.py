"""The brief of an RFP as people read it: rows for a table, and a Word file.

Start in ``rows.py``.
"""
