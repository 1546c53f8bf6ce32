"""Find examples to show: made from gold cases that name their proof, or the program's own good drafts."""

# DSPy ships without types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false

import random
import re
from collections.abc import Sequence
from typing import Any

import dspy
from dspy.teleprompt import BootstrapFewShotWithRandomSearch, LabeledFewShot

from bidproof.answering.choices import wants_choice
from bidproof.answering.generative_replies import Quoted, cite_quote
from bidproof.answering.protocol import PassageSource
from bidproof.answering.verify import LEAST_QUOTE_CHARS
from bidproof.core.records import Question, ScoredPassage
from bidproof.evaluation.gold.questions import case_question
from bidproof.evaluation.gold.relevance import holds, is_relevant
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.language.choices import match_option
from bidproof.language.numbers import missing_quantities
from bidproof.language.sentences import SegmentKind, split_sentences
from bidproof.language.words import content_stems
from bidproof.optimization.prompts.demos import demo_of, example_problems
from bidproof.optimization.prompts.dspy_module import RolloutModule
from bidproof.prompts.fences import PromptFormat, excerpts_of
from bidproof.prompts.program import Example
from bidproof.retrieval.protocol import Query

MAX_EXAMPLES = 4
CLEAN_SCORE = 0.5
"""The least score of a draft that becomes an example; its checks must have passed as well."""

_DEPTH = 10
_LEAST_HELD = 0.9
_LEAST_WORDS = 4
_MAX_QUOTES = 2
_MAX_SENTENCES = 3
_CELL = "|"
_BULLETS = "+-*• "
_NAMED = re.compile(r"\S*\d\S*\w")


def labelled_example(case: GoldCase, passages: Sequence[ScoredPassage]) -> Example | None:
    """A solved question made from a gold case; None where the proof cannot be made without a model.

    The quotes stand word for word in a passage that the case points at, and the
    whole reply passes the checks of the product. The closest other passage is shown
    beside it, so that choosing among excerpts is part of what is shown.

    Args:
        case: With a reference or choice and what is relevant, or unanswerable.
        passages: The ranking for its question, best first.
    """
    question = case_question(case)
    if case.is_answerable is False:
        shown = list(passages[:_MAX_QUOTES])
        return (
            _proven(question, shown, {"answerable": False, "quotes": [], "sentences": []}) if shown else None
        )
    if not case.relevant or not (case.reference or case.choice):
        return None
    for gold in (item for item in passages if is_relevant(case, item.passage)):
        others = [item for item in passages if item.passage.id != gold.passage.id][:1]
        shown = sorted((gold, *others), key=lambda item: item.rank)
        number = shown.index(gold) + 1
        for quotes in _quote_choices(case, gold):
            for reply in _replies(case, question, quotes, number):
                if (example := _proven(question, shown, reply)) is not None:
                    return example
    return None


def labelled_examples(cases: Sequence[GoldCase], source: PassageSource) -> dict[str, Example]:
    """The cases that can be made into examples, by id, in their order; searches once a case."""
    found: dict[str, Example] = {}
    for case in cases:
        query = Query(text=case.question, context=case.section_path, top_k=_DEPTH)
        example = labelled_example(case, source.search(query))
        if example is not None:
            found[case.id] = example
    return found


