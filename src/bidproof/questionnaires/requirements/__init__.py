"""Prose RFPs: obligations of a text as questions.

Start in ``reader.py``.
"""
