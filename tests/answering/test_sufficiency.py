from bidproof.answering.asked import read_asked
from bidproof.answering.ranking import rank_evidence
from bidproof.answering.sufficiency import Sufficiency, judge_sufficiency
from bidproof.core.records import ScoredPassage
from passages import make_passage

TEXT = "Customer data is encrypted at rest with AES-256. Backups are tested every quarter."


def judge(question: str, text: str = TEXT, **parts: float) -> Sufficiency:
    passage = make_passage(text, path="doc.md", title="Handbook")
    found = [ScoredPassage(passage=passage, score=1.0, rank=1, parts=parts)]
    asked = read_asked(question)
    return judge_sufficiency(asked, found, ranked=rank_evidence(asked, found))


def test_answered_question_passes_the_default_threshold() -> None:
    assert judge("How often are backups tested?").score_0_1 >= 0.5


def test_question_on_something_else_does_not() -> None:
    assert judge("Which fire extinguishers protect the warehouse?").score_0_1 < 0.5


def test_half_answered_scores_between() -> None:
    whole = judge("Is customer data encrypted at rest?").score_0_1
    half = judge("Is customer data encrypted by quantum annealers?").score_0_1
    none = judge("Are quantum annealers leased?").score_0_1
    assert none < half < whole


def test_missing_words_are_named_as_the_buyer_wrote_them() -> None:
    assert judge("Are Backups stored on Tapes?").missing == ("stored", "tapes")


def test_nothing_found_scores_zero() -> None:
    result = judge_sufficiency(read_asked("Is data encrypted?"), [], ranked=[])
    assert result.score_0_1 == 0.0
    assert result.missing == ("data", "encrypted")


def test_nearness_in_meaning_counts_where_the_search_gives_it() -> None:
    question = "Is customer data encrypted by quantum annealers?"
    assert judge(question, dense=0.9).score_0_1 > judge(question, dense=0.1).score_0_1
