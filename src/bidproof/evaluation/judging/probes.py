"""Probes: true claims, the same claims made false by one small change, and inventions in or behind them.

The unit test of anything that says whether a text holds a claim: a judge, the
offline verifier, the answering system's own checks. Edits are made by code. An
unedited claim, and one reworded by rule, must still be held.
"""

import random
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bidproof.evaluation.protocol import Entailment
from bidproof.evaluation.records import Estimate
from bidproof.evaluation.statistics.intervals import wilson
from bidproof.language.rules import read_data
from bidproof.language.words import STOP_WORDS


class ProbeKind(StrEnum):
    """What was done to a claim, or put in its place; the last two leave it true."""

    NUMBER = "number changed"
    NEGATION = "negation inserted"
    ENTITY = "entity swapped"
    SCOPE = "scope changed"
    INVENTED = "invented"
    HALF_TRUE = "half true"
    NONE = "unedited"
    REWORDED = "reworded"


KEEPS_TRUTH = frozenset({ProbeKind.NONE, ProbeKind.REWORDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeSource:
    """A claim that a text holds; ``names`` are others of the same context, to swap in."""

    claim: str
    text: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One claim to be judged against a text, and whether the text holds it."""

    kind: ProbeKind
    claim: str
    original: str
    text: str

    @property
    def is_held(self) -> bool:
        """What a verifier should say."""
        return self.kind in KEEPS_TRUTH


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeResult:
    """What a verifier said of one probe; None where it did not decide or failed."""

    probe: Probe
    verdict: bool | None
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRate:
    """How often a kind of edit was seen; for ``unedited`` and ``reworded``: how often wrongly.

    ``undecided`` probes count in neither ``flagged`` nor ``n``; ``estimate`` has Wilson's interval.
    """

    kind: ProbeKind
    is_edit: bool
    flagged: int
    n: int
    undecided: int
    estimate: Estimate

    @property
    def rate(self) -> float | None:
        """Detection rate, or false-alarm rate; None when nothing was decided."""
        return self.estimate.value


Verify = Callable[[str, str], Awaitable[Entailment | None]]
"""Takes claim and text; None where the verifier failed."""

_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*(?=\+|%|[A-Za-z]{0,3}(?![\w-]))")
_VERB = re.compile(
    r"\b(is|are|was|were|can|will|must|should|may|does|do|has been|have been)\b(?! not)(?!n['’]t)(?=\s)"
)
_NAME = re.compile(
    r"(?<![\w./@-])(?:[A-Z][a-z]+[A-Z]\w*|[A-Z][a-z]{2,}(?: [A-Z][a-z]{2,})*|[A-Z]{2,6}\d*"
    r"|\w+(?:[./_-]\w+)+)(?![\w/@-])"
)
_MARKED = re.compile(r"[A-Z\d_]|\.[a-z]{2,4}$")
_OPENING = re.compile(r"(?:^|[.!?:|]\s+|\n)[\s\"“‘'(*+|-]*$")
_NO_NAMES = frozenset({"No", "Not", "Yes", "See", "The", "NA", "All", "Only"})
_DATA = read_data("bidproof.evaluation.judging", "en")
_SCOPE: Mapping[str, str] = _DATA["scope"]
_SAME: Mapping[str, str] = _DATA["same"]
_INVENTIONS: Sequence[str] = _DATA["inventions"]


def change_number(claim: str, rng: random.Random) -> str | None:
    """Change one digit of one number; None where there is none."""
    found = list(_NUMBER.finditer(claim))
    if not found:
        return None
    match = rng.choice(found)
    place = rng.choice([at for at in range(match.start(), match.end()) if claim[at].isdigit()])
    digit = rng.choice([other for other in "123456789" if other != claim[place]])
    return claim[:place] + digit + claim[place + 1 :]


def insert_negation(claim: str, rng: random.Random) -> str | None:
    """Put a "not" after one verb that takes one."""
    found = list(_VERB.finditer(claim))
    if not found:
        return None
    match = rng.choice(found)
    return f"{claim[: match.end()]} not{claim[match.end() :]}"


def swap_entity(claim: str, rng: random.Random, names: Sequence[str]) -> str | None:
    """Put another name of the same context in the place of one."""
    found = [match for match in _NAME.finditer(claim) if is_name(match, claim)]
    others = [name for name in names if name.lower() not in claim.lower()]
    if not found or not others:
        return None
    match = rng.choice(found)
    alike = [name for name in others if not _share_words(name, match[0])]
    return f"{claim[: match.start()]}{rng.choice(alike)}{claim[match.end() :]}" if alike else None


def change_scope(claim: str, rng: random.Random) -> str | None:
    """Replace a word of scope, such as "all", by one that says more or less."""
    found = [match for match in re.finditer(r"[A-Za-z]+", claim) if match[0].lower() in _SCOPE]
    if not found:
        return None
    match = rng.choice(found)
    return claim[: match.start()] + _SCOPE[match[0].lower()] + claim[match.end() :]


def invent(claim: str, rng: random.Random) -> str:
    """Put a fluent sentence in a claim's place that nothing but chance makes true."""
    return rng.choice(_INVENTIONS)


def add_invention(claim: str, rng: random.Random) -> str:
    """Join such a sentence to the claim."""
    return f"{claim.rstrip(' .;')}, and {invent(claim, rng)}"


def reword(claim: str) -> str | None:
    """Apply every rule that fits and keeps the meaning; None where none fits."""
    changed = claim
    for pattern, other in _SAME.items():
        changed = re.sub(pattern, other, changed)
    return changed if changed != claim else None


def names_in(text: str) -> tuple[str, ...]:
    """Names and identifiers of a text, each once; a capital that only opens a sentence is none."""
    return tuple(dict.fromkeys(match[0] for match in _NAME.finditer(text) if is_name(match, text)))


def is_name(match: re.Match[str], text: str) -> bool:
    """Whether a capitalised word is a name and not the opening of a sentence."""
    name = match[0]
    is_ordinary = all(word.lower() in STOP_WORDS for word in name.split())
    if name in _NO_NAMES or not _MARKED.search(name) or (is_ordinary and not name.isupper()):
        return False
    is_plain = name[1:].islower()
    return not (is_plain and _OPENING.search(text[: match.start()]))


def make_probes(sources: Sequence[ProbeSource], *, per_kind: int, seed: int = 0) -> tuple[Probe, ...]:
    """Make up to ``per_kind`` probes of each kind; a source is taken at most once a kind, in random order."""
    probes: list[Probe] = []
    for kind in ProbeKind:
        rng = random.Random(f"{seed}-{kind}")  # noqa: S311 - a sample, no secret
        order = list(sources)
        rng.shuffle(order)
        made: list[Probe] = []
        for source in order:
            if len(made) >= per_kind:
                break
            edited = _edit(kind, source, rng)
            if edited is not None and (edited != source.claim or kind is ProbeKind.NONE):
                made.append(Probe(kind=kind, claim=edited, original=source.claim, text=source.text))
        probes += made
    return tuple(probes)


async def run_probes(probes: Sequence[Probe], verify: Verify) -> tuple[ProbeResult, ...]:
    """Ask a verifier about every probe, one after the other; results in the same order."""
    results: list[ProbeResult] = []
    for probe in probes:
        said = await verify(probe.claim, probe.text)
        results.append(
            ProbeResult(
                probe=probe,
                verdict=None if said is None else said.is_held,
                problems=() if said is None else said.problems,
            )
        )
    return tuple(results)


def probe_rates(results: Sequence[ProbeResult]) -> tuple[ProbeRate, ...]:
    """One rate a kind, in the order of :class:`ProbeKind`; kinds without probes are left out."""
    rates: list[ProbeRate] = []
    for kind in ProbeKind:
        of_kind = [item.verdict for item in results if item.probe.kind is kind]
        decided = [verdict for verdict in of_kind if verdict is not None]
        if not of_kind:
            continue
        flagged, n = sum(not verdict for verdict in decided), len(decided)
        low, high = wilson(flagged, n) if n >= 2 else (None, None)
        value = flagged / n if n else None
        rates.append(
            ProbeRate(
                kind=kind,
                is_edit=kind not in KEEPS_TRUTH,
                flagged=flagged,
                n=n,
                undecided=len(of_kind) - n,
                estimate=Estimate(value=value, low=low, high=high, n=n, clusters=n, method="wilson"),
            )
        )
    return tuple(rates)


def _edit(kind: ProbeKind, source: ProbeSource, rng: random.Random) -> str | None:
    edits: Mapping[ProbeKind, Callable[[], str | None]] = {
        ProbeKind.NUMBER: lambda: change_number(source.claim, rng),
        ProbeKind.NEGATION: lambda: insert_negation(source.claim, rng),
        ProbeKind.ENTITY: lambda: swap_entity(source.claim, rng, source.names or names_in(source.text)),
        ProbeKind.SCOPE: lambda: change_scope(source.claim, rng),
        ProbeKind.INVENTED: lambda: invent(source.claim, rng),
        ProbeKind.HALF_TRUE: lambda: add_invention(source.claim, rng),
        ProbeKind.NONE: lambda: source.claim,
        ProbeKind.REWORDED: lambda: reword(source.claim),
    }
    return edits[kind]()


def _share_words(one: str, other: str) -> bool:
    return bool(set(re.findall(r"[^\W_]+", one.lower())) & set(re.findall(r"[^\W_]+", other.lower())))
