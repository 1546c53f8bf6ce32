import pytest

from bidproof.retrieval.weights import measured_weights


@pytest.mark.parametrize("language", ["en", "unknown"])
def test_a_language_that_the_embedder_knows_changes_nothing(language: str) -> None:
    assert measured_weights("minilm/1", language=language) == measured_weights("minilm/1")


def test_words_carry_a_language_that_the_embedder_does_not_know() -> None:
    plain, foreign = measured_weights("minilm/1"), measured_weights("minilm/1", language="es")
    assert foreign.dense < plain.dense
    assert foreign.keyword_share > plain.keyword_share
    assert foreign.repeat == plain.repeat


def test_meaning_alone_stays_alone_and_an_embedder_of_many_languages_keeps_its_weights() -> None:
    assert measured_weights("minilm/1", dense_weight=1.0, language="es").keyword_share == 0.0
    assert measured_weights("endpoint/e5", language="es") == measured_weights("endpoint/e5")


def test_an_embedder_that_was_not_measured_gets_the_weights_of_the_packaged_one() -> None:
    assert measured_weights("endpoint/http://127.0.0.1/v1/other") == measured_weights("minilm/1")
