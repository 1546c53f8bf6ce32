"""Whether a statement says yes to a question in other words: "compulsory" is asked, "mandatory" stands there.

Both must mean the same as wholes. Half of the question's words must stand in the statement, and for each of
the others a word as near in meaning. Names, numbers and opposites are never taken for one another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bidproof.answering.closeness import Closeness
from bidproof.language.polarity import Clause, disagree, split_clauses
from bidproof.language.words import asked_stems, content_stems, stem, term_value, words

_LEAST_CLOSE = 0.69
_LEAST_WORD = 0.65
_LEAST_VALUE = 0.5
_HALF = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Affirmation:
    """Reads statements against one yes/no question, without its auxiliary.

    Args:
        question: The question as a clause; its text is the statement that "yes" would make true.
        closeness: Compares wordings, and words.
        opposites: Words that mean the opposite of a word.
        around: Stems of names in the question that the headings or the title of the statement hold.
    """

    question: Clause
    closeness: Closeness
    opposites: Mapping[str, frozenset[str]]
    around: frozenset[str]

    def is_in(self, statement: str) -> bool:
        """Whether a statement affirms it: near as a whole and word by word, and without a denial."""
        if any(disagree(self.question, clause) for clause in self._about(statement)):
            return False
        if self.closeness.to(self.question.text, [statement])[0] < _LEAST_CLOSE:
            return False
        missing, said = self._missing(statement), words(statement)
        return len(missing) <= _HALF * len(self.question.stems) and all(
            self._is_said(word, said) for word in missing
        )

    def _about(self, statement: str) -> list[Clause]:
        """The clauses that speak of what is asked; all of them where none holds half of it."""
        clauses = split_clauses(statement)
        least = _HALF * len(self.question.stems)
        return [item for item in clauses if len(item.stems & self.question.stems) >= least] or list(clauses)

    def _missing(self, statement: str) -> list[str]:
        held = self.around.union(content_stems(statement))
        asked = frozenset(asked_stems(self.question.text))
        return [
            word
            for word in dict.fromkeys(words(self.question.text))
            if (name := stem(word)) in asked and name not in held and term_value(name) > _LEAST_VALUE
        ]

    def _is_said(self, word: str, said: Sequence[str]) -> bool:
        if not word.isalpha() or self.opposites.get(word, frozenset[str]()) & set(said):
            return False
        others = [other for other in dict.fromkeys(said) if other.isalpha() and content_stems(other)]
        return max(self.closeness.to(word, others), default=0.0) >= _LEAST_WORD
