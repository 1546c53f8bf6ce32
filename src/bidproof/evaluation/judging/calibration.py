"""Hold a judge, or the offline verifier, against people: how far can its numbers be trusted.

The verdict calibrated is the one that runs report: an answer's faithfulness, the
share of its claims that its evidence holds. An answer counts as held when all
of its claims are.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from bidproof.core.errors import ModelError
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import Draft, DraftState, Passage, ScoredPassage
from bidproof.evaluation.judging.labels import LabelledAnswer, Labels
from bidproof.evaluation.protocol import ClaimMatrix, MatrixMaker
from bidproof.evaluation.records import Estimate, GoldCase, Outcome

PADDING = (
    "Thank you very much for this important and interesting question. We are always glad to give"
    " complete and careful information, and we stay available for anything else that may be of help."
)
"""Polite words that say nothing, to see whether length or tone moves the judge."""

NOTHING = Estimate(value=None, n=0, clusters=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """What is known about one judge.

    Attributes:
        judge: Digest of the judge's program, or the offline verifier's version.
        name: For people: the model's name.
        labels: Digest of the label file.
        answers: Answers judged; ``labelled`` of them had a majority label.
        failed: Judgings that failed, over all repeats.
        auroc: Chance that a supported answer scores above an unsupported one.
        accuracy: Balanced accuracy of the verdict.
        kappa: Cohen's kappa of verdict and majority label.
        alpha: Krippendorff's alpha among the raters; no value for one rater.
        ceiling: Balanced accuracy of raters, each against the majority of the others.
        flips: How often two repeats of one verdict differ.
        position: Share of verdicts that change when the passages come in reverse order.
        verbosity: Share of verdicts on the same claims that change when polite words are added.
        judged_rate: Share of answers that the judge holds to be supported.
        corrected_rate: The same as people would say, by prediction-powered inference.
        judged_on: ISO date.
    """

    judge: str
    name: str
    labels: str
    answers: int
    labelled: int
    failed: int = 0
    auroc: Estimate = NOTHING
    accuracy: Estimate = NOTHING
    kappa: Estimate = NOTHING
    alpha: Estimate = NOTHING
    ceiling: Estimate = NOTHING
    flips: Estimate = NOTHING
    position: Estimate = NOTHING
    verbosity: Estimate = NOTHING
    judged_rate: Estimate = NOTHING
    corrected_rate: Estimate = NOTHING
    judged_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a judge said of one labelled answer; None where it failed or nothing could be judged.

    ``verdicts`` has one entry a repeat; ``reversed_order`` and ``padded`` are None
    where that was not asked.
    """

    answer: LabelledAnswer
    score: float | None
    verdicts: tuple[bool | None, ...]
    reversed_order: bool | None = None
    padded: bool | None = None
    failures: tuple[str, ...] = ()


@dataclass(slots=True)
class _Asked:
    """One judging: its score and verdict, or why there is none."""

    score: float | None = None
    verdict: bool | None = None
    failure: str = ""
    rows: tuple[bool, ...] = field(default=())


