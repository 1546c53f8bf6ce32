"""Two runs on the same cases: what differs, whether it is proven, and which cases flipped."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bidproof.core.errors import UserError
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.comparing.compared_cells import PairedCells, pair_cells
from bidproof.evaluation.metrics.registry import all_metrics
from bidproof.evaluation.metrics.run_metrics import RIGHTNESS
from bidproof.evaluation.protocol import MetricKind
from bidproof.evaluation.records import Cell, GoldCase, Run, RunInfo
from bidproof.evaluation.statistics.multiple import holm
from bidproof.evaluation.statistics.paired import PairedTest, compare_paired
from bidproof.evaluation.statistics.power import LEAST_GROUPS

Verdict = Literal["better", "worse", "equivalent", "not proven"]
_FLIP = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """A case that the two runs answered differently: by half or more for a share."""

    case_id: str
    question: str
    a: float
    b: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricComparison:
    """One metric over two runs; B is held against A.

    Attributes:
        metric: Its name.
        kind: What values it has here; the mean of several repeats of a yes or no is a proportion.
        higher_is_better: Direction.
        mean_a: Mean of A over the cases that both scored; None without any.
        mean_b: Mean of B over the same.
        test: Effect B minus A, interval and p-value over those cases.
        adjusted_p: Of the primary metric its own; of the others after Holm, over all of them on
            which any case differs.
        verdict: On B.
        margin: Differences smaller than this do not matter, in the metric's own unit.
        coverage_a: Share of the cases that A has a value for, of all that either could be scored on.
        coverage_b: The same of B.
        only_a: Cases that only A has a value for.
        only_b: Cases that only B has a value for.
        low_bound: The least effect that any values of the missing cells could give: where higher
            is better, each is the worst for B and the best for A. None for amounts, which have no
            worst.
        high_bound: The greatest.
        flipped: Cases that turned, in order of the gold set; none for amounts.
        notes: What a reader must know beside the verdict.
    """

    metric: str
    kind: MetricKind
    higher_is_better: bool
    mean_a: float | None
    mean_b: float | None
    test: PairedTest
    adjusted_p: float | None
    verdict: Verdict
    margin: float
    coverage_a: float
    coverage_b: float
    only_a: int
    only_b: int
    low_bound: float | None
    high_bound: float | None
    flipped: tuple[Flip, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Run B held against run A, metric by metric.

    ``cases`` are those that both ran. ``skipped`` maps a metric that cannot be
    compared to the reason. ``warnings`` concern all metrics. ``primary`` is the metric that
    was tested alone, empty where there is none; all others are exploratory.
    """

    a: RunInfo
    b: RunInfo
    cases: int
    rows: tuple[MetricComparison, ...]
    skipped: Mapping[str, str]
    warnings: tuple[str, ...]
    confidence: float
    primary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRules:
    """What counts as proven and as negligible.

    Attributes:
        metrics: Names; empty for every metric that both runs have.
        primary: The metric that decides, declared before the runs are seen; empty for the first
            of ``RIGHTNESS`` that a case of the gold set can be scored by.
        margin: Of shares: an interval wholly within plus and minus this is ``equivalent``.
        relative_margin: Of amounts, as a share of A's mean.
        confidence: Of intervals; 1 minus it is the level of the tests.
        allow_different_gold: Pair cases of equal id and question where the gold sets differ.
        with_amounts: Whether seconds, tokens and dollars are compared where no metric is named.
    """

    metrics: tuple[str, ...] = ()
    primary: str = ""
    margin: float = 0.03
    relative_margin: float = 0.05
    confidence: float = 0.95
    allow_different_gold: bool = False
    with_amounts: bool = True


DEFAULT_RULES = ComparisonRules()


def compare_runs(a: Run, b: Run, *, rules: ComparisonRules = DEFAULT_RULES) -> Comparison:
    """Hold run B against run A on the cases that both scored.

    A verdict needs more than a small p-value: where B leaves out cases that A scored, B is
    ``better`` only if it still leads when those count as its worst (and the same for A when B
    is ``worse``), so that nobody wins by dropping what is hard.

    Args:
        a: The run held against, for instance what is in production.
        b: The run on trial.
        rules: What is compared, and what counts.

    Raises:
        UserError: The gold sets differ (``gold-differs``), no case is common
            (``nothing-in-common``), a run is not finished (``run-unfinished``), or a named
            metric is not in both (``no-such-metric``).
    """
    cases = _common_cases(a, b, rules)
    names, skipped = _metrics(a, b, rules)
    known = {case.id for case in cases}
    cells_a, cells_b = _by_metric(a.cells, known), _by_metric(b.cells, known)
    registered, summaries = all_metrics(), (*a.summaries, *b.summaries)
    rows: list[MetricComparison] = []
    pairs: dict[str, PairedCells] = {}
    for name in names:
        paired = pair_cells(
            name, cases, cells_a[name], cells_b[name], metric=registered.get(name), summaries=summaries
        )
        if paired.kind == "amount" and not rules.with_amounts and name not in rules.metrics:
            skipped[name] = "an amount, compared only when named"
        elif not paired.universe:
            skipped[name] = "no case can be scored by it"
        elif not paired.a and not paired.b:
            skipped[name] = "neither run has a value"
        else:
            pairs[name] = paired
            rows.append(_compare(paired, cases, rules))
    primary = rules.primary or next((name for name in RIGHTNESS if name in pairs), "")
    return Comparison(
        a=a.info,
        b=b.info,
        cases=len(cases),
        rows=tuple(_decide(row, pairs[row.metric], rules) for row in _adjusted(rows, pairs, primary)),
        skipped=skipped,
        warnings=_warnings(a, b, len(cases)),
        confidence=rules.confidence,
        primary=primary if primary in pairs else "",
    )


