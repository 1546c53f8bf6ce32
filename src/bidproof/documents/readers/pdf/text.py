"""Lines of text out of rows: words broken at a line end are made whole again."""

from collections.abc import Iterable, Sequence

from bidproof.documents.readers.pdf.rows import Row

_EDGES = ".,;:!?()[]{}\"'“”‘’"


def known_words(rows: Iterable[Row]) -> frozenset[str]:
    """Lower-case words that stand unbroken somewhere in the document."""
    return frozenset(word.text.strip(_EDGES).lower() for row in rows for word in row.words)


def hyphen_free_lines(rows: Sequence[Row], words: frozenset[str]) -> list[str]:
    """One line a row; the tail of a broken word moves up to the line where it began.

    The hyphen goes where the document has the whole word elsewhere, or has no
    word that keeps it; ``third-party`` stays as it is written elsewhere.
    """
    lines: list[str] = []
    carried = ""
    for index, row in enumerate(rows):
        text = row.text[len(carried) :].lstrip() if carried else row.text
        carried = ""
        if row.ends_broken and index + 1 < len(rows) and rows[index + 1].words:
            tail = rows[index + 1].words[0].text
            if rows[index + 1].text.startswith(tail):
                head = text[:-1] if text.endswith("-") else text
                carried = tail
                text = _join(head, tail, words)
        lines.append(text)
    return lines


def _join(head: str, tail: str, words: frozenset[str]) -> str:
    first = head.rsplit(" ", 1)[-1].strip(_EDGES).lower()
    rest = tail.strip(_EDGES).lower()
    keeps_hyphen = f"{first}-{rest}" in words and first + rest not in words
    is_name = not (first.isalpha() and rest.isalpha() and rest.islower())
    return f"{head}-{tail}" if keeps_hyphen or is_name else f"{head}{tail}"
