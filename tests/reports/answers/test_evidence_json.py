import json
from dataclasses import replace
from pathlib import Path

import pytest

from bidproof.core.errors import WorkspaceError, WriteFailed
from bidproof.core.ids import DocumentId, PassageId, QuestionId, document_id
from bidproof.core.jsonable import from_json
from bidproof.core.records import (
    Block,
    BlockKind,
    Citation,
    Claim,
    Document,
    Draft,
    DraftState,
    Passage,
    Question,
    Questionnaire,
    ScoredPassage,
    Usage,
)
from bidproof.reports.answers.evidence_json import SCHEMA, write_evidence_json

TEXT = "Logs are kept for 13 months \u2013 always."
DOCUMENT = Document(
    id=document_id("policy.md"),
    path="policy.md",
    source="/gone/policy.md",
    content_hash="ab" * 32,
    media_type="text/markdown",
    title="Policy",
    text=TEXT,
    blocks=(Block(kind=BlockKind.PARAGRAPH, start=0, end=len(TEXT)),),
)
CITATION = Citation(
    passage_id=PassageId("p"),
    document_id=DOCUMENT.id,
    path="policy.md",
    title="Policy",
    quote=TEXT[:27],
    start=0,
    end=27,
)
PASSAGE = Passage(
    id=PassageId("p"),
    document_id=DOCUMENT.id,
    path="policy.md",
    title="Policy",
    start=0,
    end=len(TEXT),
    text=TEXT,
)
DRAFT = Draft(
    question_id=QuestionId("Q1"),
    state=DraftState.DRAFTED,
    text=TEXT[:27],
    claims=(Claim(text=TEXT[:27], citations=(CITATION, CITATION)),),
    passages=(ScoredPassage(passage=PASSAGE, score=0.5, rank=1, parts={"dense": 0.5}),),
    usage=Usage(calls=2, prompt_tokens=10, cost_usd=0.01),
)
QUESTIONNAIRE = Questionnaire(
    path="bid.csv",
    content_hash="cd" * 32,
    format="csv",
    questions=(Question(id=QuestionId("Q1"), text="How long?"), Question(id=QuestionId("Q2"), text="Who?")),
    confidence=0.9,
)


def load(key: DocumentId) -> Document:
    if key != DOCUMENT.id:
        raise WorkspaceError("gone", hint="ingest again")
    return DOCUMENT


def written(out: Path, draft: Draft = DRAFT) -> dict[str, object]:
    write_evidence_json(
        questionnaire=QUESTIONNAIRE, drafts={draft.question_id: draft}, documents=load, out=out
    )
    return json.loads(out.read_text("utf-8"))


def test_a_draft_comes_back_as_it_was(tmp_path: Path) -> None:
    content = written(tmp_path / "evidence.json")
    assert content["schema"] == SCHEMA
    first, second = content["questions"]  # type: ignore[misc]
    assert from_json(Draft, first["draft"]) == DRAFT
    assert from_json(Question, first["question"]) == QUESTIONNAIRE.questions[0]
    assert second["draft"] is None


def test_each_distinct_citation_says_whether_it_is_in_place(tmp_path: Path) -> None:
    moved = replace(CITATION, start=3, end=30)
    draft = replace(DRAFT, claims=(Claim(text="x", citations=(CITATION, moved, CITATION)),))
    citations = written(tmp_path / "evidence.json", draft)["questions"][0]["citations"]  # type: ignore[index]
    assert [item["is_in_place"] for item in citations] == [True, False]
    assert citations[0]["quote"] == "Logs are kept for 13 months"


def test_cited_documents_are_listed_with_their_hash_and_unknown_ones_said(tmp_path: Path) -> None:
    lost = replace(CITATION, document_id=document_id("lost.md"))
    draft = replace(DRAFT, claims=(Claim(text="x", citations=(CITATION, lost)),))
    documents = written(tmp_path / "evidence.json", draft)["documents"]
    known = {item["id"]: item for item in documents}  # type: ignore[attr-defined]
    assert known[DOCUMENT.id]["content_hash"] == "ab" * 32
    assert known[document_id("lost.md")] == {"id": document_id("lost.md"), "is_known": False}


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    written(tmp_path / "a.json")
    written(tmp_path / "b.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_a_missing_folder_is_an_error_for_the_user(tmp_path: Path) -> None:
    with pytest.raises(WriteFailed, match="cannot write"):
        written(tmp_path / "no" / "evidence.json")


def test_the_file_is_laid_out_as_one_document(tmp_path: Path) -> None:
    for questions in (QUESTIONNAIRE.questions, ()):
        out = tmp_path / "evidence.json"
        write_evidence_json(
            questionnaire=replace(QUESTIONNAIRE, questions=questions),
            drafts={DRAFT.question_id: DRAFT},
            documents=load,
            out=out,
        )
        assert out.read_text("utf-8") == json.dumps(json.loads(out.read_text("utf-8")), indent=1) + "\n"
