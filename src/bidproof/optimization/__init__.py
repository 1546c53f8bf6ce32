"""Optimization: searches for better programs, fits routes and confidences; offers a winner, never forces it.

Takes programs, gold cases and a way to run them; gives back measured candidates.
It must not promote anything, open the sealed test split, or print. Start reading
at ``records.py``, then ``evaluator.py`` and ``budget.py``.
"""