def noted(found: Comparison) -> tuple[str, ...]:
    """Each note of a comparison's rows once, behind the metrics it is about."""
    metrics: dict[str, list[str]] = defaultdict(list)
    for row in found.rows:
        for note in row.notes:
            metrics[note].append(row.metric)
    return tuple(f"{', '.join(names)}: {note}" for note, names in metrics.items())


def _common_cases(a: Run, b: Run, rules: ComparisonRules) -> list[GoldCase]:
    for run in (a, b):
        if run.info.state != "finished":
            raise UserError(
                f"cannot compare the run {_name(run.info)!r}: found it {run.info.state}, expected finished",
                hint=NextStep("evaluate again; it goes on with what is missing", Action.EVALUATE),
                code="run-unfinished",
            )
    if a.info.gold_digest != b.info.gold_digest and not rules.allow_different_gold:
        raise UserError(
            f"cannot compare {_name(a.info)!r} with {_name(b.info)!r}: found gold set {a.info.gold!r} "
            f"({a.info.gold_digest}) and {b.info.gold!r} ({b.info.gold_digest}), expected one and the same",
            hint=NextStep(
                "evaluate both on the same set, or pair cases of equal id and question",
                options=("allow_different_gold",),
            ),
            code="gold-differs",
        )
    questions = {case.id: " ".join(case.question.split()) for case in b.cases}
    common = [case for case in a.cases if questions.get(case.id) == " ".join(case.question.split())]
    if not common:
        raise UserError(
            f"cannot compare {_name(a.info)!r} with {_name(b.info)!r}: found no case in both "
            f"({len(a.cases)} and {len(b.cases)} cases), expected at least one of equal id and question",
            hint="evaluate both on the same gold set and split",
            code="nothing-in-common",
        )
    return common


def _metrics(a: Run, b: Run, rules: ComparisonRules) -> tuple[list[str], dict[str, str]]:
    in_a, in_b = {cell.metric: 0 for cell in a.cells}, {cell.metric: 0 for cell in b.cells}
    for name in (*rules.metrics, *filter(None, [rules.primary])):
        if name not in in_a or name not in in_b:
            both = ", ".join(metric for metric in in_a if metric in in_b) or "none"
            raise UserError(
                f"cannot compare by {name!r}: found {both} in both runs, expected {name!r} among them",
                hint=NextStep("name one of those, or evaluate both runs with it", options=("metrics",)),
                code="no-such-metric",
            )
    named = dict.fromkeys(filter(None, [rules.primary, *rules.metrics])) if rules.metrics else {}
    names = list(named) or [name for name in in_a if name in in_b]
    skipped = {name: "only in A" for name in in_a if name not in in_b}
    skipped |= {name: "only in B" for name in in_b if name not in in_a}
    if rules.metrics:
        skipped = {}
    if a.info.judge != b.info.judge:
        registered = all_metrics()
        judged = {
            item.metric
            for run in (a, b)
            for item in run.summaries
            if item.stamp and (item.metric not in registered or registered[item.metric].is_judged)
        }
        skipped |= {name: "judged by different judges" for name in names if name in judged}
    return [name for name in names if name not in skipped], skipped


def _by_metric(cells: Sequence[Cell], known: set[str]) -> Mapping[str, list[Cell]]:
    found: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        if cell.case_id in known:
            found[cell.metric].append(cell)
    return found


