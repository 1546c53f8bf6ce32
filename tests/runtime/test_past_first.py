"""A past answer is written where the model is sure enough of it; else the engine drafts."""

import asyncio
import math
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bidproof.core.errors import ModelUnavailable
from bidproof.core.ids import QuestionId
from bidproof.core.records import LIBRARY_ENGINE, Draft, DraftState, Question
from bidproof.core.settings import ModelSettings
from bidproof.flows.library_calibrate import calibrate_library
from bidproof.flows.requests.library import LibraryCalibrateRequest
from bidproof.llm.fake import FakeModel, Scripted
from bidproof.llm.protocol import Alternative, TokenLogprob
from bidproof.runtime import past_answers
from bidproof.runtime.citations import document_loader
from bidproof.runtime.past_answers import Offers
from bidproof.runtime.past_first import PastFirst, has_threshold
from bidproof.runtime.session import Session, SessionRequest, open_session
from bidproof.workspace.rows import LibraryEntry
from wordvectors import WordEmbedder

TODAY = date(2026, 6, 1)
ENTRY = LibraryEntry(
    question="Are encryption keys rotated by a named team?",
    answer="The platform team rotates them.",
    choice="Yes",
    approver="Ann",
    approved=date(2026, 1, 5),
)
NEAR = "Does a named team rotate encryption keys?"


class Drafts:
    name = "extractive"
    program_digest = "d"

    async def draft(self, question: Question) -> Draft:
        return Draft(question_id=question.id, state=DraftState.NOT_FOUND, engine=self.name)


def said(share: float) -> Scripted:
    word = TokenLogprob(
        token="true",
        logprob=math.log(share),
        alternatives=(
            Alternative(token="true", logprob=math.log(share)),
            Alternative(token="false", logprob=math.log(1 - share)),
        ),
    )
    lead = TokenLogprob(token='{"answers": ', logprob=0.0)
    return Scripted(reply={"answers": True}, logprobs=(lead, word))


def draft(session: Session, model: FakeModel, text: str = NEAR) -> Draft:
    question = Question(id=QuestionId("q"), text=text)
    engine = PastFirst(
        Drafts(),
        Offers([question], session=session, today=TODAY),
        model=model,
        settings=ModelSettings(model="fake"),
        threshold=2.0,
        load=document_loader(session.workspace),
        today=TODAY,
    )
    return asyncio.run(engine.draft(question))


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(past_answers, "open_embedder", lambda settings: WordEmbedder())
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as opened:
        opened.workspace.library.add(ENTRY)
        yield opened


def test_a_sure_model_writes_it_with_the_log_odds_as_a_reason(session: Session) -> None:
    found = draft(session, FakeModel([said(0.95)]))
    assert (found.state, found.text, found.engine) == (DraftState.DRAFTED, ENTRY.answer, LIBRARY_ENGINE)
    assert "log odds 2.9, written from 2.0 on" in found.reasons[-1]
    assert found.usage.calls == 1


def test_an_unsure_or_silent_model_leaves_it_to_the_engine(session: Session) -> None:
    for script in (said(0.6), {"answers": True}, ModelUnavailable("down", hint="")):
        assert draft(session, FakeModel([script])).state is DraftState.NOT_FOUND


@pytest.mark.parametrize(
    "text", [f"{NEAR[:-1]} in Berlin?", "Are encryption keys ever rotated by a named team?"]
)
def test_a_flag_or_opposite_wording_is_not_asked_about(session: Session, text: str) -> None:
    model = FakeModel([])
    assert draft(session, model, text).state is DraftState.NOT_FOUND
    assert model.requests == []


def test_where_no_threshold_is_good_enough_none_is_kept(session: Session, tmp_path: Path) -> None:
    (tmp_path / "script.jsonl").write_text('{"when": "", "reply": {"answers": true}}\n')
    pairs = tmp_path / "pairs.csv"
    pairs.write_text(
        "question,past_question,past_choice,past_answer,is_right\n"
        "Who rotates keys?,Are keys rotated?,Yes,The Platform Team does.,yes\n"
        "How often are keys rotated?,Are keys rotated?,Yes,The team does.,no\n"
    )
    flags: dict[str, object] = {"model.model": f"fake:{tmp_path / 'script.jsonl'}"}
    with open_session(SessionRequest(workspace=tmp_path / "ws", flags=flags)) as own:
        report = calibrate_library(LibraryCalibrateRequest(pairs=pairs), session=own)
        assert (report.pairs, report.flagged, report.silent, report.threshold) == (2, 1, 1, None)
        assert not has_threshold(own.workspace.facts)


def test_of_several_near_ones_that_of_which_the_model_is_surest_is_written(session: Session) -> None:
    other = replace(
        ENTRY, question="Does a named team keep encryption keys?", answer="The vault team keeps them."
    )
    session.workspace.library.add(other)
    found = draft(session, FakeModel([said(0.95), said(0.99)]))
    assert (found.text, found.usage.calls) == (other.answer, 2)
