"""Separated values: read cell by cell, each with its place in the file, and cells that never run.

Start in ``text.py``.
"""
