"""Confidence, certificates and cascades: what may be relied on, and which model is asked.

It fits and stores; drafting only reads what it stored. Start in ``fit.py``.
"""
