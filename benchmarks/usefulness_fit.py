"""Fit how likely a person keeps a block, on drafts that people have read, each set left out in turn.

    BIDPROOF_DATA=../shared/data python benchmarks/usefulness_fit.py benchmarks/results/reading_blocks.csv

Reads verdicts (``id`` is the set and the number of the question, ``text`` the digest of what was read; ``as
is`` and ``edit`` count as kept), drafts those questions again for their signals, and leaves out what reads
another way by now. Prints for each threshold how many of the drafts would be written and how many of these
are kept, by a fit that did not see their set. Every set weighs the same, and no signal may count against a
draft. Only blocks that read by themselves and have the value or the list that is asked for are fitted on:
others are never written. ``--write`` puts the coefficients of all sets into
``answering/data/usefulness.toml``.
"""

import argparse
import csv
import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from answer_quality import load_cases, share
from measuring_sets import data_folder
from retrieval_corpus import open_corpus
from scipy.optimize import minimize

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.answering.verdicts import with_verdicts
from bidproof.core.ids import QuestionId
from bidproof.core.records import Question
from bidproof.core.settings import Settings
from bidproof.documents.files import find_files
from bidproof.documents.parse import parse_files
from bidproof.documents.passages import split_document
from bidproof.questionnaires.read import read_questionnaire
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.protocol import Embedder, Index
from bidproof.retrieval.search import Retriever

NAMES = ("own", "closeness", "margin")
KEPT = ("as is", "edit")
THRESHOLDS = (0.4, 0.5, 0.6, 0.7)
TARGET = Path(__file__).parents[1] / "src/bidproof/answering/data/usefulness.toml"
SAMPLES = Path(__file__).parents[1] / "samples"
RIDGE = 0.3


@dataclass(frozen=True, kw_only=True)
class Read:
    """A draft that was read: its set, its signals in the order of ``NAMES``, and what was said of it."""

    group: str
    signals: tuple[float, ...]
    sufficiency: float
    is_kept: bool