def _compare(paired: PairedCells, cases: Sequence[GoldCase], rules: ComparisonRules) -> MetricComparison:
    common = paired.common
    first, second = [paired.a[case] for case in common], [paired.b[case] for case in common]
    of_case = {case.id: case for case in cases}
    test = compare_paired(
        first,
        second,
        groups=[of_case[case].group for case in common],
        kind=paired.kind,
        confidence=rules.confidence,
    )
    mean_a = sum(first) / len(first) if first else None
    is_amount = paired.kind == "amount"
    low, high = (None, None) if is_amount else paired.bounds()
    flips = () if is_amount else (case for case in common if abs(paired.b[case] - paired.a[case]) >= _FLIP)
    return MetricComparison(
        metric=paired.metric,
        kind=paired.kind,
        higher_is_better=paired.higher_is_better,
        mean_a=mean_a,
        mean_b=sum(second) / len(second) if second else None,
        test=test,
        adjusted_p=test.p_value,
        verdict="not proven",
        margin=rules.relative_margin * abs(mean_a or 0.0) if is_amount else rules.margin,
        coverage_a=len(paired.a) / len(paired.universe),
        coverage_b=len(paired.b) / len(paired.universe),
        only_a=len(paired.only_a),
        only_b=len(paired.only_b),
        low_bound=low,
        high_bound=high,
        flipped=tuple(
            Flip(case_id=case, question=of_case[case].question, a=paired.a[case], b=paired.b[case])
            for case in flips
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dropped:
    """What the cases that one side alone scored could do to a verdict.

    ``is_lead_lost``: the leading side no longer leads when those that it left out count as its
    worst. ``largest``: the largest effect, either way, when a side's left-out cases do.
    """

    note: str = ""
    is_lead_lost: bool = False
    largest: float = 0.0


def _dropped(paired: PairedCells, effect: float) -> _Dropped:
    a, b = len(paired.only_a), len(paired.only_b)
    if not a and not b:
        return _Dropped()
    note = f"{a} cases have a value in A only and {b} in B only; the effect is over the others"
    if paired.kind == "amount":
        return _Dropped(note=note)
    direction = 1 if paired.higher_is_better else -1
    without_b, without_a = paired.effect_if_dropped_are_worst()
    of_leader, count, leader = (without_b, a, "B") if direction * effect > 0 else (without_a, b, "A")
    is_lost = effect != 0 and count > 0 and of_leader * effect <= 0
    if is_lost:
        note += f"; {leader}'s lead is {of_leader:+.3f} if the {count} that it left out count as its worst"
    return _Dropped(note=note, is_lead_lost=is_lost, largest=max(abs(without_a), abs(without_b)))


def _adjusted(
    rows: Sequence[MetricComparison], pairs: Mapping[str, PairedCells], primary: str
) -> list[MetricComparison]:
    """Put the primary metric first, as it is; adjust the others by Holm.

    Only metrics that can reject at all count: where no case differs p is 1 for certain.
    """
    testable = [
        row
        for row in rows
        if row.metric != primary and row.test.p_value is not None and pairs[row.metric].is_any_different
    ]
    adjusted = holm([row.test.p_value or 0.0 for row in testable])
    by_name = {row.metric: value for row, value in zip(testable, adjusted, strict=True)}
    ordered = sorted(rows, key=lambda row: row.metric != primary)
    return [replace(row, adjusted_p=by_name.get(row.metric, row.test.p_value)) for row in ordered]


def _decide(row: MetricComparison, paired: PairedCells, rules: ComparisonRules) -> MetricComparison:
    test = row.test
    if row.adjusted_p is None or test.effect is None or test.low is None or test.high is None:
        return replace(row, notes=("fewer than two cases in common",))
    dropped, verdict = _dropped(paired, test.effect), row.verdict
    if row.adjusted_p <= 1 - rules.confidence + 1e-12 and test.effect != 0:
        if not dropped.is_lead_lost:
            verdict = "better" if (test.effect > 0) == row.higher_is_better else "worse"
    elif -row.margin <= test.low and test.high <= row.margin and dropped.largest <= row.margin:
        verdict = "equivalent"
    notes = [dropped.note] if dropped.note else []
    if test.method == "cluster-sign-flip" and test.clusters < LEAST_GROUPS:
        notes.append(f"only {test.clusters} groups: under {LEAST_GROUPS} no difference can be proven")
    return replace(row, verdict=verdict, notes=tuple(notes))


def _warnings(a: Run, b: Run, common: int) -> tuple[str, ...]:
    found: list[str] = []
    if a.info.gold_digest != b.info.gold_digest:
        found.append("the gold sets differ: references and relevant passages may not be the same")
    for run, name in ((a, "A"), (b, "B")):
        if len(run.cases) > common:
            found.append(f"{len(run.cases) - common} cases of {name} are not in the other run")
    if a.info.documents_digest != b.info.documents_digest:
        found.append("the documents changed between the runs: the difference is not the program's alone")
    if a.info.judge != b.info.judge:
        found.append("the runs have different judges: judged metrics are left out")
    groups = Counter(case.group for case in a.cases if case.group)
    if len(groups) == 1 and sum(groups.values()) == len(a.cases):
        found.append(
            f"all cases are of the group {next(iter(groups))!r}: what is proven is proven for it alone"
        )
    return tuple(found)


def _name(info: RunInfo) -> str:
    return info.label or info.id
