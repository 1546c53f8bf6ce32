from pathlib import Path

import numpy as np
import pytest

from bidproof.retrieval.fusion import Signals, signals, words_trust
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.protocol import Filters, Query
from bidproof.retrieval.question import question_views
from wordvectors import WordEmbedder, make_passage

PASSAGES = (
    make_passage("The listener accepts TLS on port 8443.", path="network.md"),
    make_passage("Sales were 81,797 and 94,836 million.", path="2023 Q3.pdf", start=0),
    make_passage("Growth came from services.", path="2023 Q3.pdf", start=50),
)


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    embedder = WordEmbedder()
    index = LanceIndex(tmp_path, embedder_name=embedder.name, dimension=embedder.dimension)
    index.replace({passage.document_id for passage in PASSAGES}, PASSAGES, embedder.embed_documents(PASSAGES))
    return index.pool((), embedder.embed_queries([""]), filters=Filters())


def found(pool: Pool, text: str) -> Signals:
    """Signals of a question, for all passages."""
    views = question_views(Query(text=text))
    return signals(pool, views, WordEmbedder().embed_queries(views.texts))


def row_of(pool: Pool, number: int) -> int:
    return pool.ids.index(PASSAGES[number].id)


def test_words_are_trusted_when_a_document_holds_them(pool: Pool) -> None:
    def trust(text: str) -> float:
        views = question_views(Query(text=text))
        return words_trust(pool.whole.shares(views.terms), views)

    assert trust("Which port does the TLS listener accept?") > 0.4
    assert trust("Which colour has the parrot?") == 0
    assert trust("Are TLS policies and procedures documented, reviewed and maintained?") == 0


def test_figures_count_only_when_a_quantity_is_asked_for(pool: Pool) -> None:
    wanted = found(pool, "What were total sales?").figures
    assert wanted[row_of(pool, 1)] > wanted[row_of(pool, 2)]
    assert not found(pool, "Describe the listener").figures.any()


def test_a_named_period_lifts_its_document(pool: Pool) -> None:
    periods = found(pool, "How did services do in Q3 2023?").periods
    assert periods[row_of(pool, 2)] > periods[row_of(pool, 0)]
    assert np.isclose(periods[row_of(pool, 2)], 1.0)
