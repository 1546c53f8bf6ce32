"""Error patterns on made-up runs whose true pattern is known."""

import random
from dataclasses import replace

import pytest

from bidproof.core.errors import UserError
from bidproof.core.ids import DocumentId, PassageId, QuestionId
from bidproof.core.records import (
    BlockKind,
    Citation,
    Claim,
    Draft,
    DraftState,
    Passage,
    ScoredPassage,
)
from bidproof.evaluation.patterns.blame import ROOM, Blame, blame_failure, count_blame, count_rooms
from bidproof.evaluation.patterns.clusters import cluster_failures
from bidproof.evaluation.patterns.effects import Sample, slice_effect
from bidproof.evaluation.patterns.find import case_properties, find_patterns, slice_run
from bidproof.evaluation.patterns.slices import properties
from bidproof.evaluation.records import Cell, CellState, GoldCase, Outcome, Relevant, Run, RunInfo
from bidproof.language.detect import guess_language


def passage(name: str, *, path: str = "", text: str = "", kind: BlockKind = BlockKind.PARAGRAPH) -> Passage:
    return Passage(
        id=PassageId(name),
        document_id=DocumentId(path or name),
        path=path or f"{name}.md",
        title=name,
        start=0,
        end=len(text or name),
        text=text or name,
        kind=kind,
    )


def ranking(*names: str) -> tuple[ScoredPassage, ...]:
    return tuple(
        ScoredPassage(passage=passage(name), score=1.0, rank=rank) for rank, name in enumerate(names, 1)
    )


def outcome(
    case: GoldCase,
    *,
    state: DraftState = DraftState.DRAFTED,
    text: str = "An answer.",
    cited: str = "",
    found: tuple[ScoredPassage, ...] = (),
    used: int = 0,
    repeat: int = 0,
) -> Outcome:
    citation = Citation(
        passage_id=PassageId(cited),
        document_id=DocumentId(cited),
        path=f"{cited}.md",
        title=cited,
        quote="quote",
        start=0,
        end=5,
    )
    claims = (Claim(text=text, citations=(citation,)),) if cited else ()
    is_silent = state is not DraftState.DRAFTED
    draft = Draft(question_id=QuestionId(case.id), state=state, text="" if is_silent else text, claims=claims)
    return Outcome(case_id=case.id, repeat=repeat, draft=draft, retrieved=found, used=used)


def made_run(values: dict[str, float], cases: list[GoldCase], outcomes: list[Outcome] | None = None) -> Run:
    cells = tuple(
        Cell(case_id=name, metric="choice_accuracy", state=CellState.SCORED, value=value)
        for name, value in values.items()
    )
    info = RunInfo(id="r", gold="g", gold_digest="d", split="", program_digest="p", answerer="a")
    found = tuple(outcomes or [outcome(case) for case in cases])
    return Run(info=info, cases=tuple(cases), outcomes=found, cells=cells, summaries=())


def made_cases(count: int, chance: random.Random) -> list[GoldCase]:
    """Questions of every shape, tags at random, so that many slices can be tested."""
    openings = ("Is the", "How is the", "What protects the", "Which team owns the")
    things = ("gateway", "backup", "laptop fleet", "data centre", "build server", "ticket queue")
    cases: list[GoldCase] = []
    for number in range(count):
        negation = " not" if chance.random() < 0.35 else ""
        figure = f" for {chance.randint(2, 90)} days" if chance.random() < 0.4 else ""
        text = f"{chance.choice(openings)} {chance.choice(things)}{negation} kept{figure}?"
        cases.append(
            GoldCase(
                id=f"c{number}",
                question=text,
                choice=chance.choice(("Yes", "No")),
                options=("Yes", "No"),
                tags=tuple(tag for tag in ("red", "blue", "green") if chance.random() < 0.4),
            )
        )
    return cases


def test_the_slice_with_planted_failures_comes_out_and_no_other() -> None:
    chance = random.Random(7)
    cases = made_cases(300, chance)
    values = {case.id: float(chance.random() < (0.45 if " not " in case.question else 0.9)) for case in cases}
    found = find_patterns(made_run(values, cases))
    worse = [(item.dimension, item.value) for item in found.slices if item.verdict in ("worse", "better")]
    assert worse == [("negation", "yes")]
    planted = found.slices[0]
    assert planted.effect.low is not None
    assert planted.effect.high is not None
    assert planted.effect.low < -0.45 < planted.effect.high < 0
    assert planted.holm_p is not None
    assert planted.bh_p is not None
    assert planted.holm_p < 1e-6
    assert planted.bh_p < 1e-6


