"""Tell which questions of an amended questionnaire are those of its earlier version, changed or not.

A question is unchanged where its words, its numbers and its options are; its id may have moved.
Anything less is at most a changed one, which a person has to look at.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question
from bidproof.questionnaires.wording import split_leading_id
from bidproof.workspace.question_text import normalize_question

ALIKE = 0.6
"""Share of words in the same order from which two questions are versions of one."""
ALIKE_BY_ID = 0.4
"""The same for two that bear the same printed id."""

_NUMBER = re.compile(r"\d+(?:[.,:/–-]\d+)*")
_Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """How two versions of a questionnaire lie to each other.

    Attributes:
        unchanged: Each question of the new one to its like in the old one.
        changed: The same for those with other words or options.
        new: Questions that the old one does not have, in order.
        removed: Questions that the new one no longer has, in order.
    """

    unchanged: Mapping[QuestionId, QuestionId]
    changed: Mapping[QuestionId, QuestionId]
    new: tuple[QuestionId, ...]
    removed: tuple[QuestionId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedQuestion:
    """A question beside its wording in the earlier version, and what was answered then."""

    id: QuestionId
    text: str
    old_id: QuestionId
    old_text: str
    old_answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendReport:
    """How an amended questionnaire lies to its earlier version.

    Attributes:
        amends: The answered file of the earlier version.
        carried: Unchanged questions whose answer was taken over.
        unanswered: Unchanged questions that had no answer: drafted as new ones are.
        changed: Questions for a person to confirm.
        new: Questions that the earlier version does not have.
        removed: Texts of questions that are gone, by their old id.
    """

    amends: str
    carried: tuple[QuestionId, ...]
    unanswered: tuple[QuestionId, ...]
    changed: tuple[ChangedQuestion, ...]
    new: tuple[QuestionId, ...]
    removed: Mapping[QuestionId, str]


def compare_versions(old: Sequence[Question], new: Sequence[Question]) -> Versions:
    """Pair the questions of two versions, each with at most one of the other.

    Args:
        old: In file order.
        new: In file order; ids and order may differ.
    """
    unchanged = _pair_same(old, new)
    taken = set(unchanged.values())
    left_old = [item for item in old if item.id not in taken]
    left_new = [item for item in new if item.id not in unchanged]
    changed = _pair_alike(left_old, left_new)
    gone = set(changed.values())
    return Versions(
        unchanged=unchanged,
        changed=changed,
        new=tuple(item.id for item in left_new if item.id not in changed),
        removed=tuple(item.id for item in left_old if item.id not in gone),
    )


def _pair_same(old: Sequence[Question], new: Sequence[Question]) -> dict[QuestionId, QuestionId]:
    """Equal questions; where a form asks the same several times, by id, then section, then order."""
    waiting: dict[_Key, list[Question]] = defaultdict(list)
    for question in old:
        waiting[_key(question)].append(question)
    pairs: dict[QuestionId, QuestionId] = {}
    for likeness in (_by_id, _by_section, _by_order):
        for question in new:
            same = waiting[_key(question)]
            found = next((item for item in same if likeness(item, question)), None)
            if question.id not in pairs and found is not None:
                pairs[question.id] = found.id
                same.remove(found)
    return pairs


def _key(question: Question) -> _Key:
    text = split_leading_id(question.text).text
    options = frozenset(" ".join(option.casefold().split()) for option in question.options)
    return (normalize_question(text), tuple(_NUMBER.findall(text)), options)


def _by_id(one: Question, other: Question) -> bool:
    return bool(one.buyer_id) and one.buyer_id == other.buyer_id


def _by_section(one: Question, other: Question) -> bool:
    return one.section_path == other.section_path


def _by_order(one: Question, other: Question) -> bool:
    del one, other
    return True


def _pair_alike(old: Sequence[Question], new: Sequence[Question]) -> dict[QuestionId, QuestionId]:
    """The likeliest pairs first, each question once."""
    scored = sorted(_alike(old, new), key=lambda item: -item[0])
    pairs: dict[QuestionId, QuestionId] = {}
    taken: set[QuestionId] = set()
    for _, mine, theirs in scored:
        if mine not in pairs and theirs not in taken:
            pairs[mine] = theirs
            taken.add(theirs)
    return pairs


def _alike(
    old: Sequence[Question], new: Sequence[Question]
) -> Iterable[tuple[float, QuestionId, QuestionId]]:
    words = {item.id: normalize_question(item.text).split() for item in old}
    by_word: dict[str, list[Question]] = defaultdict(list)
    for question in old:
        for word in set(words[question.id]):
            by_word[word].append(question)
    for question in new:
        mine = normalize_question(question.text).split()
        shared = Counter(item.id for word in set(mine) for item in by_word[word])
        ids = {item.id: _by_id(item, question) for word in set(mine) for item in by_word[word]}
        for key, count in shared.items():
            least = ALIKE_BY_ID if ids[key] else ALIKE
            if 2 * count < least * (len(set(mine)) + len(set(words[key]))):
                continue
            score = SequenceMatcher(None, words[key], mine, autojunk=False).ratio()
            if score >= least:
                yield score + ids[key], question.id, key
