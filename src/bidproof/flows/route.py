"""``bidproof route``: fit how sure to be, which model to ask, and what may be promised; show and draw it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from bidproof.answering.calibrated import Confidence, ReadyRule
from bidproof.answering.cascade import Route
from bidproof.core.errors import InvalidSetting, UserError, WriteFailed
from bidproof.core.files import write_text
from bidproof.core.next_steps import Action, NextStep
from bidproof.evaluation.records import Run
from bidproof.flows.evaluate import run_store
from bidproof.flows.requests.routing import FitRequest
from bidproof.llm.prices import PRICES_FILE, TEMPLATE, Price, read_prices
from bidproof.routing.cases import RouteCases, route_cases
from bidproof.routing.curves import RoutingCurves, routing_curves
from bidproof.routing.fit import FittedProgram, FittedRoute, fit_route
from bidproof.routing.options import RouteOptions
from bidproof.routing.store import RouteStore
from bidproof.runtime.index_parts import documents_digest
from bidproof.runtime.session import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """What was fitted, and from what.

    ``runs`` are the ids of the runs; ``left_out`` counts cases that could not be used, by reason.
    """

    fit: FittedRoute
    curves: RoutingCurves
    confidence: Confidence
    route: Route | None
    metric: str
    stamp: str
    runs: tuple[str, ...]
    left_out: Mapping[str, int]
    notes: tuple[str, ...]
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteView:
    """One fitted calibration or route as it stands now.

    Attributes:
        name: Digest of the program, or of the pair.
        programs: Digests of its programs.
        gold: Gold set it was fitted on.
        metric: What was held to be right.
        stamp: What that is worth.
        answers: Labelled answers.
        promise: The certificate in words; empty without one.
        made: ISO time.
        has_same_documents: Whether the documents of the workspace are still those of the fit.
        refuse_below: Answers of a lower score are refused; 0 refuses none.
        up_below: Of a route: the large model is asked below this confidence.
    """

    name: str
    programs: tuple[str, ...]
    gold: str
    metric: str
    stamp: str
    answers: int
    promise: str
    made: str
    has_same_documents: bool
    refuse_below: float = 0.0
    up_below: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvesReport:
    """A stored fit with its curves, and the file that was drawn."""

    view: RouteView
    fit: FittedRoute
    curves: RoutingCurves
    picture: Path | None = None


def fit(request: FitRequest, *, session: Session) -> FitReport:
    """Fit from stored runs, and store what comes of it for the runs' programs.

    Raises:
        UserError: A run or metric is missing, the runs do not fit together, or labels are too few.
    """
    _check(request.options)
    runs = [run_store(session).load(name) for name in (request.small, request.large) if name]
    _check_runs(runs)
    cases = [_cases(run, request, session) for run in runs]
    options, small = request.options, cases[0]
    alone = fit_route(small.cases, options=options, refused_below=small.refused_below)
    store = RouteStore(session.workspace.folder)
    confidence = _confidence(runs[0], small, alone.small, alone.promise.rule, options)
    if alone.refusal is not None:
        confidence = replace(confidence, refuse_below=alone.refusal.threshold)
    path = store.save(confidence, alone)
    fitted, route = alone, None
    if len(runs) == 2:
        fitted = fit_route(small.cases, cases[1].cases, options=options)
        route = _route(runs, cases, fitted, options)
        path = store.save(route, fitted)
    return FitReport(
        fit=fitted,
        curves=routing_curves(fitted, person_usd=options.person_usd),
        confidence=confidence,
        route=route,
        metric=small.metric,
        stamp=small.stamp,
        runs=tuple(run.info.id for run in runs),
        left_out=small.left_out,
        notes=tuple(_notes(fitted, cases, runs)),
        path=path,
    )


def show(session: Session) -> tuple[RouteView, ...]:
    """Every calibration and route of the workspace, the latest first."""
    store, documents = RouteStore(session.workspace.folder), documents_digest(session)
    items = [*store.routes(), *store.confidences()]
    views = [_view(item, documents) for item in items]
    return tuple(sorted(views, key=lambda view: view.made, reverse=True))


def report(name: str, *, session: Session, picture: Path | None = None) -> CurvesReport:
    """A stored fit with its curves; drawn into a PNG or SVG file where one is named.

    Args:
        name: Start of a program's or route's digest; empty for the latest fit.
        session: Its workspace.
        picture: File to draw into.

    Raises:
        UserError: Nothing of that name is fitted (``unknown-route``).
        WriteFailed: The picture cannot be written.
    """
    store, documents = RouteStore(session.workspace.folder), documents_digest(session)
    for item in sorted((*store.routes(), *store.confidences()), key=_recency, reverse=True):
        view = _view(item, documents)
        names = (view.name, *view.programs)
        found = store.fit(item) if any(own.startswith(name) for own in names) else None
        if found is None:
            continue
        curves = routing_curves(found)
        if picture is not None:
            _draw(curves, picture, title=f"{view.gold}, {view.metric}")
        return CurvesReport(view=view, fit=found, curves=curves, picture=picture)
    raise UserError(
        f"cannot find a fitted route {name!r}: found none of that name",
        hint=NextStep("look at the list, or fit one first", Action.LIST_ROUTES),
        code="unknown-route",
    )


def write_price_template(session: Session) -> Path:
    """Put a price table with its explanation into the workspace; one that is there stays.

    Raises:
        WriteFailed: There is one already, or it cannot be written.
    """
    path = session.workspace.folder / PRICES_FILE
    if path.exists():
        raise WriteFailed(
            f"cannot write {str(path)!r}: found a table already, expected none",
            hint=NextStep("edit it; this shows what it says", Action.SHOW_PRICES),
        )
    write_text(path, TEMPLATE)
    return path


def show_prices(session: Session) -> Mapping[str, Price]:
    """The price table of the workspace.

    Raises:
        InvalidSetting: It cannot be read.
    """
    return dict(read_prices(session.workspace.folder / PRICES_FILE).entries)


def _cases(run: Run, request: FitRequest, session: Session) -> RouteCases:
    """The cases of a run, priced anew by the table where the run's own calls had no price."""
    found = route_cases(run, metric=request.metric, least=request.least_right)
    model = str(run.info.settings.get("model.model", ""))
    price = read_prices(session.workspace.folder / PRICES_FILE).price_of(model)
    if price is None or any(case.cost_usd for case in found.cases):
        return found
    tokens = {item.case_id: item.draft.usage for item in run.outcomes if item.repeat == 0}
    priced = tuple(
        replace(
            case,
            cost_usd=(
                tokens[case.case_id].prompt_tokens * price.prompt
                + tokens[case.case_id].completion_tokens * price.completion
            )
            / 1_000_000,
        )
        for case in found.cases
    )
    return replace(found, cases=priced)


