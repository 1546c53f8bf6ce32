import asyncio

import pytest

from bidproof.core.errors import ModelUnavailable
from bidproof.evaluation.judging.matrix_offline import OfflineMatrix
from bidproof.evaluation.running.scoring import RunScoring
from outcomes import case, matrix, outcome
from passages import make_passage


class Maker:
    name, is_model = "judge", True

    def __init__(self, error=None):
        self.made, self.error = 0, error

    async def make(self, case, outcome):
        self.made += 1
        await asyncio.sleep(0)
        if self.error:
            raise self.error
        return matrix(answer_passages=[[1]])


def test_concurrent_metrics_share_one_matrix_and_repeats_do_not():
    maker = Maker()
    scoring = RunScoring(maker)

    async def run():
        one, again = outcome("x", repeat=0), outcome("x", repeat=1)
        await asyncio.gather(*(scoring.matrix(case(), one) for _ in range(4)), scoring.matrix(case(), again))

    asyncio.run(run())
    assert maker.made == 2
    assert set(scoring.matrices) == {("q1", 0), ("q1", 1)}


def test_every_metric_gets_the_judges_error_and_one_call_is_made():
    maker = Maker(ModelUnavailable("down", hint="wait"))
    scoring = RunScoring(maker)

    async def run():
        return await asyncio.gather(
            *(scoring.matrix(case(), outcome("x")) for _ in range(3)), return_exceptions=True
        )

    errors = asyncio.run(run())
    assert [type(error) for error in errors] == [ModelUnavailable] * 3
    assert maker.made == 1
    assert scoring.matrices == {}


def test_a_cancelled_metric_does_not_cancel_the_others():
    maker = Maker()
    scoring = RunScoring(maker)

    async def run():
        first = asyncio.ensure_future(scoring.matrix(case(), outcome("x")))
        second = asyncio.ensure_future(scoring.matrix(case(), outcome("x")))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert asyncio.run(run()).passages == 1
    assert maker.made == 1


def test_stored_matrices_are_not_made_anew():
    maker = Maker()
    scoring = RunScoring(maker, known={("q1", 0): matrix(answer_passages=[[0]])})
    assert asyncio.run(scoring.matrix(case(), outcome("x"))).answer_by_passage[0][0].is_held is False
    assert maker.made == 0


def test_the_offline_matrix_stands_beside_the_judges():
    given = outcome("Backups last 30 days.", passages=[make_passage("Backups last 30 days.")])
    judged = RunScoring(Maker())
    assert not asyncio.run(judged.offline_matrix(case(), given)).is_model
    plain = RunScoring(OfflineMatrix())
    assert asyncio.run(plain.offline_matrix(case(), given)) is asyncio.run(plain.matrix(case(), given))


def test_similarity_without_embedder_is_empty_and_texts_are_embedded_once():
    assert RunScoring(Maker()).similarity("a", ["b"]) == []
    numpy = pytest.importorskip("numpy")

    class Embedder:
        texts = ()

        def embed_queries(self, texts):
            self.texts = (*self.texts, *texts)
            return numpy.array([[1.0, 0.0] if text == "a" else [0.6, 0.8] for text in texts], dtype="float32")

    embedder = Embedder()
    scoring = RunScoring(Maker(), embedder)
    assert scoring.similarity("a", ["b", "a"]) == pytest.approx([0.6, 1.0])
    scoring.similarity("b", ["a"])
    assert embedder.texts == ("a", "b")
