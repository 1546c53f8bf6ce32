"""A program over a gold set: answer, score, store, summarise.

Start in ``runs.py``.
"""
