"""Does a text hold what a sentence says? The one verifier of drafting, editing and evaluation.

Owns the checks that find a difference, the doubts about force and scope, the score of how far the content
is there, and the verdict. It must not look for quotes, word answers or call a model.

Start reading at ``verifier.py``.
"""