def labelled_modules(
    module: RolloutModule, examples: Sequence[Example], *, style: PromptFormat, count: int, seed: int
) -> list[RolloutModule]:
    """Up to ``count`` modules that show labelled examples, by DSPy's ``LabeledFewShot``.

    Sizes from one to four and orders by seed, with and without the examples that
    the program has already.
    """
    own = list(module.shown)
    demos = [dspy.Example(**demo_of(item, style)) for item in examples]
    found: list[RolloutModule] = []
    shuffled = random.Random(seed)  # noqa: S311 - a draw, no secret
    sizes = list(range(min(MAX_EXAMPLES, len(demos)), 0, -1))
    for turn in range(count):
        size = sizes[turn // 2 % len(sizes)] if sizes else 0
        if not size:
            break
        if turn % 2 == 0:
            shuffled.shuffle(demos)
        made = LabeledFewShot(k=size).compile(module, trainset=list(demos), sample=False)
        if turn % 2 == 1:
            made.show([*own, *made.shown])
        found.append(made)
    return found


def bootstrap(
    module: RolloutModule,
    *,
    train: Sequence[Any],
    dev: Sequence[Any],
    candidates: int,
    threads: int,
) -> None:
    """Search sets of the program's own good drafts with ``BootstrapFewShotWithRandomSearch``.

    What it finds is among the runner's candidates. DSPy's own random numbers come from the candidates'
    numbers and the order of ``train``.
    """
    # -3 is the program without examples, -1 the examples in their order; -2 would be labelled ones.
    runs = [-1, 0, -3, *range(1, candidates)][: max(1, candidates)]
    search = BootstrapFewShotWithRandomSearch(
        metric=clean_metric,
        max_bootstrapped_demos=MAX_EXAMPLES,
        max_labeled_demos=0,
        num_candidate_programs=max(runs) + 1,
        num_threads=threads,
        max_errors=1,
    )
    search.compile(module, trainset=list(train), valset=list(dev), restrict=runs)


def clean_metric(example: Any, prediction: Any, trace: object = None) -> float:
    """The objective; while examples are collected, 1 for a draft fit to become one and else 0."""
    del example
    if trace is None:
        return float(prediction.value)
    return float(prediction.is_clean and prediction.value >= CLEAN_SCORE)


def _quote_choices(case: GoldCase, gold: ScoredPassage) -> list[list[str]]:
    """Ways to quote a passage: the case's own quotes, else the statements closest to question and answer."""
    own = [item for item in case.relevant if item.quote and holds(item, gold.passage)]
    if named := [text for item in own if (text := _verbatim(item, gold))]:
        return [named[:_MAX_QUOTES]]
    segments = [
        segment.text.strip()
        for segment in split_sentences(gold.passage.text)
        if segment.kind in (SegmentKind.SENTENCE, SegmentKind.ITEM, SegmentKind.ROW)
    ]
    answer, asked = frozenset(content_stems(case.reference)), frozenset(content_stems(case.question))

    def closeness(text: str) -> tuple[float, int]:
        stems = frozenset(content_stems(text))
        return (_share(answer, stems) + _share(asked, stems), -len(text))

    ranked = sorted(
        (text for text in segments if len(text) >= LEAST_QUOTE_CHARS), key=closeness, reverse=True
    )
    best = set(ranked[:_MAX_QUOTES])
    ways = [ranked[:1], [text for text in segments if text in best]]
    return [quotes for quotes in ways if quotes and _speak_of(case, quotes, gold)]


def _speak_of(case: GoldCase, quotes: Sequence[str], gold: ScoredPassage) -> bool:
    """Whether quotes that nobody named hold the answer and the very thing that is asked about.

    The checks of the product look for what contradicts, and are silent on a quote
    about the neighbouring row: nothing of the answer may be missing here, and every
    name with a figure in it that the question gives has to be there.
    """
    text = " ".join(quotes)
    stems = frozenset(content_stems(text))
    if case.reference and _share(frozenset(content_stems(case.reference)), stems) < _LEAST_HELD:
        return False
    around = f"{gold.passage.title} {' '.join(gold.passage.heading_path)} {text}".casefold()
    return all(
        name.casefold().strip(".") in around.replace("\\", "") for name in _NAMED.findall(case.question)
    )


def _verbatim(relevant: Relevant, gold: ScoredPassage) -> str:
    citation = cite_quote(Quoted(passage=1, text=relevant.quote), (gold,))
    return "" if citation is None else citation.quote


def _replies(case: GoldCase, question: Question, quotes: Sequence[str], number: int) -> list[dict[str, Any]]:
    """Replies to try: the reference's own sentences, then the quotes themselves where they say as much."""
    places = list(range(1, len(quotes) + 1))
    reply: dict[str, Any] = {
        "answerable": True,
        "quotes": [{"passage": number, "text": text} for text in quotes],
    }
    if wants_choice(question) and question.options:
        choice = match_option(case.choice, question.options) if case.choice else None
        if choice is None:
            return []
        reply["choice"] = choice
    found: list[dict[str, Any]] = []
    said = [segment.text.strip() for segment in split_sentences(case.reference)]
    if 0 < len(said) <= _MAX_SENTENCES and all(len(text.split()) >= _LEAST_WORDS for text in said):
        found.append({**reply, "sentences": [{"text": text, "quotes": places} for text in said]})
    # A table's row proves, and is no sentence to show as one.
    if _says_enough(case, " ".join(quotes)) and not any(_CELL in text for text in quotes):
        pairs = zip(quotes, places, strict=True)
        copied = [{"text": text.lstrip(_BULLETS), "quotes": [place]} for text, place in pairs]
        found.append({**reply, "sentences": copied})
    return found


def _says_enough(case: GoldCase, text: str) -> bool:
    if not case.reference:
        return bool(case.choice)
    if missing_quantities(case.reference, evidence=text):
        return False
    wanted = frozenset(content_stems(case.reference))
    return bool(wanted) and _share(wanted, frozenset(content_stems(text))) >= _LEAST_HELD


def _share(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _proven(question: Question, shown: Sequence[ScoredPassage], reply: dict[str, Any]) -> Example | None:
    example = Example(
        passages=excerpts_of(shown),
        question=question.text,
        options=question.options,
        reply=reply,
    )
    return None if example_problems(example) else example
