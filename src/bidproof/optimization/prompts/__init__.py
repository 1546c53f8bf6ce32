"""Searches for better prompts: DSPy's optimisers on the product's own engine.

Start in ``methods.py``. A candidate that leaks or grows over its cap is dropped here, before it is measured.
"""
