"""Turns files into documents, and documents into passages.

Owns finding files, telling their type by content, reading them in guarded child
processes, cutting text into passages, and page images. A reader assumes that
its file is hostile. It must not store, embed or search anything, nor know what
a questionnaire asks. Start reading at ``parse.py``; ``guard.py`` holds the bars
around a parser, ``readers`` one file a format, ``passages.py`` the cutting.
"""
