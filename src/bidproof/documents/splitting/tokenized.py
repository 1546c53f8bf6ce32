"""A document with the tokens and vectors of its stretches: what every way of cutting works on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from semantic_text_splitter import TextSplitter

from bidproof.core.errors import InvalidSetting
from bidproof.core.records import Document, Span
from bidproof.language.tokens import Token, count_tokens_many, local_tokenizer, token_spans

_CHARS_PER_TOKEN = 16
"""At most: the tokenizer counts a word of any length that it does not know as one token."""
_COUNTED_CHARS = 200_000
"""Characters that are tokenized at once; a token takes a hundred times its character's memory."""

Embed = Callable[[Sequence[str]], Any]


class TokenizedDocument:
    """Text and blocks of a document, and the tokens and vectors of any stretch.

    Args:
        document: Its blocks must be ordered and not overlap.
        embed: Texts to unit vectors, float [n, d]; None where nothing is cut by meaning.
    """

    def __init__(self, document: Document, *, embed: Embed | None) -> None:
        self.text = document.text
        self.blocks = document.blocks
        self._embed = embed

    def count(self, spans: Iterable[Span]) -> list[int]:
        """Tokens of each span, counted together; a span by itself costs more."""
        spans = list(spans)
        counts = [0] * len(spans)
        stretches = ((place, plain) for place, span in enumerate(spans) for _, plain in self._stretches(span))
        for some in _by_size(stretches, _COUNTED_CHARS):
            found = zip(some, count_tokens_many([plain for _, plain in some]), strict=True)
            for (place, plain), tokens in found:
                counts[place] += max(tokens, len(plain) // _CHARS_PER_TOKEN)
        return counts

    def vectors(self, spans: Iterable[Span]) -> Any:
        """The vector of each span, float [n, d]."""
        if self._embed is None:
            raise InvalidSetting(
                "setting 'documents.chunking': found 'semantic' without an embedder, expected one",
                hint="set documents.chunking to structural",
            )
        return self._embed([self.text[span.start : span.end] for span in spans])

    def tokens(self) -> tuple[Token, ...]:
        """All tokens in order."""
        return tuple(
            Token(id=token.id, start=first + token.start, end=first + token.end)
            for first, plain in self._stretches(Span(start=0, end=len(self.text)))
            for token in token_spans(plain)
        )

    def cut(self, span: Span, *, max_tokens: int) -> list[Span]:
        """Cut at sentences, words at worst, to stretches of at most so many tokens.

        Line ends count as spaces: in a page's text they are only where the line was full.
        """
        longest = max_tokens * _CHARS_PER_TOKEN
        return [
            Span(start=start, end=min(end, start + longest))
            for first, plain in self._stretches(span)
            for offset, part in _splitter(max_tokens).chunk_indices(plain)
            for end in (first + offset + len(part),)
            for start in range(first + offset, end, longest)
        ]

    def _stretches(self, span: Span) -> Iterator[tuple[int, str]]:
        """The span as stretches that may be tokenized at once, each ending before a space if it has one."""
        start = span.start
        while start < span.end:
            plain = self.text[start : min(span.end, start + _COUNTED_CHARS)].replace("\n", " ")
            if start + len(plain) < span.end and (space := plain.rfind(" ")) > 0:
                plain = plain[:space]
            yield start, plain
            start += len(plain)


def _by_size(texts: Iterable[tuple[int, str]], size: int) -> Iterator[list[tuple[int, str]]]:
    some: list[tuple[int, str]] = []
    characters = 0
    for place, text in texts:
        some.append((place, text))
        characters += len(text)
        if characters >= size:
            yield some
            some, characters = [], 0
    yield some


@lru_cache(maxsize=16)
def _splitter(max_tokens: int) -> TextSplitter:
    """A splitter for one cap; each holds its own copy of the tokenizer, so few are kept."""
    return TextSplitter.from_huggingface_tokenizer(local_tokenizer(), max_tokens)