def test_null_runs_raise_no_more_false_alarms_than_the_level_allows() -> None:
    alarms = 0
    runs = 60
    chance = random.Random(11)
    cases = made_cases(150, chance)
    outcomes = [outcome(case) for case in cases]
    known = case_properties(cases, outcomes)
    for _ in range(runs):
        values = {case.id: float(chance.random() < 0.7) for case in cases}
        found = slice_run(cases, outcomes, values, properties_of=known)
        assert len([item for item in found if item.effect.p_value is not None]) >= 5
        alarms += any(item.verdict in ("worse", "better") for item in found)
    # 5% of 60 is 3; more than 8 has a chance of under 1% in a test that keeps its level.
    assert alarms <= 8


@pytest.mark.parametrize("kind", ["independent", "clustered", "proportion"])
def test_the_test_of_a_slice_keeps_its_level_and_its_interval_covers(kind: str) -> None:
    chance = random.Random(5)
    rounds, false, covered = 400, 0, 0
    for _ in range(rounds):
        samples: list[Sample] = []
        for size in (24, 60):
            values: list[float] = []
            groups: list[str] = []
            group = 0
            while len(values) < size:
                group += 1
                members = chance.choice((1, 2, 5)) if kind == "clustered" else 1
                rate = chance.betavariate(2, 1) if kind == "clustered" else 2 / 3
                for _ in range(members):
                    drawn = float(chance.random() < rate)
                    values.append(chance.betavariate(2, 1) if kind == "proportion" else drawn)
                    groups.append(f"{size}-{group}" if kind == "clustered" else "")
            samples.append(Sample(values=values, groups=groups))
        found = slice_effect(*samples)
        assert found.p_value is not None
        assert found.low is not None
        assert found.high is not None
        false += found.p_value < 0.05
        covered += found.low <= 0 <= found.high
    assert false / rounds <= 0.085
    assert covered / rounds >= 0.92


def test_a_slice_of_few_cases_or_groups_is_never_called_worse() -> None:
    few = slice_effect(
        Sample(values=[0, 0, 0, 0], groups=[""] * 4), Sample(values=[1] * 50, groups=[""] * 50)
    )
    assert (few.p_value, few.low, few.method) == (None, None, "too few")
    groups = ["a"] * 10 + ["b"] * 10
    clumped = slice_effect(Sample(values=[0] * 20, groups=groups), Sample(values=[1] * 50, groups=[""] * 50))
    assert clumped.p_value is None
    alike = slice_effect(
        Sample(values=[0] * 6, groups=list("aabbcc")), Sample(values=[0] * 50, groups=[""] * 50)
    )
    assert alike.p_value is None
    whole = slice_effect(
        Sample(values=[0.0] * 12, groups=[f"g{n // 2}" for n in range(12)]),
        Sample(values=[0.0, 0.0, 1.0] * 10, groups=[""] * 30),
    )
    assert whole.p_value is not None
    assert whole.p_value > 0.001


def test_properties_of_a_case_are_told() -> None:
    case = GoldCase(
        id="a",
        question="Which backups are not kept for 30 days, and who approved that on 5 March 2024?",
        reference="The table says 12 GB.",
        relevant=(Relevant(path="plan.pdf"),),
        is_answerable=True,
        group="g",
        tags=("x", "y"),
    )
    table = ScoredPassage(passage=passage("t", path="docs/plan.pdf", kind=BlockKind.TABLE), score=1.0, rank=2)
    found = properties(case, outcome(case, found=(*ranking("n"), table), used=2))
    for expected in (
        ("negation", "yes"),
        ("number", "yes"),
        ("date", "yes"),
        ("parts", "several"),
        ("table", "yes"),
        ("document type", "pdf"),
        ("gold position", "last in the context"),
        ("language", "en"),
        ("answerable", "yes"),
        ("tag", "x"),
        ("tag", "y"),
        ("group", "g"),
    ):
        assert expected in found
    below = dict(properties(case, outcome(case, found=(*ranking("n"), table), used=1)))
    assert below["gold position"] == "below the context"
    missed = dict(properties(case, outcome(case, found=ranking("n"), used=1)))
    assert missed["gold position"] == "not in the ranking"
    assert "table" not in missed


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("What is the retention period of the backups and who approves it?", "en"),
        ("Wie werden die Daten verschlüsselt und wer ist für die Schlüssel verantwortlich?", "de"),
        ("Quelle est la durée de conservation des sauvegardes dans le système?", "fr"),
        ("¿Cómo se protegen los datos del cliente y con qué cifrado?", "es"),
        ("Шифруются ли данные при хранении?", "cyrillic"),
        ("データは暗号化されていますか", "ja"),
        ("AES-256 TLS 1.3?", "unknown"),
    ],
)
def test_the_language_of_a_question_is_guessed(text: str, language: str) -> None:
    assert guess_language(text) == language


GOLD = GoldCase(id="a", question="How long?", relevant=(Relevant(path="gold.md"),), is_answerable=True)


