"""What a question is really about: its wording without the questionnaire's own phrases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from bidproof.language.detect import reading_language
from bidproof.language.lexicon import word_set
from bidproof.language.periods import asks_for_latest, named_periods
from bidproof.language.questions import pattern, without_formulas
from bidproof.language.terms import query_terms, word_terms
from bidproof.retrieval.protocol import Query

_FORMULA_WEIGHT = 0.25

_FORMULAS = ("questions.generic", "questions.parties")
_SPACE = re.compile(r"\s+")
_MAX_VIEW_CHARS = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """One question as the halves of retrieval see it.

    Attributes:
        texts: Wordings to embed; the first is the question itself.
        section: Title of the outermost section it stands in, to embed by itself; empty for none.
        terms: Words to look for, each with its weight.
        formula_share: Share of its words, 0 to 1, that questionnaires say whatever the matter.
        periods: Years, quarters, halves and versions it names, in one spelling each.
        wants_figures: Whether the answer is likely to be a quantity.
        wants_latest: Whether it asks for the newest of something.
    """

    texts: tuple[str, ...]
    section: str
    terms: Mapping[str, float]
    formula_share: float
    periods: Mapping[str, float]
    wants_figures: bool
    wants_latest: bool

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything to embed: the texts, then the section's title where there is one."""
        return (*self.texts, self.section) if self.section else self.texts


def question_views(query: Query) -> Views:
    """Look at a question in several ways: as written, in its section, without formulas, reworded."""
    text = _flat(query.text)
    section = _flat(" ".join(query.context))
    texts = [text, f"{section}. {text}" if section else text, without_formulas(text)]
    texts += [_flat(rewrite) for rewrite in query.rewrites if rewrite.strip()]
    language = reading_language(text)
    formula_terms = _formula_terms(language)
    weights: dict[str, float] = {}
    for wording in (text, *texts[3:]):
        for term in query_terms(wording):
            weights.setdefault(term, _FORMULA_WEIGHT if term in formula_terms else 1.0)
    formulas = sum(term in formula_terms for term in weights)
    return Views(
        texts=tuple(texts),
        section=_flat(query.context[0]) if query.context else "",
        terms=weights,
        formula_share=formulas / max(len(weights), 1),
        periods=dict.fromkeys(named_periods(text), 1.0),
        wants_figures=bool(pattern(language, "quantity").search(text)),
        wants_latest=asks_for_latest(text),
    )


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[:_MAX_VIEW_CHARS]


@cache
def _formula_terms(language: str) -> frozenset[str]:
    """Terms of what questionnaires say in every row, whatever the row is about."""
    lists = ("questions.formulas", "questions.parties") if language == "en" else _FORMULAS
    words = word_set(*lists, language=language)
    return frozenset(term for word in words for term in word_terms(word, language))
