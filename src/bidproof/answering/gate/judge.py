"""Judge a part of a question against the statements found for it: which may answer, and how sure that is.

Hard rules first, each with its reason: a thing that the question names, a modifier, a kind of
value. A statement that breaks one is evidence, not an answer. What is left is scored.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bidproof.answering.answer_types import has_shape, is_told_by_form
from bidproof.answering.asked import Asked
from bidproof.answering.evidence import Evidence
from bidproof.answering.gate.around import text_around
from bidproof.answering.gate.findings import Finding
from bidproof.answering.gate.modifiers import Pair, asked_pairs, replacement, stands_alone, stems_of
from bidproof.answering.gate.names import AskedNames, SpeaksOf, named_instead, names_missing, read_names
from bidproof.answering.gate.values import asked_in, asked_values, holds_value
from bidproof.core.records import Citation, Claim, ScoredPassage

_READ = 25
"""Statements held against the rules; below, none is near enough to be an answer."""
_NEAR = 0.85
"""Share of the best statement's coverage that one needs which breaks no rule where the best one does.

The best one is the best of those that speak of all that is named, where any do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gated:
    """Statements sorted by whether they may answer.

    Attributes:
        may_answer: Those that break no rule, best first, then those that are too far off to answer by
            themselves; empty where all that are about as near as the best one break a rule.
        findings: Why the best one may not; empty where any may.
    """

    may_answer: tuple[Evidence, ...]
    findings: tuple[Finding, ...] = ()


def gate(
    asked: Asked, passages: Sequence[ScoredPassage], *, ranked: Sequence[Evidence], speaks_of: SpeaksOf
) -> Gated:
    """Hold statements against the rules.

    Args:
        asked: The question, or a part of it.
        passages: What was found for it, best first.
        ranked: Their statements, best first.
        speaks_of: Whether a document speaks of a name; see ``lookup.look_up``.
    """
    rules = read_rules(asked, passages, speaks_of=speaks_of)
    read = ranked[:_READ]
    best = next((item for item in read if not names_missing(rules.names, item)), None)
    least = _NEAR * (best or ranked[0]).coverage_0_1 if ranked else 0.0
    near = [item for item in read if item.coverage_0_1 >= least]
    if best is not None:
        near = [item for item in near if not names_missing(rules.names, item)]
    held = [(item, rules.findings(item)) for item in near]
    passed = [item for item, found in held if not found]
    passed = passed or [
        other
        for item, found in held
        if {finding.kind for finding in found} == {"value"}
        for other in _told_beside(item, ranked, rules)
    ]
    if not passed:
        return Gated(may_answer=(), findings=held[0][1] if held else ())
    return Gated(may_answer=(*passed, *(item for item in ranked if item not in near)))


def _told_beside(best: Evidence, ranked: Sequence[Evidence], rules: "Rules") -> Iterator[Evidence]:
    """The sentence after one that lacks the value, where that has it: it is about the same.

    "The project lead is elected. The election occurs annually." It counts for as much as the one before.
    """
    for item in ranked:
        if item.is_beside(best) and best.meets(item) and not rules.findings(item):
            yield replace(item, coverage_0_1=best.coverage_0_1, score=best.score)


def read_rules(asked: Asked, passages: Sequence[ScoredPassage], *, speaks_of: SpeaksOf) -> "Rules":
    """Read what a part asks for; what was found for it tells names from words with a capital."""
    names = read_names(asked, passages, speaks_of=speaks_of)
    return Rules(
        question=asked.text,
        names=names,
        pairs=asked_pairs(asked.text) if asked.language == "en" else (),
        found=stems_of("\n".join(names.documents.values())),
        values=asked_values(asked.text) if asked.language == "en" else (),
        asked=asked,
    )


def quoted_findings(
    rules: "Rules", claims: Sequence[Claim], *, ranked: Sequence[Evidence]
) -> tuple[Finding, ...]:
    """Why none of the statements that an answer quotes may answer; empty where one may.

    A quote is held against the rules as the whole statement that it is taken from; where it is taken
    from none, nothing is said against it.

    Args:
        rules: Of what is asked.
        claims: Sentences of the answer, with their citations.
        ranked: All statements of the passages.
    """
    cited = [citation for claim in claims for citation in claim.citations]
    first: tuple[Finding, ...] = ()
    for citation in cited:
        found = [rules.findings(item) for item in ranked if _holds(item, citation)]
        if not found or not all(found):
            return ()
        first = first or found[0]
    return first


def _holds(evidence: Evidence, citation: Citation) -> bool:
    is_same = evidence.passage.passage.document_id == citation.document_id
    return is_same and any(span.start < citation.end and citation.start < span.end for span in evidence.spans)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a part of a question asks for, as statements are held against it; see :func:`read_rules`."""

    question: str
    names: AskedNames
    pairs: tuple[Pair, ...]
    found: frozenset[str]
    values: tuple[str, ...]
    asked: Asked

    def findings(self, evidence: Evidence) -> tuple[Finding, ...]:
        """Every rule that a statement breaks."""
        return (*self._named(evidence), *self._replaced(evidence), *self._valued(evidence))

    def _named(self, evidence: Evidence) -> Iterator[Finding]:
        if missing := names_missing(self.names, evidence):
            instead = named_instead(missing, self.names, evidence)
            yield Finding(kind="named", asked=" or ".join(missing), instead=instead, evidence=evidence)

    def _replaced(self, evidence: Evidence) -> Iterator[Finding]:
        around = text_around(evidence)
        for pair in self.pairs:
            other = replacement(pair, evidence.text, around=around, question=self.question)
            if not other and stands_alone(pair, evidence.text, found=self.found):
                other = f"{pair.head} in general"
            if other:
                yield Finding(kind="substituted", asked=pair.text, instead=other, evidence=evidence)

    def _valued(self, evidence: Evidence) -> Iterator[Finding]:
        told = f"{evidence.header}\n{evidence.text}"
        if self.values and not any(holds_value(told, kind, question=self.question) for kind in self.values):
            unit = asked_in(self.question)
            asked = " or ".join(self.values) + (f" in {unit}" if unit else "")
            yield Finding(kind="value", asked=asked, instead="", evidence=evidence)
        shape, language = self.asked.shape, self.asked.language
        if language != "en" and is_told_by_form(shape) and not has_shape(told, shape, language):
            yield Finding(kind="value", asked=shape.value, instead="", evidence=evidence)
