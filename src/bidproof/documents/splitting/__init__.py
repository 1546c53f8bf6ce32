"""From blocks to passages: three ways of cutting.

``structural.py`` is the default; ``chunks.py`` and ``tokenized.py`` are what they share.
"""
