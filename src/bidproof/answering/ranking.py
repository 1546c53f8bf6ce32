"""Rank the statements of the retrieved passages by how well they speak to the question."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bidproof.answering.abbreviations import spell_out
from bidproof.answering.answer_types import AnswerShape, counts_another, has_shape, is_told_by_form
from bidproof.answering.asked import Asked
from bidproof.answering.evidence import Evidence, row_cells
from bidproof.answering.statements import statements_of
from bidproof.core.records import BlockKind, Passage, ScoredPassage
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import SENTENCE_ENDS, SegmentKind
from bidproof.language.words import content_stems, count_words, term_value

_HEADING_SHARE = 0.6
_TITLE_SHARE = 0.4
_SHAPE_BONUS = 0.12
_TYPE_BONUS = 0.3
_PAIR_BONUS = 0.1
_RANK_BONUS = 0.15
_SUBJECT_BONUS = 0.15
_SEARCH_SHARE = 0.4
"""What the first place of a search counts for beside the best statement of a passage."""
_POINTER_COST = 0.3
_LENGTH_COST = 0.12
_LONG_WORDS = 45
_SHORT_WORDS = 4
_ECHO_SHARE = 0.2
_UNENDED_COST = 0.12
_PATTERNS = read_patterns("bidproof.answering", "en")


def rank_evidence(asked: Asked, passages: Sequence[ScoredPassage]) -> tuple[Evidence, ...]:
    """Score every statement of the passages against what is asked, best first.

    By the share of the question's terms that a statement holds (rare terms weigh
    more, terms in headings less), by answer shape (``how often`` wants a frequency)
    and by the passage's rank.
    """
    if not asked.stems:
        return ()
    weights = term_weights(asked, passages)
    wanted = _Wanted(
        question=asked.text,
        weights=weights,
        pairs=frozenset(pairwise(asked.stems)),
        shape=asked.shape,
        language=asked.language,
    )
    found = [
        _scored(evidence, wanted, place)
        for scored in passages
        if scored.passage.kind is not BlockKind.BOILERPLATE
        for place in [_place(scored.passage, asked.language)]
        for evidence in statements_of(scored, shape=asked.shape)
        if asked.shape is AnswerShape.YES_NO or not _is_echo(evidence, asked)
    ]
    return tuple(sorted(found, key=lambda item: (-item.score, item.passage.rank, item.spans[0].start)))


def order_by_statement(passages: Sequence[ScoredPassage], ranked: Sequence[Evidence]) -> list[ScoredPassage]:
    """Passages for a reader: by the best statement in each, where the search puts none of them far ahead."""
    best: dict[str, float] = {}
    for item in ranked:
        best.setdefault(item.passage.passage.id, item.score)
    return sorted(
        passages,
        key=lambda item: best.get(item.passage.id, 0.0) + _SEARCH_SHARE / math.sqrt(item.rank),
        reverse=True,
    )


def term_weights(asked: Asked, passages: Sequence[ScoredPassage]) -> dict[str, float]:
    """Weight of each asked stem: rare among the passages counts more, generic words less."""
    held = [
        frozenset(content_stems(f"{item.passage.title} {item.passage.located_text}", asked.language))
        for item in passages
    ]
    count = len(held)
    return {
        term: term_value(term, asked.language)
        * (
            0.35
            + math.log((count + 0.5) / (sum(term in stems for stems in held) + 0.5))
            / math.log(2 * count + 1.5)
        )
        for term in asked.stems
    }


def _is_echo(evidence: Evidence, asked: Asked) -> bool:
    """Whether a statement says hardly a word that the question does not say itself."""
    own = frozenset(content_stems(evidence.text, asked.language))
    is_repeated = bool(own) and len(own - set(asked.stems)) < _ECHO_SHARE * len(own)
    return is_repeated and not re.search(r"\d", evidence.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What a question asks: wording, stems with their weights, neighbouring pairs, shape, language."""

    question: str
    weights: dict[str, float]
    pairs: frozenset[tuple[str, str]]
    shape: AnswerShape
    language: str


def _place(source: Passage, language: str) -> dict[str, float]:
    """Stems of where a passage stands, each with what it counts for a statement in it."""
    title = content_stems(f"{source.title} {_words_of(source.path)}", language)
    headings = content_stems(" ".join(source.heading_path), language)
    return dict.fromkeys(title, _TITLE_SHARE) | dict.fromkeys(headings, _HEADING_SHARE)


def _scored(evidence: Evidence, wanted: _Wanted, place: Mapping[str, float]) -> Evidence:
    said = f"{evidence.header} {evidence.text}"
    long = spell_out(said)
    stems = content_stems(said if long == said else f"{said} {long}", wanted.language)
    own = frozenset(stems)
    total = sum(wanted.weights.values())
    own_coverage = sum(weight for term, weight in wanted.weights.items() if term in own) / total
    coverage = (
        sum(
            weight * (1.0 if term in own else place.get(term, 0.0)) for term, weight in wanted.weights.items()
        )
        / total
    )
    shared = len(wanted.pairs & set(pairwise(stems))) / len(wanted.pairs) if wanted.pairs else 0.0
    score = coverage + _PAIR_BONUS * shared + _RANK_BONUS / math.sqrt(evidence.passage.rank)
    bonus = _TYPE_BONUS if is_told_by_form(wanted.shape) else _SHAPE_BONUS
    is_held = has_shape(evidence.text, wanted.shape, wanted.language)
    if evidence.is_steps or (is_held and not counts_another(wanted.question, evidence.text)):
        score += bonus
    if evidence.kind is SegmentKind.ROW:
        subject = frozenset(content_stems(row_cells(evidence.quotes[-1])[0], wanted.language))
        score += (
            _SUBJECT_BONUS * sum(wanted.weights[term] for term in subject & wanted.weights.keys()) / total
        )
    score -= _cost(evidence, own_coverage)
    return replace(evidence, score=score, coverage_0_1=coverage, own_coverage_0_1=own_coverage)


def points_back(evidence: Evidence) -> bool:
    """Whether a sentence is about what stands before it."""
    is_sentence = evidence.kind is SegmentKind.SENTENCE
    return is_sentence and bool(_PATTERNS["deictic"].match(evidence.quotes[-1]))


def _words_of(path: str) -> str:
    return re.sub(r"\.\w{2,5}$", "", re.sub(r"(?<=[a-z])(?=[A-Z])|[/_.-]", " ", path))


def _cost(evidence: Evidence, own_coverage: float) -> float:
    text = evidence.quotes[-1]
    count = count_words(evidence.lines[0] if evidence.is_steps else text)
    usual = _LONG_WORDS * (2 if evidence.kind is SegmentKind.ROW else 1)
    cost = _LENGTH_COST * max(0.0, count / usual - 1)
    if _PATTERNS["pointer"].match(evidence.quotes[0]):
        cost += _POINTER_COST
    if count < _SHORT_WORDS and len(evidence.spans) == 1:
        cost += _POINTER_COST
    if points_back(evidence):
        cost += _POINTER_COST / 3
    is_ended = text.rstrip("*_`\"')”’ ")[-1:] in f"{SENTENCE_ENDS}:;"
    is_fragment = evidence.kind is not SegmentKind.ROW and not is_ended
    if is_fragment and len(evidence.spans) == 1:
        cost += _UNENDED_COST
    if evidence.kind is SegmentKind.SENTENCE and text.rstrip("*_ ").endswith(":"):
        cost += _POINTER_COST
    if own_coverage == 0.0:
        cost += _POINTER_COST
    return cost
