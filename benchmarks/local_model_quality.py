"""What a local model's answers are worth, on the public question sets.

Runs the whole pipeline (the product's search, a GGUF model served locally, quotes
and sentences checked in code) and prints, for each set: answers supported and
verified, refusals, questions left to a person, replies valid at first pass,
yes/no accuracy where gold exists, and seconds a question. ``--unanswerable``
also asks one set's questions of the other's documents, where none can be
answered. Replies are kept in the product's own journal below ``--cache``: a run that
is cut short, or repeated after the checks have changed, asks only what it has not
asked before; seconds are those of the first time. Results go to
``benchmarks/results/local-model.json``. Run:

    python benchmarks/local_model_quality.py model.gguf [--aws 40] [--k8gb 20] [--unanswerable 20]
"""

import argparse
import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from answer_quality import Case, NoEmbedder, area, load_cases, share
from measuring_sets import documents_folder
from retrieval_corpus import _passages, open_corpus

from bidproof.answering.asked import read_asked
from bidproof.answering.generative import GenerativeEngine
from bidproof.answering.protocol import PassageSource
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.sufficiency import judge_sufficiency
from bidproof.answering.sufficiency_model import answerable_probability, combined_probability
from bidproof.core.errors import ModelError
from bidproof.core.records import Draft, DraftState, QuestionKind, Support
from bidproof.core.settings import AnsweringSettings, ModelSettings, RetrievalSettings, Settings
from bidproof.language.words import content_stems
from bidproof.llm.failures import notes_of
from bidproof.llm.open import open_model
from bidproof.llm.protocol import ChatModel, ChatRequest, Completion
from bidproof.prompts.program import default_program
from bidproof.retrieval.minilm import MiniLmEmbedder
from bidproof.retrieval.open import open_index
from bidproof.retrieval.protocol import Query
from bidproof.retrieval.search import Retriever
from bidproof.workspace.facts import FactTable
from bidproof.workspace.store import Workspace

MISPLACED = "aws questions, k8gb documents"
RESULTS = Path(__file__).parent / "results" / "local-model.json"


class Watched:
    """A chat model that counts what the engine does not report."""

    def __init__(self, model: ChatModel) -> None:
        self._model = model
        self.first_passes = self.valid = self.repairs = 0
        self.prompt_tokens = self.completion_tokens = 0
        self.probabilities: dict[str, float] = {}

    @property
    def name(self) -> str:
        return self._model.name

    async def complete(self, request: ChatRequest) -> Completion:
        is_first = request.messages[-2].role != "assistant" or len(request.messages) < 3
        is_first = is_first or "did not pass the checks" not in request.messages[-1].content
        self.first_passes += is_first
        self.repairs += not is_first
        try:
            completion = await self._model.complete(request)
        except ModelError as error:
            if notes_of(error).reply is None:
                print("  call failed:", error.message[:200], flush=True)
            raise
        self.valid += is_first
        self.prompt_tokens += completion.prompt_tokens
        self.completion_tokens += completion.completion_tokens
        probability = answerable_probability(completion.token_logprobs)
        if is_first and probability is not None:
            self.probabilities.setdefault(request.question_id, probability)
        return completion


@dataclass(frozen=True, kw_only=True)
class Outcome:
    case: Case
    draft: Draft
    probability: float | None
    code_score: float
    seconds: float


