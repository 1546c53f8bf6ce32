"""PDF questionnaires: numbered units and tables, no answer slots.

Start in ``reader.py``.
"""
