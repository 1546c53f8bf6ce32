"""Answer a yes/no or pick-one question only where the evidence decides it.

Precision comes first. "Yes" and "No" need a statement that speaks of
everything the question names and affirms or denies it without a hedge; "No" is
never read from silence; "not applicable" is never chosen by code.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.answering.affirmation import Affirmation
from bidproof.answering.answer_types import AnswerShape, wanted_shape
from bidproof.answering.closeness import Closeness
from bidproof.answering.compose import wording
from bidproof.answering.evidence import Evidence
from bidproof.answering.statements import is_pointer
from bidproof.core.records import Question, QuestionKind
from bidproof.language.choices import is_yes_no, match_option, meaning_of, verdict_of
from bidproof.language.claims import missing_names
from bidproof.language.detect import reading_language
from bidproof.language.lexicon import word_set
from bidproof.language.numbers import missing_quantities
from bidproof.language.polarity import OPPOSITES, Clause, disagree, split_clauses
from bidproof.language.questions import asks, pattern
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import SegmentKind
from bidproof.language.words import content_stems, stem, words

_LEAST_COVERAGE = 0.8
_LEAST_OWN = 0.5
_CANDIDATES = 20
_BY_MEANING = 3
_OPTION_COVERAGE = 0.6
_CLAUSE_SHARE = 0.75
_DENSITY = 0.6
_ALL_SHARE = 0.9
_PATTERNS = read_patterns("bidproof.answering", "en")
_AUXILIARY = pattern("en", "auxiliary")
_ENDED = re.compile(r"[.!][\"'”’)*_`\]]*\s*$")
_SCOPE = word_set("choices.scope")
_UNIVERSAL = word_set("choices.universal")
_FORCE = word_set("choices.force")
_YES_CELLS = frozenset({"supported", "implemented", "met", "✓", "✔", "✅", "compliant", "enabled"})
_NO_CELLS = frozenset({"not supported", "not implemented", "✗", "✘", "❌", "non-compliant", "disabled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A choice with what decided it; ``choice`` None leaves it to a person and says why."""

    choice: str | None
    reason: str
    evidence: Evidence | None = None


def wants_choice(question: Question) -> bool:
    """Whether the buyer asks to pick among options."""
    return bool(question.options) or question.kind in (QuestionKind.YES_NO, QuestionKind.CHOICE)


def is_yes_no_question(text: str) -> bool:
    """Whether the wording itself asks for a yes or a no."""
    return bool(_AUXILIARY.match(text)) and " or " not in f" {text.split('?')[0]} "


def asks_to_be_told(text: str) -> bool:
    """Whether the wording asks what, how or which, so that a text answers it without a choice."""
    language = reading_language(text)
    if language != "en":
        return asks(text, language) and wanted_shape(text, language) is not AnswerShape.YES_NO
    return asks(text, language) and not is_yes_no_question(text)


def decide_choice(
    text: str, *, options: Sequence[str], ranked: Sequence[Evidence], closeness: Closeness | None = None
) -> Decision:
    """Choose an option if one statement decides it.

    Args:
        text: The question, or the part of it that asks for the choice.
        options: Allowed choices; empty means a plain yes or no.
        ranked: Statements found for the question, best first.
        closeness: Finds a yes in other words; None reads the question's own words alone.

    Returns:
        One of the options exactly as spelled (``Yes`` or ``No`` without
        options), or None with the reason in plain words.
    """
    if options and not is_yes_no(options):
        return _decide_option(options, ranked)
    decision = _decide_yes_no(text, ranked, closeness)
    if decision.choice is None or not options:
        return decision
    option = match_option(decision.choice, options)
    if option is None:
        return Decision(
            choice=None,
            reason=f"the evidence says {decision.choice.lower()}, but no single option says just that",
            evidence=decision.evidence,
        )
    return Decision(choice=option, reason=decision.reason, evidence=decision.evidence)


