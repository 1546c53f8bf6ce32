"""A second look at the first passages; learned, a logistic model over what a search knows of them.

Plain arithmetic over a few dozen numbers; nothing is loaded beside the coefficients. One behind an
endpoint is ``served_reranker.py``.
Each feature counts by how far it lies from its mean over the candidates of the same
question, so that what all of them share decides nothing.
"""

import itertools
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol, cast

from bidproof.core.errors import InvalidSetting, UnreadableFile
from bidproof.core.ids import digest
from bidproof.core.next_steps import Action, NextStep
from bidproof.core.records import BlockKind, Passage, ScoredPassage
from bidproof.language.terms import STOP_WORDS, index_terms, query_terms

LEARNED = "learned"
RERANKER_FILE = "reranker.json"
RERANKERS_FOLDER = "rerankers"
FORMAT = "bidproof-reranker-1"
SERVED = "endpoint"
FAILED = "reranker failed"
"""Stands among the ``parts`` of passages that a re-ranker was to look at, and could not."""

_VERDICT = "reranker"


class Reranker(Protocol):
    """Takes a second look at the first passages of a search."""

    def rerank(
        self, question: str, ranked: Sequence[ScoredPassage], *, depth: int
    ) -> tuple[ScoredPassage, ...]:
        """Put the first passages in a new order; the others stay where they are.

        Args:
            question: As it was searched for.
            ranked: Passages in the order of the search.
            depth: How many of them are looked at.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One feature: how it is scaled, and what it weighs."""

    name: str
    mean: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedReranker:
    """A fitted model and what it was fitted on.

    Attributes:
        features: In a fixed order.
        intercept: Added to their weighted sum.
        embedder: Name of the embedder whose scores it read.
        index: Fingerprint of the index that it was fitted on; empty where any will do.
        depth: Candidates a question that it was fitted with.
        trained: What it was fitted on, in counts, for people.
        proof: How it did on cases it had not seen, for people.
    """

    features: tuple[Feature, ...]
    intercept: float
    embedder: str
    index: str = ""
    depth: int = 20
    trained: Mapping[str, object] = field(default_factory=dict[str, object])
    proof: Mapping[str, object] = field(default_factory=dict[str, object])

    def digest(self) -> str:
        """Name the model by everything that decides an order."""
        return digest("reranker", json.dumps(_deciding(self), sort_keys=True))

    def rerank(
        self, question: str, ranked: Sequence[ScoredPassage], *, depth: int
    ) -> tuple[ScoredPassage, ...]:
        """Put the first passages in the order of the model's probabilities; see :func:`in_new_order`.

        Args:
            question: As it was searched for.
            ranked: Passages in the order of the search.
            depth: How many of them are looked at.
        """
        return in_new_order(ranked, self.probabilities(question, ranked[:depth]))

    def probabilities(self, question: str, candidates: Sequence[ScoredPassage]) -> list[float]:
        """How likely each candidate answers, 0 to 1, by the model; good for an order alone."""
        rows = candidate_features(question, candidates)
        return [self._probability(row) for row in rows]

    def _probability(self, row: Mapping[str, float]) -> float:
        total = self.intercept + sum(
            item.weight * (row.get(item.name, 0.0) - item.mean) / item.scale for item in self.features
        )
        return 1 / (1 + math.exp(-max(-60.0, min(60.0, total))))


def in_new_order(ranked: Sequence[ScoredPassage], verdicts: Sequence[float]) -> tuple[ScoredPassage, ...]:
    """The first passages in the order of a re-ranker's verdicts, the best first; the others stay.

    The scores of the first passages are dealt out anew, so that scores still order the
    whole. ``parts`` gain ``reranker``, the verdict.

    Args:
        ranked: Passages in the order of the search.
        verdicts: One for each of the first passages.
    """
    first = ranked[: len(verdicts)]
    order = sorted(range(len(first)), key=lambda place: (-verdicts[place], place))
    scores = sorted((item.score for item in first), reverse=True)
    again = [
        replace(
            first[place],
            score=scores[rank - 1],
            rank=rank,
            parts={**first[place].parts, _VERDICT: round(verdicts[place], 6)},
        )
        for rank, place in enumerate(order, start=1)
    ]
    return (*again, *ranked[len(first) :])


def has_failed(passages: Sequence[ScoredPassage]) -> bool:
    """Whether passages stand in the order of the search because their re-ranker failed."""
    return any(FAILED in item.parts for item in passages)


def candidate_features(question: str, candidates: Sequence[ScoredPassage]) -> list[dict[str, float]]:
    """What is known of each candidate, less its mean over all of them.

    Beside the search's own signals: the fused score, one over the rank, how many better
    passages the same document has, the share of the question's neighbouring words that
    stand side by side (stop words aside), the share of its words in title and headings, the length, and
    whether it is a table.
    """
    terms = query_terms(question)
    pairs = set(itertools.pairwise(terms))
    seen: Counter[str] = Counter()
    rows: list[dict[str, float]] = []
    for rank, item in enumerate(candidates, start=1):
        own = _own_features(item.passage, terms, pairs)
        own |= {
            "fused": item.score,
            "reciprocal_rank": 1 / rank,
            "repeats": float(min(4, seen[item.passage.document_id])),
        }
        seen[item.passage.document_id] += 1
        signals = {name: value for name, value in item.parts.items() if name != _VERDICT}
        rows.append({**signals, **own})
    return _centred(rows)


