from collections.abc import Sequence

import numpy as np
import pytest

from bidproof.answering.asked import read_asked
from bidproof.answering.choices import decide_choice
from bidproof.answering.closeness import Closeness
from bidproof.answering.ranking import rank_evidence
from bidproof.core.records import ScoredPassage
from passages import make_passage

MEANT = (("compulsory", "mandatory"), ("staff", "employee"), ("optional",), ("volumes",))


class Meaning:
    """An embedder in which a text is the sum of what its words mean."""

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self._embed(text) for text in texts], dtype=np.float32)

    embed_queries = embed_passages

    def _embed(self, text: str) -> np.ndarray:
        vector = np.zeros(64)
        for word in text.lower().strip(" .?").split():
            known = next((place for place, same in enumerate(MEANT) if word.strip(".,") in same), None)
            vector[len(MEANT) + sum(map(ord, word.strip(".,"))) % 60 if known is None else known] += 1
        return vector / max(1e-9, float(np.linalg.norm(vector)))


def choose(question: str, text: str, *, is_measured: bool = True, heading: str = "Staff") -> str | None:
    passage = ScoredPassage(
        passage=make_passage(text, title="Handbook", heading_path=(heading,)), score=1.0, rank=1
    )
    closeness = Closeness(Meaning()) if is_measured else None
    ranked = rank_evidence(read_asked(question), [passage])
    return decide_choice(question, options=("Yes", "No"), ranked=ranked, closeness=closeness).choice


def test_a_statement_says_yes_in_other_words() -> None:
    question, text = (
        "Is a hardware token compulsory for all staff?",
        "A hardware token is mandatory for all staff.",
    )
    assert choose(question, text) == "Yes"
    assert choose(question, text, is_measured=False) is None


@pytest.mark.parametrize(
    "text",
    [
        "A hardware token is not mandatory for all staff.",
        "A hardware token may be mandatory for all staff.",
        "A hardware token is optional for all staff.",
        "A hardware token is mandatory for staff.",
        "A hardware token is bought for all staff.",
        "A hardware token is mandatory for all staff",
    ],
)
def test_denials_hedges_opposites_and_what_is_left_out_stay_open(text: str) -> None:
    assert choose("Is a hardware token compulsory for all staff?", text) is None


def test_a_scope_stands_for_one_that_is_as_wide() -> None:
    question = "Is a hardware token compulsory for all staff?"
    assert choose(question, "A hardware token is mandatory for every employee.") == "Yes"


def test_a_name_may_stand_in_the_heading() -> None:
    question = "Is a hardware token compulsory for all staff of Acme?"
    assert choose(question, "A hardware token is mandatory for all staff.") is None
    text = "A hardware token is mandatory for all staff."
    assert choose(question, text, heading="Staff of Acme") == "Yes"
