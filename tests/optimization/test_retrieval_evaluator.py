import asyncio
from dataclasses import replace

from bidproof.core.records import Passage, ScoredPassage
from bidproof.evaluation.metrics.registry import choose_metrics
from bidproof.evaluation.records import CellState, GoldCase, Relevant
from bidproof.optimization.records import Measured
from bidproof.optimization.retrieval_evaluator import RetrievalEvaluator
from bidproof.prompts.program import Program
from bidproof.retrieval.protocol import Query
from passages import make_passage
from searching import extractive_base


class Ranking:
    """Finds a.md to d.md in this order, or turned round."""

    def __init__(self, *, is_turned: bool) -> None:
        self.paths = ["d.md", "c.md", "b.md", "a.md"] if is_turned else ["a.md", "b.md", "c.md", "d.md"]
        self.asked: list[Query] = []

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        self.asked.append(query)
        if query.text == "Nothing?":
            return ()
        return tuple(
            ScoredPassage(passage=_passage(path), score=1.0 / rank, rank=rank)
            for rank, path in enumerate(self.paths, start=1)
        )


def _passage(path: str) -> Passage:
    return make_passage("Text", path=path, title=path)


CASES = (
    GoldCase(id="a", question="First?", relevant=(Relevant(path="a.md"),), section_path=("Part",)),
    GoldCase(id="n", question="Nothing?", relevant=(Relevant(path="a.md"),)),
    GoldCase(id="u", question="Unknown?"),
)


def test_programs_are_told_apart_by_what_they_find() -> None:
    sources = {0.5: Ranking(is_turned=False), 0.2: Ranking(is_turned=True)}
    metric = choose_metrics(("hit_at_3",), is_judge=False)["hit_at_3"]
    evaluator = RetrievalEvaluator(lambda program: sources[program.retrieval.dense_weight], metric=metric)
    base = extractive_base()
    other = replace(base, retrieval=replace(base.retrieval, dense_weight=0.2))

    def measure(program: Program) -> Measured:
        return asyncio.run(evaluator.measure(program, CASES))

    found, turned = measure(base), measure(other)
    assert [result.value for result in found.results] == [1.0, 0.0, None]
    assert [result.value for result in turned.results] == [0.0, 0.0, None]
    assert found.results[2].state is CellState.UNSCORABLE
    assert (found.worst, found.program, found.metric) == (0.5, base.digest(), "hit_at_3")
    assert sources[0.5].asked[0] == Query(text="First?", context=("Part",), top_k=10)
    measure(base)
    assert len(sources[0.5].asked) == 3
