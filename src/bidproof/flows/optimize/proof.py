"""Hold an optimisation's winner against the incumbent, on cases that no search has seen."""

from dataclasses import replace
from pathlib import Path

from bidproof.core.files import write_text
from bidproof.core.jsonable import json_text
from bidproof.evaluation.comparing.comparisons import Comparison, ComparisonRules, compare_runs
from bidproof.evaluation.gold.store import GoldStore
from bidproof.evaluation.records import Run
from bidproof.flows.evaluate import RunWanted, run_program
from bidproof.flows.optimize.records import Proven
from bidproof.flows.prompts.proof import effect_words, prove
from bidproof.flows.requests.evaluating import EvaluateRequest
from bidproof.flows.requests.programs import OptimizeRequest
from bidproof.prompts.program import Program
from bidproof.runtime.index_parts import documents_digest
from bidproof.runtime.progress import Progress
from bidproof.runtime.session import Session

PROOF_FILE = "proof.json"
_LEVEL = 0.05
_GUARDS = (
    "task_score",
    "abstains_rightly",
    "choice_accuracy",
    "support_overlap",
    "verbatim_rate",
    "number_fidelity",
    "citation_overlap_precision",
)
_AMOUNTS = ("cost_usd", "tokens", "model_calls")


def prove_winner(
    winner: Program,
    incumbent: Program,
    *,
    request: OptimizeRequest,
    session: Session,
    folder: Path,
    progress: Progress,
) -> Proven:
    """Run both programs on the sealed test split and compare them, with the objective as the only gain.

    A finished run of the same program on the same cases and documents is taken as it
    is. The intervals are widened for every program that was measured on this test
    split before (Bonferroni), since each look is one more chance to win by luck. Other
    metrics cannot win, but one that is proven worse refuses the proof.

    Raises:
        UserError: A run cannot be made.
    """
    before = _run(incumbent, request, session, progress)
    after = _run(winner, request, session, progress)
    # The one to beat is no try of its own.
    tried = max(1, len(GoldStore(session.workspace.folder).measured(request.gold)) - 1)
    confidence = 1 - _LEVEL / tried
    found = _compare(before, after, request.metric, confidence)
    file = folder / PROOF_FILE
    write_text(file, json_text({"comparison": found, "tried": tried}))
    proof = prove(found, source=str(file))
    row = next((item for item in found.rows if item.metric == request.metric), None)
    effect = effect_words(row) if row else found.skipped.get(request.metric, "could not be compared")
    warnings = [*found.warnings, *(row.notes if row else ())]
    for run, name in ((before, "incumbent"), (after, "winner")):
        failed = sum(str(item.draft.state) == "failed" for item in run.outcomes)
        if failed or run.info.state != "finished":
            warnings.append(f"{failed} calls of the {name} failed on the test split ({run.info.state})")
    if tried > 1:
        warnings.append(
            f"{tried} programs have been measured on this test split: intervals are at {confidence:.1%}"
        )
    return Proven(
        comparison=found,
        proof=proof,
        tried=tried,
        confidence=confidence,
        effect=effect,
        file=file,
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _compare(before: Run, after: Run, metric: str, confidence: float) -> Comparison:
    """The objective by itself, with whatever else is proven worse, and what each costs."""
    both = {item.metric for item in before.summaries} & {item.metric for item in after.summaries}
    rules = ComparisonRules(metrics=(metric,), confidence=confidence)
    main = compare_runs(before, after, rules=rules)
    guards = tuple(name for name in _GUARDS if name in both and name != metric)
    amounts = tuple(name for name in _AMOUNTS if name in both and name != metric)
    rows = list(main.rows)
    if guards:
        found = compare_runs(before, after, rules=replace(rules, metrics=guards)).rows
        rows += [row for row in found if row.verdict == "worse"]
    if amounts:
        rows += compare_runs(before, after, rules=replace(rules, metrics=amounts)).rows
    return replace(main, rows=tuple(rows))


def _run(program: Program, request: OptimizeRequest, session: Session, progress: Progress) -> Run:
    """A finished run of the program on the test split, made where there is none."""
    wanted = RunWanted(
        program=program,
        gold_digest=GoldStore(session.workspace.folder).load(request.gold).digest(),
        split="test",
        documents=documents_digest(session),
        metric=request.metric,
    )
    asked = EvaluateRequest(gold=request.gold, split="test", judge=request.judge)
    return run_program(wanted, asked, session=session, progress=progress)
