"""HTML to blocks: what a browser would show, by the page's own style sheets.

Start in ``reader.py``.
"""
