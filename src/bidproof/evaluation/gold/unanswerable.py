"""Questions that the documents do not answer, with evidence that they do not."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence

from bidproof.evaluation.gold.proposals import DRAFTED, Proposal
from bidproof.evaluation.gold.rows import made_id
from bidproof.evaluation.records import GoldCase

_WORD = re.compile(r"[^\W_]{3,}")

# Invented names: a question about one of them has an answer only where a document knows it.
_INVENTED = (
    "Halvorsen Relay",
    "Quillmark Registry",
    "Tessarine Gateway",
    "Brontide Archive",
    "Ostrava Ledger Service",
    "Pellucid Broker",
    "Varnholt Scheduler",
    "Zephyrine Vault",
    "Corvane Exchange",
    "Marrowgate Console",
    "Umbrelith Sensor",
    "Kestravel Portal",
)
# Topics far from most companies' papers, each with the words that must not occur.
_ELSEWHERE = (
    ("What is the maximum diving depth of the company's research submarines?", "submarines diving"),
    ("How many greenhouses are heated with geothermal energy?", "greenhouses geothermal"),
    ("Which veterinarian approves the vaccination of the guard dogs?", "veterinarian vaccination"),
    ("What wingspan do the delivery gliders have?", "wingspan gliders"),
    ("How often is the vineyard irrigated in summer?", "vineyard irrigated"),
    ("Which lighthouse keeper is on duty during storms?", "lighthouse"),
    ("What is the tensile strength of the suspension bridge cables?", "tensile suspension"),
    ("How are the beehives on the roof protected in winter?", "beehives"),
    ("Which choir performs at the annual harvest festival?", "choir harvest festival"),
    ("What is the melting point of the casting alloy?", "melting alloy"),
    ("How many horses are kept in the company's stables?", "horses stables"),
    ("Which anaesthetic is used in the dental clinic?", "anaesthetic dental"),
)


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
