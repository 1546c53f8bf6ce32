"""Proposed cases: from the documents' own words, proven by a quote, and never accepted by themselves."""

import asyncio
import json
from collections import Counter

import pytest

from bidproof.core.errors import ModelUnavailable
from bidproof.core.ids import document_id
from bidproof.core.records import Block, BlockKind, Document, PageSpan, Passage, Span
from bidproof.core.settings import ModelSettings
from bidproof.evaluation.gold.draft_model import propose_from_passage
from bidproof.evaluation.gold.proposals import Proposal, proposed_case, take_evenly
from bidproof.evaluation.gold.templates import template_proposals
from bidproof.evaluation.gold.unanswerable import unanswerable_cases
from bidproof.llm.fake import FakeModel, Scripted
from passages import make_passage

PARTS = (
    (BlockKind.HEADING, "Backup policy"),
    (
        BlockKind.PARAGRAPH,
        "Backups are retained for 30 days. A snapshot is a copy of one volume at one time. "
        "This is kept by everybody. The policy was approved by the board on 5 March 2024.",
    ),
    (BlockKind.HEADING, "Recovery targets"),
    (BlockKind.TABLE, "System | RTO | RPO\nBilling | 4 hours | 15 minutes\nSearch | 8 hours | n/a"),
    (BlockKind.HEADING, "What happens when a restore fails?"),
    (BlockKind.PARAGRAPH, "The engineer on call opens an incident within the hour."),
    (BlockKind.CODE, "rm -rf / is a command that is never run"),
)


def made_document(path: str = "policy.md") -> Document:
    text, blocks = "", []
    for kind, part in PARTS:
        start = len(text)
        text += part
        header = 1 if kind is BlockKind.TABLE else 0
        level = 1 if kind is BlockKind.HEADING else None
        blocks.append(Block(kind=kind, start=start, end=len(text), header_rows=header, level=level))
        text += "\n\n"
    return Document(
        id=document_id(path),
        path=path,
        source=path,
        content_hash="h",
        media_type="text/markdown",
        title="Backup policy",
        text=text,
        blocks=tuple(blocks),
        pages=(PageSpan(page=1, start=0, end=150), PageSpan(page=2, start=150, end=len(text))),
    )


def test_definitions_figures_tables_and_headings_become_questions() -> None:
    document = made_document()
    found = {item.question: item for item in template_proposals(document)}
    assert "For how many days are Backups retained?" in found
    assert "What is a snapshot?" in found
    assert 'What is the RTO of "Billing" in "Backup policy"?' in found
    assert "What happens when a restore fails?" in found
    assert any("____" in question and "approved" in question for question in found)
    for item in found.values():
        assert document.text[item.span.start : item.span.end]
        assert "everybody" not in item.answer
        assert "rm -rf" not in item.question


def test_a_proposal_is_unverified_tagged_and_quoted_with_its_page() -> None:
    document = made_document()
    for item in template_proposals(document):
        case = proposed_case(item, document=document, made_by="templates")
        (relevant,) = case.relevant
        assert relevant.quote in document.text
        assert relevant.page in (1, 2)
        assert case.tags[0] == "drafted"
        assert case.is_answerable is True
        assert case.is_verified is False


def test_proposals_are_taken_evenly_and_none_twice() -> None:
    def proposals_of(name: str) -> list[Proposal]:
        count = {"a": 9, "b": 9, "c": 1}[name]
        span = Span(start=0, end=1)
        own = [Proposal(question=f"Q {name} {n}?", answer="x", span=span, kind="k") for n in range(count)]
        return [Proposal(question="Shared?", answer="x", span=span, kind="k"), *own]

    taken = list(take_evenly(["a", "b", "c"], proposals_of=proposals_of, count=8, known=["q a 0"], seed=1))
    counts = Counter(name for name, _ in taken)
    assert len(taken) == 8
    assert abs(counts["a"] - counts["b"]) <= 1
    questions = [item.question for _, item in taken]
    assert len(set(questions)) == 8
    assert "Q a 0?" not in questions


def test_unanswerable_questions_come_only_with_evidence() -> None:
    document = made_document()
    proposals = list(template_proposals(document))
    cases = list(unanswerable_cases(proposals, texts=[document.text], documents=1, count=6))
    assert len(cases) == 6
    assert all(case.is_answerable is False and not case.is_verified for case in cases)
    assert all("none of the 1 documents holds" in case.origin for case in cases)
    everything = " ".join(
        case.question for case in unanswerable_cases(proposals, texts=[], documents=0, count=99)
    )
    assert list(unanswerable_cases(proposals, texts=[everything], documents=1, count=6)) == []


def made_passage() -> Passage:
    text = "Backups are retained for 30 days. The board approved the policy."
    return make_passage(text, path="policy.md", title="Policy", start=100)


def case(question: str, answer: str, quote: str) -> dict[str, str]:
    return {"question": question, "answer": answer, "quote": quote}


@pytest.mark.parametrize(
    ("item", "refusal"),
    [
        (case("How long are backups retained?", "30 days.", "Backups are retained for 30 days."), ""),
        (
            case("How long are backups kept?", "30 days.", "Backups are kept for 30 days."),
            "not in the document",
        ),
        (case("How long are backups kept?", "90 days.", "Backups are retained for 30 days."), "a figure"),
        (
            case("What does the passage say on backups?", "30 days.", "Backups are retained"),
            "speaks of the passage",
        ),
        (case("How long are backups kept?", "30 days.", "30 days"), "too short"),
        (case("Backups?", "30 days.", "Backups are retained for 30 days."), "no whole question"),
    ],
)
def test_what_a_model_proposes_is_held_against_the_passage(item: dict[str, str], refusal: str) -> None:
    model = FakeModel([{"cases": [item]}])
    found = asyncio.run(propose_from_passage(made_passage(), model=model, settings=ModelSettings()))
    if refusal:
        assert found.proposals == ()
        assert refusal in found.refused[0]
    else:
        (proposal,) = found.proposals
        assert (proposal.span.start, proposal.span.end) == (100, 133)
    assert "Backups are retained" in model.requests[0].messages[-1].content


@pytest.mark.parametrize(
    "reply",
    ["not json", json.dumps({"cases": [{"question": "x"}]}), "", ModelUnavailable("down", hint="wait")],
)
def test_a_failed_call_is_an_outcome_with_its_error(reply: object) -> None:
    model = FakeModel([Scripted(reply=reply)])  # type: ignore[arg-type]
    found = asyncio.run(propose_from_passage(made_passage(), model=model, settings=ModelSettings()))
    assert found.proposals == ()
    assert found.error.startswith("error[model-")
