from collections.abc import Sequence

from bidproof.language.terms import index_terms
from bidproof.retrieval.near_duplicates import pointing_alike, without_near_duplicates
from wordvectors import WordEmbedder


def kept(texts: Sequence[str]) -> list[int]:
    """Places of the texts that stay, with words known for those alone that need them."""
    vectors = WordEmbedder().embed_passages(texts)
    alike = pointing_alike(vectors)
    return without_near_duplicates(vectors, {at: frozenset(index_terms(texts[at])) for at in alike})


def test_the_first_of_equal_passages_stays() -> None:
    text = "Access is reviewed every quarter by the security team."
    assert kept([text, "Keys are rotated yearly.", text + " "]) == [0, 1]


def test_a_changed_number_is_no_duplicate() -> None:
    assert kept(["Logs are kept for 90 days.", "Logs are kept for 365 days."]) == [0, 1]


def test_a_passage_whose_words_are_unknown_stays() -> None:
    vectors = WordEmbedder().embed_passages(["Logs are kept.", "Logs are kept."])
    assert without_near_duplicates(vectors, {}) == [0, 1]


def test_nothing_stays_nothing() -> None:
    vectors = WordEmbedder().embed_passages(["Logs are kept."])[:0]
    assert pointing_alike(vectors) == []
    assert without_near_duplicates(vectors, {}) == []
