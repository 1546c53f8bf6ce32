"""Word files as XML: styles, numbering, the package.

Start in ``package.py``.
"""
