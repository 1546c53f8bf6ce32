"""What a question in another language than English finds, and what is written of it without a model.

    python benchmarks/language_quality.py [--set sets|fresh]
    python benchmarks/language_quality.py --fit    # what tells that the passages hold an answer

Two sets of facts, written by us in several languages, each fact a document of its own with a question in
other words: ``language_sets.csv`` (20, in English, German, French and Spanish), on which lists and
thresholds were chosen, and ``language_fresh.csv`` (12, in Italian, Dutch and Portuguese, too), written before
them and asked afterwards. Everything goes down the product's own road with default settings.

* ``first`` and ``three``: questions whose document is first, or among the first three; ``words`` the same by
  the word index alone, without vectors.
* ``written`` and ``suggested``: questions answered from their document, written or suggested; ``wrong`` from
  another one.
* ``without``: the same questions asked where their document is missing, which then is written or suggested.

``--fit`` fits the weights of ``answering/data/sufficiency.toml`` for other languages than English on both,
and prints what weights fitted without a language find in it: questions with their document, and without.
"""

import argparse
import csv
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bidproof.answering.extractive import ExtractiveEngine
from bidproof.core.ids import QuestionId
from bidproof.core.records import DraftState, Passage, Question, ScoredPassage
from bidproof.core.settings import DocumentSettings, RetrievalSettings, Settings
from bidproof.documents.files import find_files
from bidproof.documents.parse import parse_files
from bidproof.documents.passages import split_document
from bidproof.language.terms import query_terms
from bidproof.retrieval.open import open_embedder, open_index
from bidproof.retrieval.protocol import Embedder, Index, Query
from bidproof.retrieval.search import Retriever

if TYPE_CHECKING:
    from numpy.typing import NDArray

FOLDER = Path(__file__).parent
SIGNS = ("statement", "pooled", "meaning")
_RIDGE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """A retriever for which one document does not exist."""

    source: Retriever
    path: str

    def search(self, query: Query) -> tuple[ScoredPassage, ...]:
        """The closest passages of the other documents."""
        found = [item for item in self.source.search(query) if item.passage.path != self.path]
        return tuple(found[: query.top_k])


def passages_of(texts: Sequence[str], folder: Path) -> list[Passage]:
    """Each text as a document of its own; the file's name is its number."""
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / name_of(number)).write_text(f"{text}\n", encoding="utf-8")
    settings = DocumentSettings()
    outcomes = parse_files(find_files([folder]).files, settings=settings)
    documents = [outcome.document for outcome in outcomes if outcome.document is not None]
    return [passage for document in documents for passage in split_document(document, settings=settings)]


def name_of(number: int) -> str:
    """The file's name of a document."""
    return f"{number:02}.md"


def open_texts(texts: Sequence[str], folder: Path, embedder: Embedder) -> Index:
    """An index of the texts, each a document."""
    passages = passages_of(texts, folder / "docs")
    index = open_index(folder / "index", embedder_name=embedder.name, dimension=embedder.dimension)
    index.replace({passage.document_id for passage in passages}, passages, embedder.embed_documents(passages))
    return index


def found_counts(index: Index, source: Retriever, questions: Sequence[str]) -> Counter[str]:
    """How many questions find their document, by the product and by words alone."""
    pool = index.pool()
    counts: Counter[str] = Counter()
    for number, question in enumerate(questions):
        scores = pool.body.match(dict.fromkeys(query_terms(question), 1.0)).scores()
        order = [at for at in np.argsort(-scores, kind="stable")[:3] if scores[at] > 0]
        by_words = [passage.path for passage in pool.passages(np.array(order, dtype=int))]
        found = [hit.passage.path for hit in source.search(Query(text=question, top_k=3))]
        for name, paths, depth in (
            ("first", found, 1),
            ("three", found, 3),
            ("words_first", by_words, 1),
            ("words_three", by_words, 3),
        ):
            counts[name] += name_of(number) in paths[:depth]
    return counts


