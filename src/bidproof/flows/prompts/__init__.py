"""The store of programs from the outside: look, change, prove, exchange.

Start in ``change.py``.
"""