def _confidence(
    run: Run, cases: RouteCases, fitted: FittedProgram, ready: ReadyRule | None, options: RouteOptions
) -> Confidence:
    return Confidence(
        program=run.info.program_digest,
        gold=run.info.gold,
        gold_digest=run.info.gold_digest,
        documents=run.info.documents_digest,
        metric=cases.metric,
        stamp=cases.stamp,
        answers=len(cases.answers),
        calibration=fitted.calibration,
        ready=ready,
        expert_below=options.expert_below,
        refuse_below=cases.refused_below,
        made=_now(),
    )


def _route(runs: list[Run], cases: list[RouteCases], fitted: FittedRoute, options: RouteOptions) -> Route:
    large, thresholds = fitted.large, fitted.thresholds
    assert large is not None, "two runs give two programs"  # noqa: S101
    assert thresholds is not None, "and thresholds between them"  # noqa: S101
    rule = fitted.promise.rule
    return Route(
        small=_confidence(runs[0], cases[0], fitted.small, None, options),
        large=_confidence(runs[1], cases[1], large, None, options),
        up_below=thresholds.up_below,
        person_below=thresholds.person_below,
        ready=rule,
        large_usd=max((case.cost_usd for case in cases[1].cases), default=0.0),
        made=_now(),
    )


