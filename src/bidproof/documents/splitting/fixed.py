"""Windows of so many tokens, cut between words, structure ignored."""

from collections.abc import Iterator

from bidproof.core.records import Span
from bidproof.core.settings import DocumentSettings
from bidproof.documents.splitting.chunks import Chunk
from bidproof.documents.splitting.tokenized import TokenizedDocument
from bidproof.language.tokens import Token


def cut_fixed(document: TokenizedDocument, settings: DocumentSettings) -> Iterator[Chunk]:
    """Cut to windows of at most ``max_tokens``, each repeating the end of the one before.

    A window ends before a word that would be cut, unless that word alone
    fills half of it.
    """
    text = document.text
    tokens = document.tokens()
    first = 0
    start, stop = len(text) - len(text.lstrip()), len(text.rstrip())
    while start < stop:
        last = _end(text, tokens, first, settings.max_tokens)
        end = tokens[last].start if last < len(tokens) else len(text)
        stretch = text[start:end].rstrip()
        if stretch:
            yield Chunk(span=Span(start=start, end=start + len(stretch)))
        if last >= len(tokens):
            return
        first = _word_start(text, tokens, max(first + 1, last - settings.overlap_tokens), last)
        start = tokens[first].start


def _end(text: str, tokens: tuple[Token, ...], first: int, size: int) -> int:
    last = first + size
    if last >= len(tokens):
        return len(tokens)
    floor = first + max(1, size // 2)
    while last > floor and not _starts_word(text, tokens[last]):
        last -= 1
    return last if _starts_word(text, tokens[last]) else first + size


def _word_start(text: str, tokens: tuple[Token, ...], index: int, last: int) -> int:
    while index < last and not _starts_word(text, tokens[index]):
        index += 1
    return index


def _starts_word(text: str, token: Token) -> bool:
    return token.start == 0 or text[token.start - 1].isspace()