async def ask(
    case: Case, *, source: PassageSource, engine: GenerativeEngine, model: Watched, facts: FactTable
) -> Outcome:
    started = time.perf_counter()
    draft = await engine.draft(case.question)
    seconds = time.perf_counter() - started
    key = f"seconds of {model.name}, {engine.program_digest}, {case.question.text}"[:200]
    if draft.usage.calls:
        facts.set(key, str(seconds))
    elif (known := facts.get(key)) is not None:
        seconds = float(known)
    passages = source.search(Query(text=case.question.text, context=case.question.section_path))
    asked = read_asked(case.question.text)
    code = judge_sufficiency(asked, passages, ranked=rank_evidence(asked, passages)).score_0_1
    probability = model.probabilities.pop(case.question.id, None)
    shown = f"p={probability:.3f}" if probability is not None else "p=?"
    print(
        f"{draft.state:12} {draft.choice or '-':4}/{case.choice or '-':4} {shown} c={code:.2f}"
        f" {seconds:5.1f}s calls={draft.usage.calls} {case.question.text[:60]!r} -> {draft.text[:90]!r}"
        f" {draft.error.splitlines()[:1] or ''}{[reason[:110] for reason in draft.reasons[:2]]}",
        flush=True,
    )
    return Outcome(case=case, draft=draft, probability=probability, code_score=code, seconds=seconds)


