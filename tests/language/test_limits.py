"""Texts are cut at sentence ends, never in a word."""

from hypothesis import given
from hypothesis import strategies as st

from bidproof.language.limits import cut_to_limits, fits

TEXT = "We encrypt all data. Keys rotate yearly, and each rotation is logged. Backups are encrypted too."


def test_whole_sentences_are_kept() -> None:
    assert cut_to_limits(TEXT, max_words=12, max_chars=None) == TEXT[:69]
    assert cut_to_limits(TEXT, max_words=None, max_chars=30) == "We encrypt all data."
    assert cut_to_limits(TEXT, max_words=100, max_chars=None) == TEXT


def test_a_long_first_sentence_is_cut_between_words() -> None:
    assert cut_to_limits(TEXT, max_words=3, max_chars=None) == "We encrypt all…"
    assert cut_to_limits(TEXT, max_words=None, max_chars=9) == "We…"
    assert cut_to_limits("Incomprehensibilities", max_words=None, max_chars=5) == ""


@given(st.text(), st.integers(1, 20), st.integers(1, 60))
def test_the_result_always_fits_and_breaks_no_word(text: str, words: int, characters: int) -> None:
    cut = cut_to_limits(text, max_words=words, max_chars=characters)
    assert fits(cut, max_words=words, max_chars=characters)
    if cut != text.strip():
        kept = cut.removesuffix("…").split()
        assert [word.rstrip(",;:–-…") for word in kept] == [
            word.rstrip(",;:–-…") for word in text.split()[: len(kept)]
        ]