def answered_counts(
    source: Retriever, questions: Sequence[str], embedder: Embedder, *, show: bool
) -> Counter[str]:
    """How many questions are answered from their document, from another one, and where it is missing."""
    counts: Counter[str] = Counter()
    for number, question in enumerate(questions):
        asked = Question(id=QuestionId(f"q{number}"), text=question)
        draft = ExtractiveEngine(source, Settings(), embedder=embedder).draft_now(asked)
        cited = {citation.path for claim in draft.claims for citation in claim.citations}
        outcome = _outcome(draft.state) if cited else "none"
        if cited and name_of(number) not in cited:
            outcome = f"wrong_{outcome}"
        counts[outcome] += 1
        missing = Without(source=source, path=name_of(number))
        other = ExtractiveEngine(missing, Settings(), embedder=embedder).draft_now(asked)
        if other.claims:
            counts[f"without_{_outcome(other.state)}"] += 1
        if show:
            signals = {name: round(value, 2) for name, value in draft.signals.items()}
            print(f"    {outcome:16} {other.state.value:12} {question} {signals} {other.signals}")
    return counts


def fitted(signs: "NDArray[np.float64]", held: "NDArray[np.bool_]") -> "NDArray[np.float64]":
    """Weights of a logistic regression with a little ridge; a row of signs ends with the constant."""
    weights = np.zeros(signs.shape[1])
    ridge = _RIDGE * np.eye(len(weights))
    ridge[-1, -1] = 1e-6
    for _ in range(100):
        chance = 1 / (1 + np.exp(-signs @ weights))
        slope = signs.T @ (held - chance) - ridge @ weights
        bend = (signs * (chance * (1 - chance))[:, None]).T @ signs + ridge
        weights = weights + np.linalg.solve(bend, slope)
    return weights


def fit(embedder: Embedder) -> None:
    """Print weights fitted on all languages but English, and what those fitted without one find in it."""
    rows: list[tuple[str, bool, list[float]]] = []
    for name in ("sets", "fresh"):
        facts = read_facts(name)
        for language in languages_of(facts):
            if language == "en":
                continue
            with tempfile.TemporaryDirectory() as folder:
                index = open_texts([row[language] for row in facts], Path(folder), embedder)
                source = Retriever(index, embedder, RetrievalSettings())
                for number, row in enumerate(facts):
                    asked = Question(id=QuestionId("q"), text=row[f"question_{language}"])
                    missing = Without(source=source, path=name_of(number))
                    for is_held, place in ((True, source), (False, missing)):
                        signals = (
                            ExtractiveEngine(place, Settings(), embedder=embedder).draft_now(asked).signals
                        )
                        rows.append((language, is_held, [signals.get(sign, 0.0) for sign in SIGNS] + [1.0]))
    languages = np.array([language for language, _, _ in rows])
    held = np.array([is_held for _, is_held, _ in rows])
    signs = np.array([row for _, _, row in rows])
    for left_out in dict.fromkeys(languages):
        own = languages == left_out
        says = signs[own] @ fitted(signs[~own], held[~own]) >= 0
        found, wrong = (says & held[own]).sum(), (says & ~held[own]).sum()
        print(f"{left_out}: {found} of {held[own].sum()}, without their document {wrong}")
    print(dict(zip((*SIGNS, "constant"), fitted(signs, held).round(2).tolist(), strict=True)))


def read_facts(name: str) -> list[dict[str, str]]:
    """The rows of a set."""
    with (FOLDER / f"language_{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="|"))


def languages_of(facts: Sequence[dict[str, str]]) -> list[str]:
    """Languages that a set asks in."""
    return [name.removeprefix("question_") for name in facts[0] if name.startswith("question_")]


def _outcome(state: DraftState) -> str:
    return "written" if state is DraftState.DRAFTED else "suggested"


def main() -> None:
    """Print counts, per language of question and documents."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--set", default="sets", choices=("sets", "fresh"))
    parser.add_argument("--languages", nargs="*", help="of questions; all by default")
    parser.add_argument("--fit", action="store_true", help="fit what tells that passages hold an answer")
    parser.add_argument("--show", action="store_true", help="print every question")
    options = parser.parse_args()
    rows, embedder = read_facts(options.set), open_embedder(RetrievalSettings())
    if options.fit:
        fit(embedder)
        return
    print(f"{len(rows)} questions each")
    for language in options.languages or languages_of(rows):
        questions = [row[f"question_{language}"] for row in rows]
        for spoken in dict.fromkeys((language, "en")):
            with tempfile.TemporaryDirectory() as folder:
                index = open_texts([row[spoken] for row in rows], Path(folder), embedder)
                source = Retriever(index, embedder, RetrievalSettings())
                found = found_counts(index, source, questions)
                answers = answered_counts(source, questions, embedder, show=options.show)
            print(f"{language}, documents {spoken}: {dict(found)} {dict(sorted(answers.items()))}")


if __name__ == "__main__":
    main()