@pytest.mark.parametrize(
    ("case", "made", "blame"),
    [
        (GOLD, {"found": ranking("x", "y"), "used": 2}, Blame.NOT_RETRIEVED),
        (GOLD, {"found": ranking("x", "y", "gold"), "used": 2}, Blame.OUTSIDE_CONTEXT),
        (GOLD, {"found": ranking("x", "gold"), "used": 2, "cited": "x"}, Blame.NOT_USED),
        (GOLD, {"found": ranking("x", "gold"), "used": 2, "cited": "gold"}, Blame.USED_AND_WRONG),
        (GOLD, {"found": ranking("x", "gold"), "used": 2, "text": "gold"}, Blame.USED_AND_WRONG),
        (GOLD, {"found": ranking("gold"), "used": 1, "state": DraftState.NOT_FOUND}, Blame.ABSTAINED),
        (GOLD, {"found": ranking("x"), "used": 1, "state": DraftState.NOT_FOUND}, Blame.NOT_RETRIEVED),
        (GOLD, {"state": DraftState.FAILED}, Blame.CALL_FAILED),
        (GOLD, {}, Blame.NO_GOLD),
        (replace(GOLD, relevant=()), {"found": ranking("x"), "used": 1}, Blame.NO_GOLD),
        (replace(GOLD, is_answerable=False), {"found": ranking("x"), "used": 1}, Blame.ANSWERED_UNANSWERABLE),
    ],
)
def test_the_step_that_lost_an_answer_is_blamed(
    case: GoldCase, made: dict[str, object], blame: Blame
) -> None:
    assert blame_failure(case, outcome(case, **made)).blame is blame  # type: ignore[arg-type]


def test_failures_are_counted_by_step_and_room() -> None:
    blamed = [
        blame_failure(GOLD, outcome(GOLD, found=ranking("x"), used=1)),
        blame_failure(GOLD, outcome(GOLD, found=ranking("gold"), used=1, cited="gold")),
        blame_failure(GOLD, outcome(GOLD, found=ranking("x"), used=1)),
    ]
    assert count_blame(blamed) == {Blame.NOT_RETRIEVED: 2, Blame.USED_AND_WRONG: 1}
    assert count_rooms(blamed) == {"retrieval": 2, "generation": 1}
    assert set(ROOM) == set(Blame)
    assert not blamed[0].is_passage_known


def test_wrong_values_wrong_silences_and_wrong_answers_are_failures_and_the_rest_is_not_judged() -> None:
    right = replace(GOLD, id="right")
    wrong = replace(GOLD, id="wrong")
    silent = replace(GOLD, id="silent")
    made_up = replace(GOLD, id="made up", is_answerable=False)
    rightly_silent = replace(GOLD, id="rightly silent", is_answerable=False)
    unknown = replace(GOLD, id="unknown", is_answerable=None)
    failed = replace(GOLD, id="failed")
    cases = [right, wrong, silent, made_up, rightly_silent, unknown, failed]
    quiet = DraftState.NOT_FOUND
    outcomes = [
        outcome(right),
        outcome(wrong),
        outcome(silent, state=quiet),
        outcome(made_up),
        outcome(rightly_silent, state=quiet),
        outcome(unknown, state=quiet),
        outcome(failed, state=DraftState.FAILED),
    ]
    found = find_patterns(made_run({"right": 1.0, "wrong": 0.0}, cases, outcomes))
    assert [item.case_id for item in found.failures] == ["wrong", "silent", "made up", "failed"]
    assert found.of == 6
    assert (found.n, found.mean) == (2, 0.5)


def test_a_metric_without_values_is_refused() -> None:
    with pytest.raises(UserError) as caught:
        find_patterns(made_run({"c0": 1.0}, [GoldCase(id="c0", question="Q?")]), metric="nothing")
    assert caught.value.code == "no-metric"
    assert "choice_accuracy" in caught.value.message


def test_alike_failures_are_gathered_and_named() -> None:
    topics = {
        "backups": ["restored from backups", "kept as backups weekly", "tested backups of databases"],
        "visitors": ["badges for visitors", "escorts of visitors inside", "logs of visitors at doors"],
    }
    cases = [
        GoldCase(id=f"{name}{number}{copy}", question=f"Describe {text} in year {copy}")
        for name, texts in topics.items()
        for number, text in enumerate(texts)
        for copy in range(2)
    ]
    clusters = cluster_failures(cases)
    assert {name for cluster in clusters for name in cluster.terms[:2]} & set(topics) == set(topics)
    assert sorted(case for cluster in clusters for case in cluster.case_ids) == sorted(
        case.id for case in cases
    )
    assert cluster_failures(cases[:3]) == ()
    assert clusters == cluster_failures(cases)