def _decide_yes_no(text: str, ranked: Sequence[Evidence], closeness: Closeness | None) -> Decision:
    verdicts = [
        (evidence, verdict)
        for evidence in ranked[:_CANDIDATES]
        if (verdict := read_yes_no(text, evidence)) is not None
    ]
    if not verdicts and closeness is not None:
        verdicts = [(item, True) for item in ranked[:_BY_MEANING] if _affirms(text, item, closeness)][:1]
    if not verdicts:
        return Decision(choice=None, reason="no statement found says yes or no to exactly this")
    best, verdict = verdicts[0]
    if any(other != verdict for _, other in verdicts):
        return Decision(
            choice=None,
            reason="statements in the documents disagree: some say yes, some no",
            evidence=best,
        )
    word = "affirms" if verdict else "denies"
    return Decision(
        choice="Yes" if verdict else "No", reason=f"the quoted statement {word} it", evidence=best
    )


def read_yes_no(text: str, evidence: Evidence) -> bool | None:
    """What one statement says to a yes/no question: True, False, or None when it does not decide.

    A list is read item by item, each with the line that introduces it. Prose is read in English alone:
    what denies is not listed for other languages.
    """
    if evidence.kind is SegmentKind.ROW:
        is_on_topic = evidence.coverage_0_1 >= _LEAST_COVERAGE and evidence.own_coverage_0_1 >= _LEAST_OWN
        return _read_row(evidence) if is_on_topic else None
    question = _question_clause(text)
    verdicts = {
        verdict
        for statement in _statements(evidence)
        if (verdict := _read_statement(text, question, statement, evidence)) is not None
    }
    return verdicts.pop() if len(verdicts) == 1 else None


def _affirms(text: str, evidence: Evidence, closeness: Closeness) -> bool:
    """Whether a sentence or a single item says yes in other words; a row or a list never does."""
    statement, question = wording(evidence), _question_clause(text)
    is_one = evidence.kind is not SegmentKind.ROW and not evidence.items
    if not is_one or not question.stems or not _is_plain(text, evidence.text, evidence):
        return False
    around = _names_around(question.text, evidence)
    reader = Affirmation(question=question, closeness=closeness, opposites=OPPOSITES, around=around)
    return reader.is_in(statement)


def _statements(evidence: Evidence) -> list[str]:
    lead, *items = evidence.lines
    if evidence.kind is not SegmentKind.ITEM or not items:
        return [evidence.text]
    return [f"{lead.rstrip(' :')} {item}" for item in items]


def _read_statement(text: str, question: Clause, statement: str, evidence: Evidence) -> bool | None:
    if not _is_plain(text, statement, evidence):
        return None
    best = _closest(question, statement, evidence)
    return None if best is None else not disagree(question, best)


def _is_plain(text: str, statement: str, evidence: Evidence) -> bool:
    """Whether a statement is a whole one without a hedge, and holds the question's details; English alone."""
    if reading_language(text) != "en":
        return False
    if is_pointer(statement) or (len(evidence.lines) == 1 and not _ENDED.search(statement)):
        return False
    is_hedged = bool(_PATTERNS["hedge"].search(_without(statement, text)))
    return not is_hedged and _holds_details(text, statement, evidence)


def _question_clause(text: str) -> Clause:
    body = _AUXILIARY.sub("", text.strip().split("?")[0])
    clauses = split_clauses(body)
    return Clause(
        text=body,
        words=tuple(word for clause in clauses for word in clause.words),
        stems=frozenset(name for clause in clauses for name in clause.stems),
        denied=tuple(scope for clause in clauses for scope in clause.denied),
    )


def _closest(question: Clause, statement: str, evidence: Evidence) -> Clause | None:
    """The clause that speaks of what is asked: all of it, headings counted, most of it by itself."""
    opposites = {stem(other) for word in question.words for other in OPPOSITES.get(word, frozenset[str]())}
    around = _names_around(question.text, evidence)
    clauses = split_clauses(statement)
    if not clauses or not question.stems:
        return None
    best = max(clauses, key=lambda clause: len(clause.stems & (question.stems | opposites)))
    named = question.stems & best.stems
    denied = 1 if opposites & best.stems else 0
    count = len(question.stems)
    if len(named) + denied < _CLAUSE_SHARE * count:
        return None
    if len(named | question.stems & around) + denied < _ALL_SHARE * count:
        return None
    return best if _is_dense(best, named | opposites & best.stems) else None


