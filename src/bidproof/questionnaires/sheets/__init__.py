"""Grids of cells to questions, whatever file they come from: columns, headers, regions, rows, mapping.

Start in ``tables.py``.
"""
