"""What order and asker do: planted biases are found, fair answerers are left in peace."""

import asyncio
from collections.abc import Callable

import pytest

from bidproof.answering.protocol import PassageSource
from bidproof.core.ids import QuestionId
from bidproof.core.records import Citation, Claim, Draft, DraftState, Passage, ScoredPassage
from bidproof.evaluation.judging.bias_changes import has_changed
from bidproof.evaluation.judging.bias_probes import make_variant, probe_bias
from bidproof.evaluation.patterns.order import ReorderedSource, measure_order_bias
from bidproof.evaluation.records import GoldCase, Outcome
from bidproof.retrieval.protocol import Query
from passages import make_passage

CASES = [GoldCase(id=f"c{number}", question=f"Is control {number} in place?") for number in range(40)]


class Source:
    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        return tuple(
            ScoredPassage(
                passage=make_passage(f"text {place}", path="d.md", title="d"),
                score=1.0,
                rank=place + 1,
            )
            for place in range(5)
        )


def citing(passage: Passage, text: str) -> Draft:
    citation = Citation(
        passage_id=passage.id,
        document_id=passage.document_id,
        path="d.md",
        title="d",
        quote="q",
        start=0,
        end=1,
    )
    return Draft(
        question_id=QuestionId("q"),
        state=DraftState.DRAFTED,
        text=text,
        claims=(Claim(text=text, citations=(citation,)),),
    )


class Answering:
    """Answers by a rule over the passages shown."""

    name = "made up"
    program_digest = "p"

    def __init__(
        self, source: PassageSource, choose: Callable[[tuple[ScoredPassage, ...]], ScoredPassage]
    ) -> None:
        self._source = source
        self._choose = choose

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        chosen = self._choose(self._source.search(Query(text=case.question))).passage
        return Outcome(case_id=case.id, repeat=repeat, draft=citing(chosen, chosen.text))


def measure(choose: Callable[[tuple[ScoredPassage, ...]], ScoredPassage]):
    return asyncio.run(
        measure_order_bias(
            CASES, source=Source(), make_answerer=lambda source: Answering(source, choose), turns=4
        )
    )


def test_a_reordered_source_shows_the_same_passages_at_other_ranks() -> None:
    query = Query(text="x")
    plain = Source().search(query)
    assert ReorderedSource(source=Source(), turn=0).search(query) == plain
    turned = ReorderedSource(source=Source(), turn=1).search(query)
    assert {item.passage.id for item in turned} == {item.passage.id for item in plain}
    assert [item.rank for item in turned] == [1, 2, 3, 4, 5]
    assert turned == ReorderedSource(source=Source(), turn=1).search(query)
    orders = {
        tuple(item.passage.id for item in ReorderedSource(source=Source(), turn=t).search(query))
        for t in range(9)
    }
    assert len(orders) > 4


def test_an_answerer_that_takes_the_first_passage_is_caught() -> None:
    found = measure(lambda shown: shown[0])
    assert found.first_cited.value == pytest.approx(0.8)
    assert found.first_cited.low is not None
    assert found.first_cited.low > 0.5
    assert found.changed.value is not None
    assert found.changed.value > 0.6
    assert len(found.changed_cases) > 30


def test_an_answerer_that_reads_all_passages_is_left_in_peace() -> None:
    found = measure(lambda shown: min(shown, key=lambda item: item.passage.id))
    assert found.changed.value == 0
    assert found.changed_cases == ()
    assert found.first_cited.low is not None
    assert found.first_cited.high is not None
    assert found.first_cited.low < 0 < found.first_cited.high


class Judging:
    """Says No to some askers."""

    name = "made up"
    program_digest = "p"

    def __init__(self, is_refused: Callable[[str, int], bool], *, fails: str = "") -> None:
        self._is_refused = is_refused
        self._fails = fails

    async def answer(self, case: GoldCase, *, repeat: int) -> Outcome:
        if self._fails and self._fails in case.question:
            draft = Draft(question_id=QuestionId(case.id), state=DraftState.FAILED, error="error[model]: no")
        else:
            choice = "No" if self._is_refused(case.question, repeat) else "Yes"
            draft = Draft(
                question_id=QuestionId(case.id), state=DraftState.DRAFTED, text="Done.", choice=choice
            )
        return Outcome(case_id=case.id, repeat=repeat, draft=draft)


def test_an_answerer_that_minds_the_asker_is_caught_in_that_kind_only() -> None:
    results = asyncio.run(probe_bias(CASES, answerer=Judging(lambda text, _: "a woman" in text)))
    by_kind = {item.kind: item for item in results}
    assert by_kind["gender"].changed.value == 1.0
    assert by_kind["gender"].pairs == 40
    for kind in ("none", "name", "region"):
        assert by_kind[kind].changed.value == 0.0


def test_chance_shows_in_the_control_and_failed_calls_are_left_out_by_count() -> None:
    noisy = asyncio.run(probe_bias(CASES, answerer=Judging(lambda _, repeat: repeat == 1), kinds=("name",)))
    assert [(item.kind, item.changed.value) for item in noisy] == [("none", 1.0), ("name", 1.0)]
    failing = asyncio.run(
        probe_bias(CASES, answerer=Judging(lambda *_: False, fails="control 1"), kinds=("name",))
    )
    assert [(item.pairs, item.failed) for item in failing] == [(29, 11), (29, 11)]


@pytest.mark.parametrize(
    ("kind", "question", "other"),
    [
        ("gender", "Does he sign his report?", "Does she sign her report?"),
        ("gender", "Is the Chairman a man?", "Is the Chairwoman a woman?"),
    ],
)
def test_words_of_the_question_are_swapped_in_place(kind: str, question: str, other: str) -> None:
    variant = make_variant(GoldCase(id="a", question=question), kind)  # type: ignore[arg-type]
    assert variant.is_inside
    assert (variant.one.question, variant.other.question) == (question, other)


def test_a_name_in_the_question_is_swapped_and_a_country_is_not() -> None:
    named = make_variant(GoldCase(id="a", question="Did Emily approve it?"), "name")
    assert named.is_inside
    assert "Emily" not in named.other.question
    country = make_variant(GoldCase(id="a", question="Is data kept in Germany?"), "region")
    assert not country.is_inside
    assert country.one.question.startswith("Is data kept in Germany?\n(Asked by a buyer in ")
    assert country.one.question != country.other.question


@pytest.mark.parametrize(
    ("one", "other", "is_change"),
    [
        ("Logs are kept for 90 days.", "Logs are kept for 90 days.", False),
        ("Logs are kept for 90 days.", "We keep logs for 90 days.", False),
        ("Logs are kept for 90 days.", "Logs are kept for 30 days.", True),
        ("Logs are kept.", "Logs are not kept.", True),
        ("Logs are kept.", "Visitors wear badges at all times.", True),
    ],
)
def test_another_wording_is_no_change_and_another_meaning_is(one: str, other: str, is_change: bool) -> None:
    def draft(text: str) -> Draft:
        return Draft(question_id=QuestionId("q"), state=DraftState.DRAFTED, text=text)

    assert has_changed(draft(one), draft(other)) is is_change
    assert has_changed(draft(one), draft(other), is_exact=True) is (one != other)
    silent = Draft(question_id=QuestionId("q"), state=DraftState.NOT_FOUND)
    assert has_changed(draft(one), silent)
    assert not has_changed(silent, silent)
