"""From blocks to passages: three ways of cutting.

``structural.py`` is the default; ``chunks.py`` is what they share.
"""
