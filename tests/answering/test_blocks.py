from collections.abc import Sequence

import numpy as np

from bidproof.answering.asked import read_asked
from bidproof.answering.blocks import AnswerBlock, choose_block
from bidproof.answering.closeness import Closeness
from bidproof.answering.ranking import rank_evidence
from bidproof.core.records import ScoredPassage
from passages import make_passage


class Meaning:
    """An embedder that holds texts near to the question where they contain one of its words."""

    def __init__(self, *near: str) -> None:
        self.near, self.embedded = near, list[str]()

    def embed_passages(self, texts: Sequence[str]) -> np.ndarray:
        self.embedded += texts
        angles = [0.0 if "?" in text or any(word in text for word in self.near) else 1.5 for text in texts]
        return np.array([[np.cos(angle), np.sin(angle)] for angle in angles], dtype=np.float32)

    embed_queries = embed_passages


def passage(text: str, *, rank: int = 1, **values: object) -> ScoredPassage:
    found = make_passage(text, path=f"doc{rank}.md", title="Handbook", start=0, **values)
    return ScoredPassage(passage=found, score=1 / rank, rank=rank)


def block(
    question: str, *passages: ScoredPassage, meaning: Meaning | None = None, most: int = 3
) -> AnswerBlock:
    asked = read_asked(question)
    closeness = Closeness(meaning) if meaning is not None else None
    found = choose_block(asked, rank_evidence(asked, passages), closeness=closeness, most=most)
    assert found is not None
    return found


def said(found: AnswerBlock) -> list[str]:
    return [item.text for item in found.evidence]


BACKUPS = "Backups protect customer data. They are taken every night. A second site holds copies."


def test_a_value_is_one_sentence_and_prose_goes_on_in_its_paragraph() -> None:
    assert said(block("How many copies are held?", passage("We hold 2 copies. They rest."))) == [
        "We hold 2 copies."
    ]
    assert len(said(block("Describe how backups protect data.", passage(BACKUPS)))) == 3
    assert len(said(block("Describe how backups protect data.", passage(BACKUPS), most=2))) == 2


def test_prose_ends_with_its_paragraph_and_at_its_length() -> None:
    text = "Backups protect customer data.\n\nAnother matter stands here."
    assert said(block("Describe how backups protect data.", passage(text))) == [
        "Backups protect customer data."
    ]
    long = "Backups protect customer data. Then " + "word " * 70 + "ends."
    assert said(block("Describe how backups protect data.", passage(long))) == [
        "Backups protect customer data."
    ]


def test_a_sentence_that_points_back_brings_the_one_before() -> None:
    text = "The vault is a service of ours. It is backed up every night."
    assert said(block("How often is the vault backed up?", passage(text))) == [
        "The vault is a service of ours.",
        "It is backed up every night.",
    ]


def test_nothing_is_joined_from_elsewhere() -> None:
    other = passage("Backups protect customer data in Europe.", rank=2)
    found = block("Describe how backups protect data.", passage("Backups protect data."), other)
    assert len(found.evidence) == 1


def test_meaning_settles_what_words_leave_open() -> None:
    first, second = passage("Backups are many in number."), passage("Backups are locked away.", rank=2)
    assert said(block("How are backups made safe?", first, second)) == ["Backups are many in number."]
    found = block("How are backups made safe?", first, second, meaning=Meaning("locked"))
    assert said(found) == ["Backups are locked away."]
    assert found.closeness == 1.0


def test_the_text_below_a_heading_that_asks_the_same_answers() -> None:
    below = passage("A vault of a bank holds them.", rank=2, heading_path=("Where backups are stored",))
    words = passage("Backups are stored and stored backups are checked.")
    found = block("Where are backups stored?", words, below, meaning=Meaning("Where backups", "vault"))
    assert said(found) == ["A vault of a bank holds them."]


def test_a_row_without_a_name_for_each_cell_does_not_stand_by_itself() -> None:
    named = "Plan | Uptime\nPro | 99.5%\nMax | 99.9%"
    assert block("What is the uptime of Pro?", passage(named)).is_whole
    assert not block(
        "Which plans have uptime?", passage("Topic | Note\nOther talk here | plans\nMore | uptime")
    ).is_whole
    bare = "Plan | Uptime\nPro | 99.5% | forum\nMax | 99.9% | mail"
    assert not block("What is the uptime of Pro?", passage(bare)).is_whole


def test_a_row_stands_by_itself_where_one_cell_is_the_sentence_that_answers() -> None:
    header = "Control | Statement | Owner\n"
    rows = "C-07 | Critical faults are fixed within 7 days. | Ann\nC-08 | Logs are kept. | Bob"
    assert block("Within how many days are critical faults fixed?", passage(header + rows)).is_whole
    long = rows.replace("7 days.", "7 days. Others wait. More is said here.")
    assert not block("Within how many days are critical faults fixed?", passage(header + long)).is_whole


def test_a_text_is_embedded_once() -> None:
    meaning = Meaning("copies")
    closeness = Closeness(meaning)
    assert closeness.to("Why?", ["Two copies.", "Two copies."]) == (1.0, 1.0)
    closeness.to("Why?", ["Two copies."])
    assert meaning.embedded == ["Why?", "Two copies."]
    assert closeness.to("Why?", []) == ()
