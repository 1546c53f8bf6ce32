"""Evaluation criteria: with weights where any are stated, else numbered, else as a plain list."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bidproof.questionnaires.brief.cues import LEAST, Cues
from bidproof.questionnaires.brief.mentions import Mention, MentionKind, find_mentions
from bidproof.questionnaires.brief.records import BriefItem, Topic
from bidproof.questionnaires.brief.source import Source
from bidproof.questionnaires.brief.units import Unit

_NUMBER = re.compile(r"\s*(\d{1,4}(?:[.,]\d+)?)\s*(%?)\s*")
_EDGES = " \t\n,;:.()[]|–—-=•*/"
_JOINTS = re.compile(r"^(?:and|or|with|of|at|for|to|und|et|y|e|en|mit|the|is|are|will be)\b\s*", re.I)
_MOST_LABEL_WORDS = 9
_MOST_ITEM_WORDS = 12
_LEAST_LISTED = 2


def read_criteria(source: Source, cues: Cues) -> tuple[BriefItem, ...]:
    """The criteria of one file by the best evidence that there is; none where nothing names any."""
    for read in (_weighted, _numbered, _listed, _said):
        found = tuple(read(source, cues))
        if found:
            return found
    return ()


def weight_sums(items: Sequence[BriefItem]) -> dict[tuple[str, str], float]:
    """The sum of the percentages by file and place of origin: a table, a list, a paragraph."""
    sums: dict[tuple[str, str], float] = {}
    for item in items:
        if item.topic is Topic.CRITERION and item.unit == "%" and item.weight is not None:
            at = (item.place.file, item.place.section)
            sums[at] = sums.get(at, 0.0) + item.weight
    return sums


def _weighted(source: Source, cues: Cues) -> Iterator[BriefItem]:
    seen: set[tuple[str, float]] = set()
    for unit in source.units:
        if cues.score("criterion", unit) <= 0 or cues.find("criterion_not", f"{unit.row} {unit.text}"):
            continue
        for label, weight, kind in _weights(unit, cues):
            key = (label.casefold(), weight)
            if label and key not in seen and not cues.find("total", label):
                seen.add(key)
                yield _item(source, unit, label, weight, kind, cues)


def _weights(unit: Unit, cues: Cues) -> Iterator[tuple[str, float, MentionKind]]:
    is_weight_column = bool(unit.column and cues.find("weight", unit.column))
    bare = _NUMBER.fullmatch(unit.text)
    if unit.kind == "cell" and unit.row and bare and is_weight_column:
        is_percent = bare[2] or "%" in unit.column or "percent" in unit.column.lower()
        kind = MentionKind.PERCENT if is_percent else MentionKind.POINTS
        yield unit.row, float(bare[1].replace(",", ".")), kind
        return
    mentions = sorted(
        find_mentions(unit.text, MentionKind.PERCENT, MentionKind.POINTS), key=lambda item: item.start
    )
    for at, mention in enumerate(mentions):
        low = mentions[at - 1].end if at else 0
        high = mentions[at + 1].start if at + 1 < len(mentions) else len(unit.text)
        if mention.number is not None and mention.number <= 1000:
            yield _label(unit, mention, low, high, cues), mention.number, mention.kind


def _label(unit: Unit, mention: Mention, low: int, high: int, cues: Cues) -> str:
    """What a weight is for: the words before it, or else those after it, or the row."""
    if unit.kind == "cell" and unit.row and not unit.text[: mention.start].strip(_EDGES):
        return unit.row
    before = re.split(r"[:;.]\s", unit.text[low : mention.start])[-1]
    after = re.split(r"[:;.,]", unit.text[mention.end : high])[0]
    start = cues.find("label_start", before)
    for words in (before[start.end() :] if start else before, after):
        plain = _bare(words)
        if plain and len(plain.split()) <= _MOST_LABEL_WORDS:
            return plain
    return unit.row


def _bare(words: str) -> str:
    plain = " ".join(words.split()).strip(_EDGES)
    while (shorter := _JOINTS.sub("", plain)) != plain:
        plain = shorter
    return plain.strip(_EDGES)


def _numbered(source: Source, cues: Cues) -> Iterator[BriefItem]:
    """``Factor 1: Technical Approach``, ``Criterion B – Price``: each number once, by its shortest name."""
    found: list[tuple[tuple[str, str], BriefItem]] = []
    for unit in source.units:
        match = cues.find("numbered_criterion", unit.text)
        around = " ".join((unit.text, unit.lead, *unit.section))
        name = _name(unit.text[match.end() :], cues) if match else ""
        if match and name and cues.find("criterion", around):
            part = match["part"].capitalize()
            item = _item(source, unit, f"{part} {match['n']}", None, None, cues)
            found.append(((part[:6], match["n"]), replace(item, value=name)))
    fullest = Counter(item.place.section for _, item in found)
    found.sort(key=lambda pair: (-fullest[pair[1].place.section], pair[1].place.start))
    best: dict[tuple[str, str], BriefItem] = {}
    for key, item in found:
        best[key] = min(best.get(key, item), item, key=lambda one: len(one.value))
    return iter(best.values())


def _name(words: str, cues: Cues) -> str:
    """The criterion's name: what stands before a colon, unless that is only another number of it."""
    before, _, after = words.lstrip(_EDGES).partition(":")
    return _bare(after if cues.find("numbered_criterion", before) else before)


def _listed(source: Source, cues: Cues) -> Iterator[BriefItem]:
    blocks: dict[int, list[Unit]] = {}
    for unit in source.units:
        if unit.kind == "item" and (cues.find("criterion", unit.lead) or cues.find("criterion", unit.title)):
            blocks.setdefault(unit.block, []).append(unit)
    for units in blocks.values():
        short = [
            unit for unit in units if len(unit.text.split()) <= _MOST_ITEM_WORDS and "?" not in unit.text
        ]
        if len(short) == len(units) >= _LEAST_LISTED:
            for unit in units:
                yield _item(source, unit, unit.text.strip(_EDGES), None, None, cues)


def _said(source: Source, cues: Cues) -> Iterator[BriefItem]:
    for unit in source.units:
        if (
            unit.kind != "heading"
            and cues.find("criterion", unit.text)
            and cues.score("criterion", unit) >= LEAST
        ):
            yield _item(source, unit, "", None, None, cues)


def _item(
    source: Source, unit: Unit, label: str, weight: float | None, kind: MentionKind | None, cues: Cues
) -> BriefItem:
    unit_of_weight = "" if kind is None else "%" if kind is MentionKind.PERCENT else "points"
    shown = "" if weight is None else f"{weight:g} {unit_of_weight}"
    return BriefItem(
        topic=Topic.CRITERION,
        label=" ".join(label.split()),
        value=shown,
        quote=source.quote(unit.quote),
        place=source.place(unit),
        weight=weight,
        unit=unit_of_weight,
        score=cues.score("criterion", unit),
    )
