"""Fit a re-ranker on feedback and a gold set's train split; it is offered only where it proves itself.

Fitted on train and on what people accepted and refused, looked at on dev, and held
against the search without it on the sealed test split, whose opening is written down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from bidproof.core.errors import UserError, WriteFailed
from bidproof.core.files import make_folder, write_text
from bidproof.core.jsonable import to_json
from bidproof.core.records import ScoredPassage
from bidproof.core.settings import RetrievalSettings
from bidproof.evaluation.gold.relevance import holds
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.metrics.retrieval import DEPTH, hit_at, ndcg_at, reciprocal_rank
from bidproof.evaluation.records import GoldCase
from bidproof.evaluation.statistics.multiple import holm
from bidproof.evaluation.statistics.paired import PairedTest, compare_paired
from bidproof.flows.prompts.change import new_program
from bidproof.flows.requests.programs import NewRequest
from bidproof.optimization.reranker_fit import FittedReranker, LabelledRanking, fit_reranker
from bidproof.prompts.labels import EXTRACTIVE
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.reranker import (
    LEARNED,
    RERANKER_FILE,
    RERANKERS_FOLDER,
    LearnedReranker,
    candidate_features,
    dump_reranker,
)
from bidproof.retrieval.search import Retriever
from bidproof.runtime.indexing import open_index_parts
from bidproof.runtime.progress import Progress, Step, silent
from bidproof.runtime.session import Session
from bidproof.workspace.rows import FeedbackRow

PURPOSE = "feedback train-reranker"
_LEVEL = 0.05
_LEAST_QUESTIONS = 10
_MEASURES = ("hit_at_3", "mrr", "ndcg_at_10")

Verdict = Literal["better", "worse", "not proven"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureRow:
    """One measure of the order, without and with the re-ranker.

    ``adjusted_p`` holds for all three measures together (Holm) and for every re-ranker
    tried on this test split (Bonferroni); None on dev, which proves nothing.
    """

    measure: str
    before: float
    after: float
    test: PairedTest
    adjusted_p: float | None
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RerankerReport:
    """What came of fitting a re-ranker.

    Attributes:
        digest: Of the model.
        fitted: What it was fitted on, and what cross-validation says.
        dev: On the dev split; empty where there is none.
        test: On the sealed test split.
        tried: Programs that were measured on this test split so far, this one among them.
        is_proven: Better on some measure and worse on none.
        setting: What switches it on.
        program: Digest of the stored program that names it; empty where nothing is proven.
        notes: What a person should know.
    """

    digest: str
    fitted: FittedReranker
    dev: tuple[MeasureRow, ...]
    test: tuple[MeasureRow, ...]
    tried: int
    is_proven: bool
    setting: str
    program: str = ""
    notes: tuple[str, ...] = ()


def train_reranker(gold: str, *, session: Session, progress: Progress = silent) -> RerankerReport:
    """Fit a re-ranker and try it on cases it has not seen.

    It is written to the workspace in any case, by its digest. Where it is proven, it also
    becomes what ``retrieval.reranker = learned`` means, and a program that names it is
    stored. Nothing is switched on here.

    Raises:
        UserError: The set has no train or test split (``gold-split``), or there are too few
            questions to fit on (``reranker-gold``).
        WorkspaceError: There are no documents.
    """
    store = GoldStore(session.workspace.folder)
    train = store.open_split(gold, "train", purpose=PURPOSE)
    if not any(case.split == "test" and case.is_verified for case in store.load(gold).cases):
        store.open_split(gold, "test", purpose=PURPOSE)  # says what is missing; nothing is there to open
    parts = open_index_parts(session, progress=progress)
    depth = max(2, session.settings.retrieval.rerank_depth)
    settings = replace(session.settings.retrieval, reranker="none")
    search = _Search(retriever=parts.retriever(settings), depth=max(depth, DEPTH), progress=progress)
    rankings = [
        *_from_gold(_placed(train), search, depth=depth),
        *_from_feedback(session.workspace.feedback.all(), search, depth=depth),
    ]
    fitted = fit_reranker(rankings, embedder=parts.embedder.name, index=parts.fingerprint, depth=depth)
    if fitted is None or fitted.questions < _LEAST_QUESTIONS:
        raise _too_few(gold, fitted.questions if fitted else 0)
    reranker = replace(fitted.reranker, trained=_about(fitted, gold=gold))
    dev = [case for case in store.load(gold).cases if case.split == "dev" and case.is_verified]
    on_dev = _measure(_placed(dev), reranker, search, depth=depth, tried=None)
    test = store.open_split(gold, "test", purpose=PURPOSE, program_digest=reranker.digest())
    tried = max(1, len(store.measured(gold)))
    on_test = _measure(_placed(test), reranker, search, depth=depth, tried=tried)
    is_proven = any(row.verdict == "better" for row in on_test) and all(
        row.verdict != "worse" for row in on_test
    )
    reranker = replace(reranker, proof=_proof(on_test, gold=gold, tried=tried, is_proven=is_proven))
    _store(reranker, session, is_proven=is_proven)
    setting = f"{LEARNED}:{reranker.digest()}"
    return RerankerReport(
        digest=reranker.digest(),
        fitted=replace(fitted, reranker=reranker),
        dev=on_dev,
        test=on_test,
        tried=tried,
        is_proven=is_proven,
        setting=f'retrieval.reranker = "{setting}"',
        program=_program(setting, session, gold=gold) if is_proven else "",
        notes=_notes(len(_placed(test)), len(test), fitted),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Search:
    """Searches without a re-ranker, deep enough for every measure."""

    retriever: Retriever
    depth: int
    progress: Progress

    def run(self, questions: Sequence[Query], stage: str) -> list[tuple[ScoredPassage, ...]]:
        found: list[tuple[ScoredPassage, ...]] = []
        for done, query in enumerate(questions, start=1):
            found.append(self.retriever.search(replace(query, top_k=self.depth)))
            self.progress(Step(stage=stage, done=done, total=len(questions)))
        return found


def _placed(cases: Sequence[GoldCase]) -> list[GoldCase]:
    """The cases that say what answers them."""
    return [case for case in cases if case.relevant]


def _query(case: GoldCase) -> Query:
    return Query(text=case.question, context=case.section_path)


def _from_gold(cases: Sequence[GoldCase], search: _Search, *, depth: int) -> list[LabelledRanking]:
    found = search.run([_query(case) for case in cases], "searching train cases")
    return [
        LabelledRanking(
            id=case.id,
            group=case.group,
            features=tuple(candidate_features(case.question, ranked[:depth])),
            labels=tuple(bool(matched) for matched in _matches(case, ranked[:depth])),
        )
        for case, ranked in zip(cases, found, strict=True)
    ]


def _from_feedback(rows: Sequence[FeedbackRow], search: _Search, *, depth: int) -> list[LabelledRanking]:
    """What people accepted and refused, as the search ranks it now; what it no longer finds is left out."""
    judged = [row for row in rows if row.passages]
    queries = [Query(text=row.question, context=row.section_path) for row in judged]
    made: list[LabelledRanking] = []
    for row, ranked in zip(judged, search.run(queries, "searching feedback"), strict=True):
        known = {item.passage_id: item.is_accepted for item in row.passages}
        made.append(
            LabelledRanking(
                id=f"job {row.job_id}, {row.question_id}",
                group=row.questionnaire,
                features=tuple(candidate_features(row.question, ranked[:depth])),
                labels=tuple(known.get(item.passage.id) for item in ranked[:depth]),
                source="feedback",
            )
        )
    return made


def _matches(case: GoldCase, ranked: Sequence[ScoredPassage]) -> list[set[int]]:
    return [
        {number for number, relevant in enumerate(case.relevant) if holds(relevant, item.passage)}
        for item in ranked
    ]


def _measure(
    cases: Sequence[GoldCase], reranker: LearnedReranker, search: _Search, *, depth: int, tried: int | None
) -> tuple[MeasureRow, ...]:
    """Every measure before and after, paired by case; ``tried`` None for a look that proves nothing."""
    if not cases:
        return ()
    found = search.run([_query(case) for case in cases], "searching unseen cases")
    pairs = list(zip(cases, found, strict=True))
    before = [_scores(case, ranked) for case, ranked in pairs]
    after = [_scores(case, reranker.rerank(case.question, ranked, depth=depth)) for case, ranked in pairs]
    tests = [
        compare_paired(
            [row[at] for row in before],
            [row[at] for row in after],
            groups=[case.group for case in cases],
            kind="binary" if name == "hit_at_3" else "proportion",
            confidence=1 - _LEVEL / (tried or 1),
        )
        for at, name in enumerate(_MEASURES)
    ]
    adjusted = holm([1.0 if test.p_value is None else test.p_value for test in tests])
    return tuple(
        MeasureRow(
            measure=name,
            before=_mean([row[at] for row in before]),
            after=_mean([row[at] for row in after]),
            test=tests[at],
            adjusted_p=None if tried is None else min(1.0, adjusted[at] * tried),
            verdict="not proven" if tried is None else _verdict(tests[at], adjusted[at] * tried),
        )
        for at, name in enumerate(_MEASURES)
    )


def _scores(case: GoldCase, ranked: Sequence[ScoredPassage]) -> tuple[float, ...]:
    matches = _matches(case, ranked)
    gain = ndcg_at(matches, DEPTH, items=len(case.relevant))
    return hit_at(matches, 3), reciprocal_rank(matches), gain


def _verdict(test: PairedTest, p_value: float) -> Verdict:
    if test.effect is None or p_value >= _LEVEL:
        return "not proven"
    return "better" if test.effect > 0 else "worse"


def _store(reranker: LearnedReranker, session: Session, *, is_proven: bool) -> None:
    folder = session.workspace.folder / RERANKERS_FOLDER
    try:
        make_folder(folder)
    except OSError as error:
        raise WriteFailed(
            f"cannot write to {str(folder)!r}: {error.strerror or error}",
            hint="free some space or correct the folder's permissions",
        ) from error
    text = dump_reranker(reranker)
    write_text(folder / f"{reranker.digest()}.json", text)
    if is_proven:
        write_text(session.workspace.folder / RERANKER_FILE, text)


def _program(setting: str, session: Session, *, gold: str) -> str:
    """Store the program of the moment with the re-ranker in it; a candidate, nothing more."""
    retrieval: RetrievalSettings = session.settings.retrieval
    made = new_program(
        NewRequest(
            message=f"learned re-ranker, proven on the test split of {gold}",
            start="" if session.settings.model.model else EXTRACTIVE,
            values={
                "retrieval.reranker": setting,
                "retrieval.rerank_depth": str(max(2, retrieval.rerank_depth)),
            },
            author=PURPOSE,
        ),
        workspace=session.workspace.folder,
    )
    return made.version.digest


def _about(fitted: FittedReranker, *, gold: str) -> Mapping[str, object]:
    return {
        "gold": gold,
        "questions": fitted.questions,
        "groups": fitted.groups,
        "by_source": dict(fitted.by_source),
        "strength": fitted.strength,
        "cross_validated_mrr": [round(fitted.mrr_before, 4), round(fitted.mrr_after, 4)],
    }


def _proof(rows: Sequence[MeasureRow], *, gold: str, tried: int, is_proven: bool) -> Mapping[str, object]:
    return {
        "gold": gold,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "is_proven": is_proven,
        "tried": tried,
        "measures": to_json(tuple(rows)),
    }


def _notes(placed: int, cases: int, fitted: FittedReranker) -> tuple[str, ...]:
    notes: list[str] = []
    if placed < cases:
        notes.append(f"{cases - placed} test cases name no document and were not measured")
    if not fitted.by_source.get("feedback"):
        notes.append("no feedback was of use: import reviewed files with bidproof feedback import")
    return tuple(notes)


def _too_few(gold: str, found: int) -> UserError:
    return UserError(
        f"cannot fit a re-ranker on {gold!r}: found {found} questions with both a right and a wrong passage"
        f" among the first, expected at least {_LEAST_QUESTIONS} of two groups or more",
        hint="add cases that name their documents to the train split, or import more reviewed files",
        code="reranker-gold",
    )


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
