"""A re-ranker is fitted on train, proven on the sealed test split, and never switched on by itself."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidproof.core.errors import InvalidSetting, UserError
from bidproof.core.ids import DocumentId, PassageId
from bidproof.core.records import BlockKind
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase, GoldSet, Relevant, Split
from bidproof.flows.reranker import train_reranker
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.reranker import RERANKER_FILE, RERANKERS_FOLDER
from bidproof.runtime.indexing import open_retriever
from bidproof.runtime.program_choice import open_store
from bidproof.runtime.session import Session, SessionRequest, open_session
from bidproof.workspace.rows import FeedbackRow, JudgedPassage, ReviewOutcome
from placing import place_document, search_by_words

THINGS = [f"{kind}{number}" for number in range(9) for kind in ("alpha", "bravo", "delta", "gamma")]
SPLITS: tuple[Split, ...] = ("train", "dev", "test", "train", "test")


def question(thing: str) -> str:
    return f"What is the rotation of {thing} keys?"


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """Two documents a question: prose that repeats its words, and a table that holds the answer."""
    search_by_words(monkeypatch)
    with open_session(SessionRequest(workspace=tmp_path / "ws")) as opened:
        for thing in THINGS:
            prose = f"The rotation of {thing} keys: see the rotation of {thing} keys."
            place_document(opened, f"{thing}-prose.md", prose)
            table = f"Key | Rotation\n{thing} key | 90 days"
            place_document(opened, f"{thing}-table.md", table, kind=BlockKind.TABLE)
        yield opened


def save_gold(session: Session, ends: list[str]) -> None:
    cases = tuple(
        GoldCase(
            id=thing,
            question=question(thing),
            relevant=(Relevant(path=f"{thing}-{end}.md"),),
            split=SPLITS[at % len(SPLITS)],
            group=f"g{at % 12}",
        )
        for at, (thing, end) in enumerate(zip(THINGS, ends, strict=True))
    )
    GoldStore(session.workspace.folder).save(GoldSet(name="g", cases=cases))


def test_one_that_is_proven_is_offered_and_can_be_switched_on(session: Session, tmp_path: Path) -> None:
    save_gold(session, ["table"] * len(THINGS))
    report = train_reranker("g", session=session)
    assert report.is_proven
    rows = {row.measure: row for row in report.test}
    assert rows["mrr"].verdict == "better"
    assert rows["mrr"].before < rows["mrr"].after
    assert report.dev
    assert report.fitted.by_source["gold"] >= 10
    (opening,) = GoldStore(session.workspace.folder).opening_log("g")
    assert (opening.program, opening.purpose) == (report.digest, "feedback train-reranker")
    version = open_store(session.workspace.folder).read(report.program)
    assert version.program.retrieval.reranker == f"learned:{report.digest}"
    assert session.settings.retrieval.reranker == "none"
    kept = json.loads((session.workspace.folder / RERANKER_FILE).read_text("utf-8"))
    assert kept["proof"]["is_proven"] is True
    query = Query(text=question(THINGS[0]), top_k=2)
    assert open_retriever(session).search(query)[0].passage.path == f"{THINGS[0]}-prose.md"
    flags: dict[str, object] = {"retrieval.reranker": "learned"}
    with open_session(SessionRequest(workspace=tmp_path / "ws", flags=flags)) as learned:
        assert learned.settings.retrieval.reranker == f"learned:{report.digest}"
        found = open_retriever(learned).search(query)
        assert [item.passage.path for item in found] == [f"{THINGS[0]}-table.md", f"{THINGS[0]}-prose.md"]
    again = train_reranker("g", session=session)
    assert (again.digest, again.tried) == (report.digest, 1)


def test_one_that_is_not_proven_stays_off(session: Session, tmp_path: Path) -> None:
    generator = random.Random(5)
    save_gold(session, [generator.choice(("table", "prose")) for _ in THINGS])
    report = train_reranker("g", session=session)
    assert not report.is_proven
    assert report.program == ""
    assert all(row.test.low is not None for row in report.test)
    assert not (session.workspace.folder / RERANKER_FILE).exists()
    assert (session.workspace.folder / RERANKERS_FOLDER / f"{report.digest}.json").exists()
    flags: dict[str, object] = {"retrieval.reranker": "learned"}
    with open_session(SessionRequest(workspace=tmp_path / "ws", flags=flags)) as learned:
        with pytest.raises(InvalidSetting) as caught:
            open_retriever(learned)
        assert caught.value.code == "reranker-missing"


def test_what_people_accepted_teaches_too(session: Session) -> None:
    save_gold(session, ["table"] * len(THINGS))
    job = session.workspace.jobs.start(kind="answer", key="k", total=1, detail={})
    found = open_retriever(session).search(Query(text=question(THINGS[0]), top_k=2))
    judged = tuple(
        JudgedPassage(
            passage_id=PassageId(item.passage.id),
            document_id=DocumentId(item.passage.document_id),
            path=item.passage.path,
            rank=item.rank,
            is_accepted=item.passage.path.endswith("table.md"),
        )
        for item in found
    )
    row = FeedbackRow(
        job_id=job.id,
        question_id="1",
        outcome=ReviewOutcome.REJECTED,
        questionnaire="q.xlsx",
        source="q.xlsx",
        question=question(THINGS[0]),
        approver="ann",
        approved=session.workspace.jobs.recent()[0].created_at.date(),
        passages=judged,
    )
    session.workspace.feedback.save([row])
    report = train_reranker("g", session=session)
    assert report.fitted.by_source["feedback"] == 1


def test_too_little_to_fit_on_or_to_prove_with_is_said(session: Session) -> None:
    store = GoldStore(session.workspace.folder)
    save_gold(session, ["table"] * len(THINGS))
    cases = store.load("g").cases
    few = tuple(case for case in cases if case.split != "train") + cases[:1]
    store.save(GoldSet(name="few", cases=few))
    with pytest.raises(UserError) as caught:
        train_reranker("few", session=session)
    assert caught.value.code == "reranker-gold"
    assert store.opening_log("few") == ()
    store.save(GoldSet(name="untested", cases=tuple(case for case in cases if case.split != "test")))
    with pytest.raises(UserError) as caught:
        train_reranker("untested", session=session)
    assert caught.value.code == "gold-split"
