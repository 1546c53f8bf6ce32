"""Where training data comes from: feedback, the answer library, train splits of gold sets."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bidproof.answering.generative_replies import Quoted, cite_quote
from bidproof.answering.protocol import PassageSource
from bidproof.answering.verify import LEAST_QUOTE_CHARS
from bidproof.core.records import Citation, ScoredPassage
from bidproof.evaluation.gold.questions import case_options
from bidproof.evaluation.gold.relevance import holds
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import GoldCase
from bidproof.flows.feedback.examples import solved_feedback
from bidproof.language.sentences import split_sentences
from bidproof.optimization.finetune_data import Candidate
from bidproof.optimization.prompts.solved import Solved, SolvedExample, solved_example, unanswerable_example
from bidproof.retrieval.protocol import Query
from bidproof.runtime.session import Session
from bidproof.workspace.rows import LibraryEntry

NOT_FOUND = "the search does not find what it cites"
NOT_PLACED = "the case names nothing that its answer can be quoted from"
UNCITED = "no quote proves it"
_DEPTH = 50


def feedback_candidates(session: Session) -> list[Candidate]:
    """Approved answers with the very passages they were drafted from, the latest review first."""
    return [
        Candidate(
            source="feedback",
            id=f"job {row.job_id}, {row.question_id}",
            question=row.question,
            group=" / ".join((row.questionnaire, *row.section_path)),
            section_path=row.section_path,
            example=found.example,
            problem=found.problem,
        )
        for row, found in reversed(solved_feedback(session))
    ]


def library_candidates(session: Session, source: PassageSource, *, top_k: int) -> list[Candidate]:
    """Approved answers that may be used today, with the passages that a search finds now."""
    today = datetime.now(UTC).date()
    entries = [item for item in reversed(session.workspace.library.all()) if item.is_valid(today)]
    return [_from_entry(item, source, top_k=top_k) for item in entries]


def gold_candidates(session: Session, source: PassageSource, *, top_k: int) -> list[Candidate]:
    """Cases of the train splits that a person has accepted, those without an answer among them."""
    store = GoldStore(session.workspace.folder)
    found: list[Candidate] = []
    for name in store.names():
        if not any(case.split == "train" for case in store.load(name).cases):
            continue
        cases = store.open_split(name, "train", purpose="finetune export", has_unverified=True)
        found += [_from_case(case, name, source, top_k=top_k) for case in cases if case.is_verified]
    return found


def measured_cases(session: Session) -> list[GoldCase]:
    """Every gold case that something is, or may be, measured with: all but those of train splits."""
    store = GoldStore(session.workspace.folder)
    return [case for name in store.names() for case in store.load(name).cases if case.split != "train"]


def _from_entry(entry: LibraryEntry, source: PassageSource, *, top_k: int) -> Candidate:
    blank = Candidate(source="library", id=f"entry {entry.id}", question=entry.question)
    if not entry.citations:
        return replace(blank, problem=UNCITED)
    ranked = source.search(Query(text=entry.question, top_k=_DEPTH))
    cited = [_again(item, ranked) for item in entry.citations]
    if None in cited:
        return replace(blank, problem=NOT_FOUND)
    citations = tuple(item for item in cited if item is not None)
    found = solved_example(
        Solved(
            question=entry.question,
            text=entry.answer,
            choice=entry.choice or "",
            options=(entry.choice,) if entry.choice else (),
            citations=citations,
            passages=_shown(ranked, citations, top_k=top_k),
        )
    )
    return _with(blank, found)


def _from_case(case: GoldCase, name: str, source: PassageSource, *, top_k: int) -> Candidate:
    blank = Candidate(
        source="gold",
        id=f"{name}, {case.id}",
        question=case.question,
        group=case.group and f"{name}: {case.group}",
        section_path=case.section_path,
    )
    ranked = source.search(Query(text=case.question, context=case.section_path, top_k=_DEPTH))
    options = case_options(case)
    if case.is_answerable is False:
        shown = Solved(question=case.question, options=options, text="", passages=ranked[:top_k])
        return (
            replace(blank, example=unanswerable_example(shown))
            if ranked
            else replace(blank, problem=NOT_FOUND)
        )
    if not case.relevant:
        return replace(blank, problem=NOT_PLACED)
    citations = _gold_citations(case, ranked)
    if not citations:
        return replace(blank, problem=NOT_FOUND)
    found = solved_example(
        Solved(
            question=case.question,
            text=case.reference,
            choice=case.choice,
            options=options,
            citations=citations,
            passages=_shown(ranked, citations, top_k=top_k),
        )
    )
    return _with(blank, found)


def _gold_citations(case: GoldCase, ranked: Sequence[ScoredPassage]) -> tuple[Citation, ...]:
    """The case's own quotes where it names some, else every statement of what it points at."""
    places = [item for item in ranked if any(holds(relevant, item.passage) for relevant in case.relevant)]
    quotes = [Quoted(passage=0, text=item.quote) for item in case.relevant if item.quote]
    found = [cite_quote(quote, places) for quote in quotes]
    named = tuple(item for item in found if item is not None)
    return named or _statements(places)


def _statements(places: Sequence[ScoredPassage]) -> tuple[Citation, ...]:
    quotes = [
        Quoted(passage=number, text=segment.text)
        for number, item in enumerate(places, start=1)
        for segment in split_sentences(item.passage.text)
        if segment.may_answer and len(segment.text) >= LEAST_QUOTE_CHARS
    ]
    found = (cite_quote(quote, places) for quote in quotes)
    return tuple(dict.fromkeys(item for item in found if item is not None))


def _again(citation: Citation, ranked: Sequence[ScoredPassage]) -> Citation | None:
    """The citation as it stands in the passages found now; documents may have changed since."""
    own = [item for item in ranked if item.passage.document_id == citation.document_id]
    return cite_quote(Quoted(passage=0, text=citation.quote), own)


def _shown(
    ranked: Sequence[ScoredPassage], citations: Sequence[Citation], *, top_k: int
) -> tuple[ScoredPassage, ...]:
    """As many passages as the program shows; those cited that came too late take the last places."""
    cited = {item.passage_id for item in citations}
    first = list(ranked[:top_k])
    late = [item for item in ranked[top_k:] if item.passage.id in cited]
    while late and any(item.passage.id not in cited for item in first):
        last = max(place for place, item in enumerate(first) if item.passage.id not in cited)
        first[last] = late.pop(0)
    return tuple(first)


def _with(blank: Candidate, found: SolvedExample) -> Candidate:
    return replace(blank, example=found.example, problem=found.problem)