async def judge_labels(
    labels: Labels,
    maker: MatrixMaker,
    *,
    repeats: int = 3,
    has_biases: bool = True,
    concurrency: int = 8,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> tuple[Judged, ...]:
    """Let a judge read every answer: several times, with the passages reversed, and padded.

    Args:
        labels: The answers.
        maker: The judge.
        repeats: Readings of the same prompt, each drawn anew; 1 measures no flips.
        has_biases: Also read each answer with its passages reversed, and padded.
        concurrency: Answers in progress at once; the model's gateway limits calls.
        progress: Told how many answers are done, of how many.
    """
    slots = asyncio.Semaphore(max(1, concurrency))
    done = 0

    async def one(answer: LabelledAnswer) -> Judged:
        nonlocal done
        async with slots:
            judged = await _judge(answer, maker, repeats=repeats, has_biases=has_biases)
        done += 1
        progress(done, len(labels.answers))
        return judged

    return tuple(await asyncio.gather(*(one(answer) for answer in labels.answers)))


def calibrate(
    judged: Sequence[Judged], *, judge: str, name: str, labels: Labels, judged_on: str = ""
) -> Calibration:
    """Compute every figure from what the judge and people said.

    Answers that the judge failed on count in ``failed`` and in no figure.
    """
    from bidproof.evaluation.statistics.agreement import (
        auroc,
        balanced_accuracy,
        flip_rate,
        krippendorff_alpha,
    )
    from bidproof.evaluation.statistics.correction import corrected_rate
    from bidproof.evaluation.statistics.intervals import mean_interval

    read = [item for item in judged if item.score is not None]
    known = [item for item in read if item.answer.label is not None]
    scores = [item.score or 0.0 for item in known]
    verdicts = [bool(item.verdicts[0]) for item in known]
    truth = [bool(item.answer.label) for item in known]
    groups = [item.answer.group or item.answer.id for item in known]
    base = Calibration(
        judge=judge,
        name=name,
        labels=labels.digest,
        answers=len(judged),
        labelled=len(known),
        failed=sum(len(item.failures) for item in judged),
        judged_on=judged_on,
    )
    if not read:
        return base
    everyone = [float(bool(item.verdicts[0])) for item in read]
    all_groups = [item.answer.group or item.answer.id for item in read]
    return replace(
        base,
        auroc=auroc(scores, truth, groups=groups) if known else NOTHING,
        accuracy=balanced_accuracy(verdicts, truth, groups=groups) if known else NOTHING,
        kappa=_kappa(verdicts, truth) if known else NOTHING,
        alpha=krippendorff_alpha([item.answer.ratings for item in judged]),
        ceiling=human_ceiling([item.answer for item in judged]),
        flips=flip_rate([item.verdicts for item in read], groups=all_groups),
        position=_changes([(item.verdicts[0], item.reversed_order) for item in read], all_groups),
        verbosity=_changes([(item.verdicts[0], item.padded) for item in read], all_groups),
        judged_rate=mean_interval(everyone, groups=all_groups, kind="binary"),
        corrected_rate=corrected_rate(
            everyone, [float(verdict) for verdict in verdicts], [float(label) for label in truth]
        ),
    )


def human_ceiling(answers: Sequence[LabelledAnswer]) -> Estimate:
    """How well people reach what other people say: each rater against the majority of the others.

    No value with fewer than three raters on an answer: against one other rater there
    is no majority, and alpha says it all.
    """
    from bidproof.evaluation.statistics.agreement import balanced_accuracy

    said: list[bool] = []
    others_said: list[bool] = []
    groups: list[str] = []
    for answer in answers:
        for place, rating in enumerate(answer.ratings):
            rest = [item for at, item in enumerate(answer.ratings) if at != place and item is not None]
            if rating is None or len(rest) < 2 or sum(rest) * 2 == len(rest):
                continue
            said.append(rating)
            others_said.append(sum(rest) * 2 > len(rest))
            groups.append(answer.group or answer.id)
    return balanced_accuracy(said, others_said, groups=groups) if said else NOTHING


def outcome_of(
    answer: LabelledAnswer, *, repeat: int = 0, text: str = "", is_reversed: bool = False
) -> Outcome:
    """A labelled answer in the shape that matrix makers take."""
    evidence = tuple(reversed(answer.evidence)) if is_reversed else answer.evidence
    passages = tuple(
        ScoredPassage(
            passage=Passage(
                id=PassageId(f"{answer.id}/{number}"),
                document_id=DocumentId(answer.id),
                path="",
                title="",
                start=0,
                end=len(passage),
                text=passage,
            ),
            score=1.0 / number,
            rank=number,
        )
        for number, passage in enumerate(evidence, start=1)
    )
    draft = Draft(question_id=QuestionId(answer.id), state=DraftState.DRAFTED, text=text or answer.answer)
    return Outcome(case_id=answer.id, repeat=repeat, draft=draft, retrieved=passages, used=len(passages))


async def _judge(answer: LabelledAnswer, maker: MatrixMaker, *, repeats: int, has_biases: bool) -> Judged:
    readings = [
        await _ask(answer, maker, outcome_of(answer, repeat=repeat)) for repeat in range(max(1, repeats))
    ]
    first = readings[0]
    turned, padded = _Asked(), _Asked()
    if has_biases and first.verdict is not None:
        if len(answer.evidence) > 1:
            turned = await _ask(answer, maker, outcome_of(answer, is_reversed=True))
        text = f"{answer.answer.rstrip()} {PADDING}"
        padded = await _ask(answer, maker, outcome_of(answer, text=text), only_first=len(first.rows))
    asked = (*readings, turned, padded)
    return Judged(
        answer=answer,
        score=first.score,
        verdicts=tuple(item.verdict for item in readings),
        reversed_order=turned.verdict,
        padded=padded.verdict,
        failures=tuple(item.failure for item in asked if item.failure),
    )


async def _ask(
    answer: LabelledAnswer, maker: MatrixMaker, outcome: Outcome, *, only_first: int | None = None
) -> _Asked:
    case = GoldCase(id=answer.id, question=answer.question, reference="")
    try:
        matrix = await maker.make(case, outcome)
    except ModelError as error:
        return _Asked(failure=error.message)
    rows = _held_rows(matrix)[:only_first]
    if not rows:
        return _Asked()
    score = _score(matrix) if only_first is None else sum(rows) / len(rows)
    return _Asked(score=score, verdict=all(rows), rows=rows)


def _held_rows(matrix: ClaimMatrix) -> tuple[bool, ...]:
    return tuple(any(bool(item.is_held) for item in row) for row in matrix.answer_by_passage)


def _score(matrix: ClaimMatrix) -> float:
    """Mean over claims of the best passage's score: for a judge the share held, finer for the verifier."""
    best = [max((item.score for item in row), default=0.0) for row in matrix.answer_by_passage]
    return sum(best) / len(best)


def _kappa(verdicts: Sequence[bool], truth: Sequence[bool]) -> Estimate:
    """Cohen's kappa; 0 without an interval for a judge, or labels, that only ever say one thing."""
    from bidproof.evaluation.statistics.agreement import cohen_kappa

    if len(set(verdicts)) < 2 or len(set(truth)) < 2:
        return Estimate(value=0.0, n=len(truth), clusters=len(truth), method="constant")
    return cohen_kappa(verdicts, truth)


def _changes(pairs: Sequence[tuple[bool | None, bool | None]], groups: Sequence[str]) -> Estimate:
    """How often the second reading says something else than the first."""
    from bidproof.evaluation.statistics.intervals import mean_interval

    kept = [
        (float(one is not other), group)
        for (one, other), group in zip(pairs, groups, strict=True)
        if one is not None and other is not None
    ]
    if not kept:
        return NOTHING
    return mean_interval([value for value, _ in kept], groups=[group for _, group in kept], kind="binary")
