from datetime import date
from pathlib import Path

import numpy as np
import pytest

from bidproof.retrieval.evidence import gather_evidence, words_trust
from bidproof.retrieval.fusion import Signals, signals
from bidproof.retrieval.lance_index import LanceIndex
from bidproof.retrieval.pool import Pool
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.question import question_views
from passages import make_passage
from wordvectors import WordEmbedder

PASSAGES = (
    make_passage("The listener accepts TLS on port 8443.", path="network.md"),
    make_passage("Sales were 81,797 and 94,836 million.", path="2023 Q3.pdf", start=0),
    make_passage("Growth came from services.", path="2023 Q3.pdf", start=50),
    make_passage("Growth came from services.", path="old.pdf", written=date(2021, 5, 4)),
    make_passage("Growth came from devices.", path="new.pdf", written=date(2024, 5, 4)),
    make_passage("Staff are trained in privacy and privacy law.", path="privacy.md"),
)


@pytest.fixture
def pool(tmp_path: Path) -> Pool:
    embedder = WordEmbedder()
    index = LanceIndex(tmp_path, embedder_name=embedder.name, dimension=embedder.dimension)
    index.replace({passage.document_id for passage in PASSAGES}, PASSAGES, embedder.embed_documents(PASSAGES))
    return index.pool()


def found(pool: Pool, text: str, *, section: str = "") -> Signals:
    """Signals of a question, for all passages."""
    views = question_views(Query(text=text, context=(section,) if section else ()))
    embed = WordEmbedder().embed_queries
    titled = embed([views.section])[0] if views.section else None
    evidence = gather_evidence(pool, views, embed(views.texts), section=titled)
    return signals(evidence, np.arange(pool.size))


def row_of(pool: Pool, number: int) -> int:
    return pool.ids(np.arange(pool.size)).index(PASSAGES[number].id)


def test_words_are_trusted_when_a_document_holds_them(pool: Pool) -> None:
    def trust(text: str) -> float:
        views = question_views(Query(text=text))
        return words_trust(pool.whole.match(views.terms).shares(), views)

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


def test_figures_beside_the_words_asked_for_count_more(pool: Pool) -> None:
    asked, other = found(pool, "What were total sales?"), found(pool, "What were total costs?")
    assert asked.figures[row_of(pool, 1)] > other.figures[row_of(pool, 1)] > 0


def test_the_newest_document_is_lifted_when_the_latest_is_asked_for(pool: Pool) -> None:
    latest = found(pool, "Where did growth come from in the most recent report?").latest
    assert latest[row_of(pool, 4)] > latest[row_of(pool, 0)] > latest[row_of(pool, 3)]
    assert not found(pool, "Where did growth come from?").latest.any()


def test_the_title_of_the_section_lifts_documents_about_it(pool: Pool) -> None:
    section = found(pool, "Are people instructed yearly?", section="Privacy").section
    assert section.argmax() == row_of(pool, 5)
    assert not found(pool, "Are people instructed yearly?").section.any()
