"""What speaks against answering with the evidence at hand, in words that a person can act on."""

from dataclasses import dataclass
from typing import Literal

from bidproof.answering.evidence import Evidence

FindingKind = Literal["named", "substituted", "value"]
"""A named thing is missing; a modifier stands replaced by another; the kind of value is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One reason not to answer a part of a question with what was found.

    Attributes:
        kind: Which rule found it.
        asked: What the question asks for and the evidence lacks.
        instead: What the evidence speaks of in its place; empty where nothing stands there.
        evidence: The nearest statement.
    """

    kind: FindingKind
    asked: str
    instead: str
    evidence: Evidence

    @property
    def reason(self) -> str:
        """The finding as one plain sentence without its full stop."""
        if self.kind == "value":
            return f"the question wants to be told a value ({self.asked}), and the documents found give none"
        if self.instead:
            return f"the documents speak of {self.instead}, not of {self.asked}"
        return f"the documents found do not speak of {self.asked}"