def report(outcomes: Sequence[Outcome], model: Watched) -> dict[str, Any]:
    count = len(outcomes)
    states = Counter(str(item.draft.state) for item in outcomes)
    drafted = [item for item in outcomes if item.draft.state is DraftState.DRAFTED]
    proven = [item for item in outcomes if item.draft.claims]
    supported = sum(item.draft.support is Support.SUPPORTED for item in proven)
    overlaps = [_overlap(item) for item in proven]
    decided = [item for item in outcomes if item.case.choice and item.draft.choice]
    right = sum(item.draft.choice == item.case.choice for item in decided)
    seconds = sorted(item.seconds for item in outcomes)
    return {
        "questions": count,
        "states": dict(states),
        "drafted": share(len(drafted), count),
        "with_verified_sentences": share(len(proven), count),
        "of_those_supported": share(supported, len(proven)),
        "gold_words_held_mean": round(sum(overlaps) / len(overlaps), 3) if overlaps else None,
        "choice_gold": sum(bool(item.case.choice) for item in outcomes),
        "choice_decided": len(decided),
        "choice_right": share(right, len(decided)),
        "schema_valid_first_pass": share(model.valid, model.first_passes),
        "repair_calls": model.repairs,
        "calls": model.first_passes + model.repairs,
        "prompt_tokens": model.prompt_tokens,
        "completion_tokens": model.completion_tokens,
        "seconds_median": round(seconds[count // 2], 1) if seconds else None,
        "seconds_total": round(sum(seconds), 1),
    }


def _overlap(outcome: Outcome) -> float:
    gold = set(content_stems(outcome.case.answer))
    held = set(content_stems(outcome.draft.text))
    return len(gold & held) / len(gold) if gold else math.nan


def _with_options(case: Case) -> Case:
    if not case.choice:
        return case
    question = replace(case.question, kind=QuestionKind.YES_NO, options=("Yes", "No"))
    return replace(case, question=question)


def open_source(name: str, *, cache: Path, settings: RetrievalSettings, is_keyword: bool) -> PassageSource:
    """The product's search over a set; by keywords alone where vectors would take too long to make."""
    if not is_keyword:
        corpus = open_corpus(name, cache=cache)
        if corpus is None:
            raise SystemExit(f"no measuring set {name!r}: set BIDPROOF_DATA")
        return Retriever(corpus.index, corpus.embedder, settings)
    folder = documents_folder(name, cache)
    if folder is None:
        raise SystemExit(f"no measuring set {name!r}: set BIDPROOF_DATA")
    passages = _passages(name, folder, cache)
    embedder = NoEmbedder()
    index = open_index(cache / f"{name}-keywords", embedder_name="none", dimension=1)
    if not index.count():
        vectors = embedder.embed_passages(passages)
        index.replace({passage.document_id for passage in passages}, passages, vectors)
        index.compact()
    return Retriever(index, embedder, replace(settings, dense_weight=0.0))


async def run(arguments: argparse.Namespace) -> dict[str, Any]:
    model_settings = ModelSettings(
        model=f"local:{arguments.gguf}",
        context_tokens=arguments.context,
        max_output_tokens=400,
        timeout_s=600,
    )
    answering = AnsweringSettings(sufficiency=arguments.sufficiency, prompt_format=arguments.format)
    retrieval = RetrievalSettings(top_k=arguments.top_k)
    settings = Settings(model=model_settings, answering=answering, retrieval=retrieval)
    cache = Path(arguments.cache)
    sources = {
        name: open_source(name, cache=cache, settings=retrieval, is_keyword=name in arguments.keywords)
        for name in ("aws", "k8gb")
    }
    aws = [_with_options(case) for case in load_cases("aws")]
    plans = {
        "aws": ("aws", aws[: arguments.aws]),
        "k8gb": ("k8gb", load_cases("k8gb")[: arguments.k8gb]),
        MISPLACED: ("k8gb", [replace(case, choice="") for case in aws[::-1][: arguments.unanswerable]]),
    }
    results: dict[str, Any] = {"model": Path(arguments.gguf).name, "calls": arguments.calls}
    scores: dict[str, list[Outcome]] = {label: [] for label in plans}
    embedder = MiniLmEmbedder(threads=1)
    workspace = Workspace.open(cache / "local-model-journal")
    opened = open_model(model_settings, journal=workspace.calls, job_id=None, api_key=None)
    async with opened as gateway:
        watched = {label: Watched(gateway) for label in plans}
        program = replace(default_program(settings, model_name=gateway.name), calls=arguments.calls)
        # Turn by turn, so that a run that is cut short says something of every set.
        for turn in range(max(len(cases) for _, cases in plans.values())):
            for label, (name, cases) in plans.items():
                if turn < len(cases):
                    model = watched[label]
                    engine = GenerativeEngine(
                        sources[name], model, settings, program=program, embedder=embedder
                    )
                    outcome = await ask(
                        cases[turn], source=sources[name], engine=engine, model=model, facts=workspace.facts
                    )
                    scores[label].append(outcome)
                    results[label] = report(scores[label], model)
            results["answerable or not, AUROC"] = _areas(scores)
            results["searched by keywords alone"] = arguments.keywords
            _save(arguments, results)
    return results


def _areas(scores: dict[str, list[Outcome]]) -> dict[str, float] | None:
    can = [item for label in ("aws", "k8gb") for item in scores.get(label, [])]
    cannot = scores[MISPLACED]
    if not can or not cannot:
        return None
    kinds = {
        "model": lambda item: item.probability or 0.0,
        "code": lambda item: item.code_score,
        "both": lambda item: combined_probability(item.probability or 0.0, item.code_score),
    }
    return {
        name: round(area([kind(item) for item in can], [kind(item) for item in cannot]), 3)
        for name, kind in kinds.items()
    }


def _save(arguments: argparse.Namespace, results: dict[str, Any]) -> None:
    out = Path(arguments.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    known = json.loads(out.read_text()) if out.exists() else {}
    known[f"{results['model']} ({arguments.calls} call)"] = results
    out.write_text(json.dumps(known, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("gguf")
    parser.add_argument("--aws", type=int, default=40)
    parser.add_argument("--k8gb", type=int, default=20)
    parser.add_argument("--unanswerable", type=int, default=0)
    parser.add_argument("--calls", choices=("one", "two"), default="one")
    parser.add_argument("--format", choices=("xml", "markdown"), default="xml")
    parser.add_argument("--sufficiency", type=float, default=AnsweringSettings().sufficiency)
    parser.add_argument("--top-k", type=int, default=RetrievalSettings().top_k)
    parser.add_argument("--context", type=int, default=ModelSettings().context_tokens)
    parser.add_argument("--keywords", nargs="*", default=[], help="sets to search by keywords alone")
    parser.add_argument("--cache", default=str(Path.home() / ".cache/bidproof/measuring"))
    parser.add_argument("--out", default=str(RESULTS))
    arguments = parser.parse_args()
    results = asyncio.run(run(arguments))
    _save(arguments, results)
    print(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
