"""The report of an evaluation run.

Start in ``page.py``.
"""
