"""What a question is really about: its wording without the questionnaire's own phrases."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bidproof.language.periods import asks_for_latest, named_periods
from bidproof.language.terms import index_terms, query_terms
from bidproof.retrieval.protocol import Query

_FORMULA_WEIGHT = 0.25

# What questionnaires and requests for proposals say in every row, whatever the row is about.
_FORMULAS = """
establish document approve communicate apply evaluate maintain define implement adopt enforce
policy policies procedure process review annually least periodically regularly describe explain provide
outline state specify list detail indicate identify confirm discuss summarize attach link please using
used use ensure include including relevant appropriate applicable following organization organisation
company vendor supplier provider bidder contractor offeror respondent project solution product service
proposal response requirement must able ability support
"""

_OPENING = re.compile(
    r"^\W*(?:please\s+)?(?:"
    r"(?:describe|explain|outline|provide|define|state|specify|list|detail|indicate|identify|confirm|"
    r"discuss|summari[sz]e|attach|share)\b(?:\s+(?:how|whether|if|any|the|what|which|that|us|an?|details?|"
    r"information|overview|of|on|about|link|to)\b)*"
    r"|(?:how|does|do|is|are|has|have|can|will|what|which|where|when|who)\b(?:\s+(?:does|do|is|are|has|have|"
    r"can|will|the|your|you|our|this|its|it|there|any|an?|vendor|supplier|provider|company|organi[sz]ation|"
    r"project|bidder|contractor|offeror|product|solution)\b)*"
    r")\s*",
    re.IGNORECASE,
)
_CHAIN = re.compile(
    r"\b(?:established|documented|approved|communicated|applied|evaluated|maintained|defined|implemented|"
    r"enforced|adopted|reviewed|updated|at least annually|(?:on an )?annual(?:ly)?(?: basis)?)\b"
    r"(?:\s*,\s*|\s+and\s+|\s+or\s+)*",
    re.IGNORECASE,
)
_DANGLING = re.compile(r"(?:[\s,;]+(?:and|or))+$", re.IGNORECASE)
_QUANTITY = re.compile(
    r"\bhow\s+(?:much|many|large|long|often|high|low|significant|fast|has|have|did)\b"
    r"|\b(?:total|amounts?|numbers?|figures?|percent(?:age)?s?|rates?|ratios?|costs?|prices?|revenues?|sales|"
    r"incomes?|earnings|expens\w+|expenditures?|margins?|profits?|loss(?:es)?|debts?|cash|assets|liabilities|"
    r"growth|increase[ds]?|decrease[ds]?|fluctuat\w+|trends?|volumes?|averages?|maximum|minimum|limits?|"
    r"capacity|quarter\w*|fiscal)\b|%|\$",
    re.IGNORECASE,
)
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
    weights: dict[str, float] = {}
    for wording in (text, *texts[3:]):
        for term in query_terms(wording):
            weights.setdefault(term, _FORMULA_WEIGHT if term in _FORMULA_TERMS else 1.0)
    formulas = sum(term in _FORMULA_TERMS for term in weights)
    return Views(
        texts=tuple(texts),
        section=_flat(query.context[0]) if query.context else "",
        terms=weights,
        formula_share=formulas / max(len(weights), 1),
        periods=dict.fromkeys(named_periods(text), 1.0),
        wants_figures=bool(_QUANTITY.search(text)),
        wants_latest=asks_for_latest(text),
    )


def without_formulas(text: str) -> str:
    """Leave out "Describe how the …", "Does your company …", "documented, approved and …".

    Returns:
        What is left, or the text itself when nothing would be.
    """
    opening = _OPENING.match(text)
    rest = text[opening.end() :] if opening else text
    rest = _DANGLING.sub("", _flat(_CHAIN.sub("", rest)).strip(" ,;:.?"))
    return rest if len(rest.split()) >= 2 else text


def _flat(text: str) -> str:
    return _SPACE.sub(" ", text).strip()[:_MAX_VIEW_CHARS]


_FORMULA_TERMS = frozenset(index_terms(_FORMULAS))
