"""What answers a case: engines with a deeper ranking, and files of recorded answers."""

import asyncio
import json
from pathlib import Path

import pytest

from bidproof.core.errors import ModelUnavailable, UnreadableFile
from bidproof.core.jsonable import to_json
from bidproof.core.records import Draft, DraftState, Question, ScoredPassage
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.running.answerers import EngineAnswerer, RecordedAnswerer, RepeatedModel
from bidproof.llm.claims import call_key
from bidproof.llm.fake import FakeModel
from bidproof.llm.protocol import ChatRequest, Message
from bidproof.retrieval.protocol import Query
from evaluating import make_outcome
from passages import make_passage

CASE = GoldCase(id="q1", question="How often are backups made?", reference="Daily.")
PASSAGES = tuple(
    ScoredPassage(
        passage=make_passage(f"Text {number}.", start=100 * number), score=1.0 / number, rank=number
    )
    for number in range(1, 31)
)


class Source:
    def __init__(self) -> None:
        self.queries: list[Query] = []

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        self.queries.append(query)
        return PASSAGES[: query.top_k]


class Engine:
    """Uses the passages ranked 4 and 2, in that order, and asks its model once."""

    name = "fake engine"
    program_digest = "engine-1"

    def __init__(self, model: RepeatedModel | None = None) -> None:
        self.model = model

    async def draft(self, question: Question) -> Draft:
        if self.model is not None:
            await self.model.complete(ChatRequest(messages=(Message(role="user", content=question.text),)))
        return Draft(
            question_id=question.id,
            state=DraftState.DRAFTED,
            text="Daily.",
            passages=(PASSAGES[3], PASSAGES[1]),
        )


def test_the_drafts_passages_come_first_and_the_ranking_follows() -> None:
    source = Source()
    outcome = asyncio.run(EngineAnswerer(Engine(), source).answer(CASE, repeat=0))
    starts = [item.passage.start // 100 for item in outcome.retrieved]
    assert starts == [4, 2, 1, 3, *range(5, 21)]
    assert [item.rank for item in outcome.retrieved] == list(range(1, 21))
    assert [item.passage.start // 100 for item in outcome.context] == [4, 2]
    assert len(source.queries) == 1
    assert outcome.draft.question_id == "q1"


def test_an_outcome_is_rebuilt_from_its_draft_without_the_engine() -> None:
    answerer = EngineAnswerer(Engine(), Source())
    first = asyncio.run(answerer.answer(CASE, repeat=2))
    again = asyncio.run(EngineAnswerer(Engine(), Source()).restore(CASE, first.draft, repeat=2))
    assert (again.retrieved, again.used, again.repeat) == (first.retrieved, first.used, 2)


def test_each_repeat_and_each_run_has_calls_of_its_own() -> None:
    fake = FakeModel(respond=lambda request: "ok")

    def keys(draw: str) -> list[str]:
        fake.requests.clear()
        answerer = EngineAnswerer(Engine(RepeatedModel(fake, draw=draw)), Source())

        async def both() -> None:
            await asyncio.gather(*(answerer.answer(CASE, repeat=repeat) for repeat in range(3)))

        asyncio.run(both())
        return [call_key("fake", request) for request in fake.requests]

    one, other = keys("run one"), keys("run two")
    assert len({*one, *other}) == 6
    assert keys("run one") == one, "a killed run must find its own calls again"
    plain = ChatRequest(messages=fake.requests[0].messages)
    assert call_key("fake", plain) not in one, "an answer outside of evaluation is no repeat"


def test_recorded_answers_of_another_system(tmp_path: Path) -> None:
    path = tmp_path / "theirs.jsonl"
    lines = [
        {
            "id": "q1",
            "answer": "Backups are made daily.",
            "contexts": ["Backups are made daily.", {"text": "Other.", "path": "b.pdf", "page": 4}],
            "quotes": ["made daily", "made weekly"],
            "confidence": 0.8,
            "seconds": 1.5,
            "cost_usd": 0.01,
        },
        {"question": "Who may  enter?", "answer": ""},
        {"id": "q3", "error": "timeout"},
    ]
    path.write_text("\n".join(json.dumps(line) for line in lines))
    answerer = RecordedAnswerer(path)

    def answer(case: GoldCase) -> Draft:
        return asyncio.run(answerer.answer(case, repeat=0)).draft

    outcome = asyncio.run(answerer.answer(CASE, repeat=0))
    found, invented = outcome.draft.claims[0].citations
    assert outcome.context[0].passage.text[found.start : found.end] == "made daily"
    assert invented.passage_id == "", "a quote that is nowhere has no place"
    assert outcome.context[1].passage.pages == (4,)
    assert (outcome.seconds, outcome.draft.confidence, outcome.draft.usage.cost_usd) == (1.5, 0.8, 0.01)
    assert answer(GoldCase(id="q2", question="Who may enter?")).state is DraftState.NOT_FOUND
    assert answer(GoldCase(id="q3", question="x")).state is DraftState.FAILED
    missing = answer(GoldCase(id="q4", question="x"))
    assert missing.state is DraftState.FAILED
    assert "holds no answer" in missing.error


def test_our_own_outcomes_are_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "outcomes.jsonl"
    outcome = make_outcome(CASE)
    path.write_text(json.dumps(to_json(outcome)) + "\n")
    assert asyncio.run(RecordedAnswerer(path).answer(CASE, repeat=0)) == outcome


def test_a_line_separator_inside_a_text_ends_no_line(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    path.write_text('{"id": "q1", "answer": "Daily.\u2028Kept for a year."}\n', "utf-8")
    assert "Kept" in asyncio.run(RecordedAnswerer(path).answer(CASE, repeat=0)).draft.text


@pytest.mark.parametrize("line", ["{", "[1]", '{"answer": "to what?"}', '{"id": "q1"}'])
def test_a_line_that_is_no_answer_is_refused_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text('{"id": "a", "answer": "b"}\n' + line)
    with pytest.raises(UnreadableFile, match="line 2") as caught:
        RecordedAnswerer(path)
    assert caught.value.code == "bad-recording"


def test_a_failed_call_is_an_outcome() -> None:
    class Failing(Engine):
        async def draft(self, question: Question) -> Draft:
            error = ModelUnavailable("down", hint="wait")
            return Draft(question_id=question.id, state=DraftState.FAILED, error=error.message)

    outcome = asyncio.run(EngineAnswerer(Failing(), Source()).answer(CASE, repeat=0))
    assert outcome.draft.state is DraftState.FAILED
    assert len(outcome.retrieved) == 20
