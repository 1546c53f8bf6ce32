import pytest

from bidproof.answering.verify import QuoteTooShort, locate_quote
from bidproof.core.records import Passage, Span
from passages import make_passage


def passage(text: str, *, start: int = 0) -> Passage:
    return make_passage(text, path="policy.md", title="Policy", start=start)


def test_quote_is_located_in_document_characters() -> None:
    found = locate_quote("data is encrypted", passage=passage("All data is encrypted.", start=100))
    assert found == Span(start=104, end=121)


def test_white_space_runs_match_one_space() -> None:
    text = "All data\n   is\tencrypted."
    found = locate_quote("All data is encrypted.", passage=passage(text))
    assert found == Span(start=0, end=len(text))


def test_no_break_space_is_white_space() -> None:
    assert locate_quote("within 30 days of", passage=passage("within\u00a030 days of")) is not None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("All Data is encrypted", "All data is encrypted"),
        ("data, at rest, is safe", "data at rest is safe"),
        ("kept for 30 days", "kept for 31 days"),
        ("encrypted at rest", "unencrypted at rest"),
        ("data is encrypt", "data is encrypted"),
        ("version 1.2 is used", "version 11.2 is used"),
    ],
)
def test_a_different_text_is_not_located(quote: str, text: str) -> None:
    assert locate_quote(quote, passage=passage(text)) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ('the customer\'s own "key"', "the customer’s own “key”"),
        ("a well-known method", "a well‑known method"),
        ("pages 10-20 of the", "pages 10–20 of the"),
        ("keys – all of them – rotate", "keys — all of them — rotate"),
    ],
)
def test_typographic_marks_count_as_the_same(quote: str, text: str) -> None:
    assert locate_quote(quote, passage=passage(text)) is not None


def test_first_of_several_matches_wins() -> None:
    text = "Keys are rotated. Keys are rotated."
    assert locate_quote("Keys are rotated", passage=passage(text)) == Span(start=0, end=16)


def test_regular_expression_characters_are_plain_text() -> None:
    assert locate_quote("a.*b (c|d) [e] +1", passage=passage("x a.*b (c|d) [e] +1 y")) == Span(
        start=2, end=19
    )
    assert locate_quote("a.*b (c|d) [e]", passage=passage("axxb (c|d) [e]")) is None


@pytest.mark.parametrize("quote", ["", "   ", "short", "a         b       c"])
def test_short_quote_proves_nothing(quote: str) -> None:
    with pytest.raises(QuoteTooShort, match="at least 12"):
        locate_quote(quote, passage=passage("short and a b c"))