def _own_features(passage: Passage, terms: Sequence[str], pairs: set[tuple[str, str]]) -> dict[str, float]:
    body = index_terms(passage.located_text)
    place = set(index_terms(" ".join((passage.title, *passage.heading_path))))
    beside = set(itertools.pairwise(term for term in body if term not in STOP_WORDS))
    return {
        "pairs": len(pairs & beside) / len(pairs) if pairs else 0.0,
        "in_heading": sum(term in place for term in terms) / len(terms) if terms else 0.0,
        "length": math.log1p(len(body)),
        "is_table": float(passage.kind is BlockKind.TABLE),
    }


def _centred(rows: Sequence[dict[str, float]]) -> list[dict[str, float]]:
    names = sorted({name for row in rows for name in row})
    means = {name: sum(row.get(name, 0.0) for row in rows) / len(rows) for name in names}
    return [{name: row.get(name, 0.0) - means[name] for name in names} for row in rows]


def dump_reranker(reranker: LearnedReranker) -> str:
    """The model as the text of a JSON file."""
    values = {
        "format": FORMAT,
        "digest": reranker.digest(),
        **_deciding(reranker),
        "trained": dict(reranker.trained),
        "proof": dict(reranker.proof),
    }
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def load_reranker(path: Path) -> LearnedReranker:
    """Read a model back and check that its numbers are those that it is named by.

    Raises:
        UnreadableFile: It is no such file, or was changed by hand (``reranker-damaged``).
    """
    try:
        values: Any = json.loads(path.read_text("utf-8"))
        found = LearnedReranker(
            features=tuple(
                Feature(
                    name=str(item["name"]),
                    mean=float(item["mean"]),
                    scale=float(item["scale"]),
                    weight=float(item["weight"]),
                )
                for item in values["features"]
            ),
            intercept=float(values["intercept"]),
            embedder=str(values["embedder"]),
            index=str(values["index"]),
            depth=int(values["depth"]),
            trained=cast("Mapping[str, object]", values.get("trained") or {}),
            proof=cast("Mapping[str, object]", values.get("proof") or {}),
        )
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _damaged(path, f"{error!r}") from error
    numbers = [found.intercept, *(n for item in found.features for n in (item.mean, item.scale, item.weight))]
    if values.get("format") != FORMAT or values.get("digest") != found.digest():
        raise _damaged(path, "content that is not what its digest names")
    if not all(map(math.isfinite, numbers)) or any(item.scale <= 0 for item in found.features):
        raise _damaged(path, "numbers that cannot be")
    return found


def open_reranker(name: str, *, folder: Path, embedder: str, index: str = "") -> LearnedReranker | None:
    """Open the re-ranker that ``retrieval.reranker`` names; None for ``none``.

    Args:
        name: ``none``, ``learned`` for the one that was proven last, or ``learned:DIGEST``.
        folder: The workspace's.
        embedder: Name of the embedder that searches.
        index: Fingerprint of the index that is searched.

    Raises:
        InvalidSetting: There is no such re-ranker (``reranker-missing``), or it was fitted
            on the scores of another embedder or on other passages (``reranker-other``).
        UnreadableFile: Its file is damaged (``reranker-damaged``).
    """
    if name == "none":
        return None
    path = reranker_path(name, folder=folder)
    if path is None or not path.is_file():
        raise missing_reranker(name)
    found = load_reranker(path)
    wanted = name.partition(":")[2]
    if wanted and found.digest() != wanted:
        raise _damaged(path, f"the re-ranker {found.digest()}")
    is_other_index = bool(found.index) and bool(index) and found.index != index
    if found.embedder != embedder or is_other_index:
        what = "of other passage settings" if found.embedder == embedder else f"of {found.embedder!r}"
        raise InvalidSetting(
            f"cannot use retrieval.reranker {name!r}: found one fitted on scores {what}, expected those of"
            f" {embedder!r} as indexed now",
            hint=NextStep("set retrieval.reranker=none, or fit it again", Action.FIT_RERANKER),
            code="reranker-other",
        )
    return found


def reranker_path(name: str, *, folder: Path) -> Path | None:
    """The file that a setting means; None where it names no learned re-ranker."""
    kind, colon, wanted = name.partition(":")
    if kind != LEARNED or (colon and not wanted.isalnum()):
        return None
    return folder / RERANKERS_FOLDER / f"{wanted}.json" if colon else folder / RERANKER_FILE


def missing_reranker(name: str) -> InvalidSetting:
    """The error for a setting that names no re-ranker of this workspace."""
    return InvalidSetting(
        f"cannot use retrieval.reranker {name!r}: found no such re-ranker in this workspace, expected none,"
        " learned, learned:DIGEST or endpoint",
        hint=NextStep("set retrieval.reranker=none, or fit one", Action.FIT_RERANKER),
        code="reranker-missing",
    )


def _deciding(reranker: LearnedReranker) -> dict[str, Any]:
    return {
        "features": [
            {"name": item.name, "mean": item.mean, "scale": item.scale, "weight": item.weight}
            for item in reranker.features
        ],
        "intercept": reranker.intercept,
        "embedder": reranker.embedder,
        "index": reranker.index,
        "depth": reranker.depth,
    }


def _damaged(path: Path, found: str) -> UnreadableFile:
    return UnreadableFile(
        f"cannot use the re-ranker in {str(path)!r}: found {found}, expected a file as it was written",
        hint=NextStep("set retrieval.reranker=none, or fit it again", Action.FIT_RERANKER),
        code="reranker-damaged",
    )
