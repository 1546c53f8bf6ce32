from collections.abc import Sequence

from bidproof.language.terms import index_terms
from bidproof.retrieval.near_duplicates import without_near_duplicates
from wordvectors import WordEmbedder


def kept(texts: Sequence[str], count: int = 10) -> list[int]:
    """Places of the texts that stay."""
    vectors = WordEmbedder().embed_passages(texts)
    return without_near_duplicates(vectors, lambda at: frozenset(index_terms(texts[at])), count=count)


def test_the_first_of_equal_passages_stays() -> None:
    text = "Access is reviewed every quarter by the security team."
    assert kept([text, "Keys are rotated yearly.", text + " "]) == [0, 1]


def test_a_changed_number_is_no_duplicate() -> None:
    assert kept(["Logs are kept for 90 days.", "Logs are kept for 365 days."]) == [0, 1]


def test_no_more_are_kept_than_wanted() -> None:
    texts = ["Logs are kept.", "Logs are kept.", "Keys are rotated.", "Staff are trained."]
    assert kept(texts, 2) == [0, 2]


def test_nothing_stays_nothing() -> None:
    vectors = WordEmbedder().embed_passages(["Logs are kept."])[:0]
    assert without_near_duplicates(vectors, lambda at: frozenset(), count=3) == []