def _names_around(text: str, evidence: Evidence) -> frozenset[str]:
    """Stems of a question's names that the headings or the title of a statement hold."""
    source = evidence.passage.passage
    return frozenset(content_stems(" ".join((*source.heading_path, source.title)))) & _names(text)


def _names(text: str) -> frozenset[str]:
    """Stems of the capitalised words of a question: only these may come from a heading."""
    return frozenset(name for word in re.findall(r"\b\w*[A-Z]\w*", text) for name in content_stems(word))


def _is_dense(clause: Clause, named: frozenset[str] | set[str]) -> bool:
    """Whether the named stems stand close together, so that they are about one another."""
    stems = [stem(word) for word in clause.words if stem(word) in clause.stems]
    width = next(
        (
            size
            for size in range(len(named), len(stems) + 1)
            if any(named <= set(stems[at : at + size]) for at in range(len(stems) - size + 1))
        ),
        len(stems),
    )
    return len(named) >= _DENSITY * width


def _without(statement: str, question: str) -> str:
    """The statement without the hedging words that the question itself uses."""
    mine = set(words(question))
    return " ".join(
        word for word in re.findall(r"[^\s,;()]+", statement) if word.lower().strip(".:") not in mine
    )


def _holds_details(text: str, statement: str, evidence: Evidence) -> bool:
    source = evidence.passage.passage
    around = "\n".join((evidence.header, evidence.text, *source.heading_path, source.title))
    asked, stated = set(words(text)), set(words(statement))
    if missing_quantities(text, evidence=around) or missing_names(text, evidence=around):
        return False
    unsaid = {word for word in _SCOPE if word in asked and word not in stated}
    if unsaid - _UNIVERSAL or (unsaid and not stated & _UNIVERSAL):
        return False
    if asked & _FORCE and not stated & _FORCE:
        return False
    return not (stated & _FORCE and not asked & _FORCE and "can" in asked)


def _read_row(evidence: Evidence) -> bool | None:
    cells = [
        " ".join(cell.strip(" *`_").lower().split()) for cell in evidence.quotes[-1].strip("| ").split("|")
    ]
    verdicts = {verdict_of(cell, yes=_YES_CELLS, no=_NO_CELLS) for cell in cells[1:]} - {None}
    if len(verdicts) != 1 or _PATTERNS["hedge"].search(" ".join(cells)):
        return None
    return verdicts.pop()


def _decide_option(options: Sequence[str], ranked: Sequence[Evidence]) -> Decision:
    undecided = Decision(choice=None, reason="no statement found names exactly one of the options")
    for evidence in ranked[:2]:
        if evidence.coverage_0_1 < _OPTION_COVERAGE or _PATTERNS["hedge"].search(evidence.text):
            continue
        named = [option for option in options if _is_named(option, options, evidence)]
        if len(named) == 1:
            return Decision(
                choice=named[0],
                reason=f"the quoted statement names {named[0]!r} and no other option",
                evidence=evidence,
            )
    return undecided


def _is_named(option: str, options: Sequence[str], evidence: Evidence) -> bool:
    if meaning_of(option) is not None or not content_stems(option):
        return False
    text = " ".join(words(evidence.text))
    for longer in sorted(options, key=len, reverse=True):
        if len(longer) > len(option) and _plain(option) in _plain(longer):
            text = text.replace(_plain(longer), " ")
    if not re.search(rf"(?<!\w){re.escape(_plain(option))}(?!\w)", text):
        return False
    near = [clause for clause in split_clauses(evidence.text) if _plain(option) in " ".join(clause.words)]
    return bool(near) and not any(clause.denied for clause in near)


def _plain(text: str) -> str:
    return " ".join(words(text))
