"""Finds the passages and documents that answer a question.

Owns embedding, the index on disk, and the ranking. It must not read files of
documents or questionnaires, call language models, or know why something is
searched. Start reading at ``search.py``; ``protocol.py`` names the swappable
parts and ``fusion.py`` holds the weights.
"""
