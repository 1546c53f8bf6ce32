"""Questions that the documents do not answer, with evidence that they do not."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from bidproof.evaluation.gold.proposals import DRAFTED, Proposal
from bidproof.evaluation.gold.rows import made_id
from bidproof.evaluation.records import GoldCase
from bidproof.language.rules import read_data

_WORD = re.compile(r"[^\W_]{3,}")

_DATA = read_data("bidproof.evaluation.gold", "en")
_INVENTED = _DATA["invented"]["names"].strip().split("\n")
_ELSEWHERE = tuple(_DATA["elsewhere"].items())


def unanswerable_cases(
    proposals: Sequence[Proposal],
    *,
    texts: Iterable[str],
    documents: int,
    count: int,
    seed: int = 0,
) -> Iterator[GoldCase]:
    """Propose questions whose subject no document mentions.

    Half swap the subject of a proposed question for an invented name, so that
    all other words are at home in the documents; the rest ask about something
    far away. Each is given only if none of its telling words occurs in any
    document: that is the evidence, written in ``origin``. A person still has to
    agree before the case counts.

    Args:
        proposals: Answerable ones, to take questions from.
        texts: Every document's text.
        documents: How many there are, for the evidence.
        count: How many are wanted; fewer come when the evidence is lacking.
        seed: Of the choice.
    """
    vocabulary: set[str] = set()
    for text in texts:
        vocabulary.update(map(str.casefold, _WORD.findall(text)))
    chance = random.Random(seed)  # noqa: S311 - a reproducible choice, no secret
    swapped = list(_swapped(proposals, chance))
    elsewhere = chance.sample(_ELSEWHERE, len(_ELSEWHERE))
    order = [item for pair in zip(swapped, elsewhere, strict=False) for item in pair]
    shorter = min(len(swapped), len(elsewhere))
    order += swapped[shorter:] + elsewhere[shorter:]
    given: set[str] = set()
    for question, telling in order:
        if len(given) >= count:
            return
        missing = [word for word in telling.casefold().split() if word not in vocabulary]
        is_absent = len(missing) == len(telling.split())
        if not is_absent or question in given:
            continue
        given.add(question)
        yield GoldCase(
            id=made_id(question),
            question=question,
            is_answerable=False,
            group=telling,
            tags=(DRAFTED, "made from: absent subject"),
            is_verified=False,
            origin=f"drafted: none of the {documents} documents holds {', '.join(map(repr, missing))}",
        )


def _swapped(proposals: Sequence[Proposal], chance: random.Random) -> Iterator[tuple[str, str]]:
    usable = [item for item in proposals if item.subject and item.question.count(item.subject) == 1]
    chance.shuffle(usable)
    names = chance.sample(_INVENTED, len(_INVENTED))
    for place, item in enumerate(usable):
        name = names[place % len(names)]
        # Only the coined first word is telling: the second is an everyday one.
        yield item.question.replace(item.subject, name), name.split()[0]