def questions_of(name: str) -> Sequence[Question]:
    """The questions of a set, in its own order."""
    if name != "sec10q":
        return [case.question for case in load_cases(name)]
    with (data_folder() / "sec10q/questions.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    return [Question(id=QuestionId(f"q{n}"), text=row["Question"].strip()) for n, row in enumerate(rows)]


def open_sample() -> tuple[Index, Embedder, Sequence[Question]]:
    """The sample's documents and questionnaire, built and indexed anew."""
    folder, settings = Path(tempfile.mkdtemp()), Settings()
    subprocess.run([sys.executable, str(SAMPLES / "build.py"), str(folder)], check=True, capture_output=True)
    parsed = parse_files(find_files([folder / "documents"]).files, settings=settings.documents)
    documents = [outcome.document for outcome in parsed if outcome.document is not None]
    passages = [item for whole in documents for item in split_document(whole, settings=settings.documents)]
    embedder = open_embedder(settings.retrieval)
    index = open_index(folder / "index", embedder_name="sample", dimension=embedder.dimension)
    index.replace({item.document_id for item in passages}, passages, embedder.embed_documents(passages))
    questions = with_verdicts(read_questionnaire(folder / "questionnaire.xlsx").questions)
    return index, embedder, questions


def open_set(name: str, *, cache: Path) -> tuple[Index, Embedder, Sequence[Question]] | None:
    """A set's index, embedder and questions; None where it is not in the data folder."""
    if name == "sample":
        return open_sample()
    corpus = open_corpus(name, cache=cache)
    return None if corpus is None else (corpus.index, corpus.embedder, questions_of(name))


def read_drafts(verdicts: Path, *, cache: Path) -> list[Read]:
    """Draft what was read again, for its signals; a set that is not there is left out by name."""
    with verdicts.open(encoding="utf-8", newline="") as file:
        rows = [(*row["id"].split("-q"), row["text"], row["verdict"]) for row in csv.DictReader(file)]
    settings = Settings()
    settings = replace(settings, answering=replace(settings.answering, sufficiency=0.0))
    found: list[Read] = []
    for name in dict.fromkeys(row[0] for row in rows):
        opened = open_set(name, cache=cache)
        if opened is None:
            print(f"{name}: skipped: not in the data folder")
            continue
        index, embedder, questions = opened
        source = Retriever(index, embedder, settings.retrieval)
        engine = ExtractiveEngine(source, settings, embedder=embedder)
        for number, read, verdict in [(int(row[1]), *row[2:]) for row in rows if row[0] == name]:
            draft = engine.draft_now(questions[number])
            if hashlib.sha256(draft.text.encode()).hexdigest()[:12] != read:
                print(f"{name}-q{number}: another text by now; read it again")
            elif draft.signals["whole"] and draft.signals["held"]:
                found.append(
                    Read(
                        group=name,
                        signals=tuple(draft.signals[item] for item in NAMES),
                        sufficiency=draft.signals["sufficiency"],
                        is_kept=verdict in KEPT,
                    )
                )
    return found


def fit(items: Sequence[Read]) -> np.ndarray:
    """Constant and weights of a logistic curve, no weight below 0, every set counting the same."""
    values = np.array([item.signals for item in items])
    kept = np.array([item.is_kept for item in items], dtype=float)
    groups = [item.group for item in items]
    each = np.array([1 / groups.count(group) for group in groups])
    each *= len(each) / each.sum()

    def loss(weights: np.ndarray) -> float:
        total = values @ weights[1:] + weights[0]
        return float(
            np.sum(each * (np.logaddexp(0, total) - kept * total)) + RIDGE * np.sum(weights[1:] ** 2)
        )

    bounds = [(None, None), *[(0, None)] * values.shape[1]]
    return minimize(loss, np.zeros(values.shape[1] + 1), bounds=bounds).x


def chances(items: Sequence[Read], weights: np.ndarray) -> np.ndarray:
    """How likely each is kept."""
    return 1 / (1 + np.exp(-(np.array([item.signals for item in items]) @ weights[1:] + weights[0])))


def report(items: Sequence[Read]) -> None:
    """Print, for each threshold, what would be written and how much of it is kept, sets left out in turn."""
    least = Settings().answering.sufficiency
    scored: list[tuple[Read, float]] = []
    for name in dict.fromkeys(item.group for item in items):
        own = [item for item in items if item.group == name]
        weights = fit([item for item in items if item.group != name])
        scored += zip(own, chances(own, weights), strict=True)
    scored = [(item, chance) for item, chance in scored if item.sufficiency >= least]
    for threshold in THRESHOLDS:
        written = [item for item, chance in scored if chance >= threshold]
        kept = sum(item.is_kept for item in written)
        print(f"{threshold:.2f}: written {len(written)} of {len(scored)}, kept {share(kept, len(written))}")
        for name in dict.fromkeys(item.group for item in items):
            own = [item for item in written if item.group == name]
            print(f"      {name}: {sum(item.is_kept for item in own)} of {len(own)}")


def write(items: Sequence[Read], *, threshold: float) -> None:
    """Write the coefficients of all sets, with the command that makes them."""
    weights = fit(items)
    means = dict(zip(NAMES, np.mean([item.signals for item in items], axis=0), strict=True))
    lines = [
        "# How likely a person keeps a block. Made by",
        f"#   python benchmarks/usefulness_fit.py VERDICTS --write --threshold {threshold}",
        f"# from {len(items)} drafts that were read; what lies below the threshold is suggested.",
        f"threshold = {threshold}",
        f"constant = {weights[0]:.3f}",
        "",
        "[weights]",
        *(f"{name} = {weight:.3f}" for name, weight in zip(NAMES, weights[1:], strict=True)),
        "",
        "# Stands in for a signal that was not measured: the mean of those that were.",
        "[missing]",
        f"closeness = {means['closeness']:.3f}",
    ]
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Fit on the verdicts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("verdicts", type=Path)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache/bidproof/measuring")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--threshold", type=float, default=0.6)
    options = parser.parse_args()
    items = read_drafts(options.verdicts, cache=options.cache)
    report(items)
    if options.write:
        write(items, threshold=options.threshold)


if __name__ == "__main__":
    main()