def _notes(fitted: FittedRoute, cases: list[RouteCases], runs: list[Run]) -> list[str]:
    notes: list[str] = []
    if fitted.refusal is not None and not any(case.is_answerable is False for case in cases[0].cases):
        notes.append("no question is marked as one that the documents do not answer: refusing is not fitted")
    beside = fitted.promise.conservative
    if beside is not None:
        verdict = (
            "would certify nothing"
            if beside.threshold is None
            else f"would still certify {beside.accepted} of {beside.items}"
        )
        notes.append(
            "answers of one group may fail together, and the certificate takes each answer as a draw of its "
            f"own; one answer a group {verdict} (--one-per-group)"
        )
    if cases[0].stamp:
        notes.append(f"right means {cases[0].metric}: {cases[0].stamp}")
    if fitted.thresholds is not None and fitted.tested is not None and fitted.tested.large_share == 1.0:
        notes.append("the large model is asked every time: without the small one it would be cheaper")
    if any(run.info.split == "test" for run in runs):
        notes.append(
            "fitted on the sealed test split: that split can prove nothing about this route any more"
        )
    if len(runs) == 2 and not any(case.cost_usd for case in cases[1].cases):
        notes.append("the runs have no costs: set prices (bidproof route prices --init) and fit again")
    return notes


def _view(item: Confidence | Route, documents: str) -> RouteView:
    first = item if isinstance(item, Confidence) else item.small
    return RouteView(
        name=item.program if isinstance(item, Confidence) else item.digest,
        programs=(item.program,)
        if isinstance(item, Confidence)
        else (item.small.program, item.large.program),
        gold=first.gold,
        metric=first.metric,
        stamp=first.stamp,
        answers=first.answers,
        promise=item.ready.sentence if item.ready is not None else "",
        made=item.made,
        has_same_documents=first.documents == documents,
        refuse_below=first.refuse_below,
        up_below=None if isinstance(item, Confidence) else item.up_below,
    )


def _recency(item: Confidence | Route) -> tuple[str, bool]:
    return item.made, isinstance(item, Route)


def _draw(curves: RoutingCurves, path: Path, *, title: str) -> None:
    if path.suffix.lower() not in (".png", ".svg"):
        raise InvalidSetting(
            f"cannot draw into {str(path)!r}: found {path.suffix!r}, expected .png or .svg",
            hint="name a file that ends in .png or .svg",
        )
    from bidproof.reports.routing_plots import draw_curves

    try:
        draw_curves(curves, path, title=title)
    except OSError as error:
        raise WriteFailed(
            f"cannot write {str(path)!r}: {error.strerror or error}",
            hint="name a file in a folder that is there",
        ) from error


def _check(options: RouteOptions) -> None:
    wrong = {
        "--error": (options.error, 0 < options.error < 1),
        "--confidence": (options.confidence, 0 < options.confidence < 1),
        "--share": (options.share, 0 < options.share < 1),
        "--keep": (options.keep, 0 < options.keep <= 1),
        "--expert-below": (options.expert_below, 0 <= options.expert_below <= 1),
        "--quality": (options.target, options.target is None or 0 <= options.target <= 1),
        "--person-usd": (options.person_usd, options.person_usd >= 0),
    }
    for name, (value, is_fine) in wrong.items():
        if not is_fine:
            raise InvalidSetting(
                f"cannot fit with {name} {value!r}: expected a number between 0 and 1"
                if name != "--person-usd"
                else f"cannot fit with {name} {value!r}: expected 0 or more",
                hint=f"correct {name}",
            )


def _check_runs(runs: list[Run]) -> None:
    for run in runs:
        if run.info.state != "finished":
            raise UserError(
                f"cannot fit on the run {run.info.id!r}: found it {run.info.state}, expected a finished one",
                hint=NextStep("evaluate again; it goes on where it stopped", Action.EVALUATE),
                code="route-runs",
            )
    first, *rest = runs
    for other in rest:
        if other.info.gold_digest != first.info.gold_digest:
            raise UserError(
                f"cannot fit a route from {first.info.id!r} and {other.info.id!r}: found two gold sets, "
                f"{first.info.gold!r} and {other.info.gold!r} or two states of one, expected the same",
                hint=NextStep("evaluate both models on the same gold set and split", Action.EVALUATE),
                code="route-runs",
            )
        if other.info.program_digest == first.info.program_digest:
            raise UserError(
                f"cannot fit a route from {first.info.id!r} and {other.info.id!r}: found the same program "
                "twice, expected two",
                hint="name the run of another model as RUN_LARGE",
                code="route-runs",
            )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
