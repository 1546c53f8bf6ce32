"""A response document and a compliance matrix, for files without places to answer in.

Start in ``writer.py``.
"""
