"""Turn an RFP's headings, paragraphs and list items into requirements and questions.

Word and PDF readers both end here: they supply units in reading order, this module
keeps the section path, joins list items to the sentence that introduces them, and
keeps each sentence that obliges somebody or asks something.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from bidproof.language.prose import split_sentences
from bidproof.questionnaires.requirements.reader import (
    Obligation,
    Strength,
    asks_for_information,
    binding_by,
    find_obligation,
    is_binding_title,
    is_buyer_subject,
)

_LABEL = re.compile(
    r"\s*(?P<label>(?:(?:Question|Item|Section|Req(?:uirement)?\.?)\s+)?"
    r"(?:(?:[A-Z]{1,6}[-_.]?){0,3}\d{1,4}(?:[.\-]\d{1,4})*(?:\.?[a-z])?(?:\.0)?(?P<dot>[.):]?)|"
    r"\(\d{1,3}\)|\(?[a-zA-Z]\)|[a-z]\.|\(?[ivx]{1,6}\)|[IVX]{1,6}\.))(?P<gap>\s+)(?=\S)"
)
_PREFIXED = re.compile(r"\s*(?P<label>[A-Z]{1,6}(?:[-_.][A-Z0-9]{1,6}){1,4})(?P<gap>:?\s+)(?=[A-Z])(?=.*\d)?")
_BULLET = re.compile(r"\s*[•●▪◦○■□▪‣⁃◆✓➢►·*–—-]\s+(?=\S)")
_DECIMAL = re.compile(r"(?:[A-Z]\.)?\d{1,3}(?:\.\d{1,3})*")
_STEM_END = re.compile(
    r":\s*$|\b(?:the following|as follows|listed below)\b[^.?!]{0,60}[.;]?\s*$"
    r"|\b(?:must|shall)(?: be able to)?\s*$",
    re.I,
)
_INFINITIVE_STEM = re.compile(r"\bto\s*:\s*$", re.I)
_PRONOUN = re.compile(r"(?:it|they|this|these|those|such|he|she|he/she)\b", re.I)
_FOLLOW_UP = re.compile(
    r"(?:if|please|when|where)\b|(?:describe|explain|provide|attach|include|list|give|specify|state)\b", re.I
)
_COMPLETE = re.compile(
    r"(?:the|all|any|each|every|no|a|an|this|these|both|contractors?|vendors?|suppliers?|bidders?|offerors?)\b",
    re.I,
)
_FAKE_HEADING_RANK = 20
_MAX_HEADING_WORDS = 14
_MAX_STEM_CHARS = 600


class UnitKind(StrEnum):
    """What a unit of prose is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One heading, paragraph or list item.

    ``text`` excludes ``label``, the number or letter printed before it. ``level`` is
    a heading's rank (None when only its number or bold type makes it one) or a list
    item's depth from 0 within ``list_style``, the list or the kind of mark it belongs to.
    """

    kind: UnitKind
    text: str
    label: str = ""
    level: int | None = None
    list_style: str = ""
    location: str = ""
    page: int | None = None
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """A sentence that obliges (``obligation``) or asks (``is_question``), with its place.

    ``text`` carries the introducing sentence of a list. ``context`` is the sentence
    before one that starts with a pronoun. ``part`` counts from 1 within its unit.
    ``order`` is the unit's own.
    """

    text: str
    obligation: Obligation | None
    label: str
    section_path: tuple[str, ...]
    location: str
    page: int | None
    part: int
    order: int
    context: str = ""
    is_question: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitLabel:
    """A paragraph's printed label and the text after it."""

    label: str
    text: str
    is_bullet: bool = False


def split_label(text: str) -> SplitLabel:
    """Take the printed number, letter, id or bullet off the start of a paragraph.

    A bare number counts only with punctuation, a tab or a point inside, so that
    "2020 was a good year" keeps its number.
    """
    if (bullet := _BULLET.match(text)) is not None:
        return SplitLabel(label="", text=text[bullet.end() :].strip(), is_bullet=True)
    found = _LABEL.match(text)
    if found is None:
        found = _PREFIXED.match(text)
        if found is None or not any(character.isdigit() for character in found["label"]):
            return SplitLabel(label="", text=text.strip())
        return SplitLabel(label=found["label"].rstrip(":"), text=text[found.end() :].strip())
    rest, label = text[found.end() :].strip(), found["label"]
    is_marked = label[-1] in ".):" or "\t" in found["gap"] or "." in label or not label.isdigit()
    starts_well = not rest[0].islower() or label[-1] in ".):"
    if not (is_marked and starts_well):
        return SplitLabel(label="", text=text.strip())
    return SplitLabel(label=label.rstrip(":"), text=rest)


def decimal_number(label: str) -> tuple[str, ...]:
    """The components of a decimal label, trailing zeros dropped: "2.0" is ("2",); empty for others."""
    plain = label.strip().rstrip(".):").removeprefix("(")
    if not _DECIMAL.fullmatch(plain):
        return ()
    parts = plain.split(".")
    while len(parts) > 1 and parts[-1] == "0":
        parts.pop()
    return tuple(parts)


def is_heading_like(text: str, *, label: str, is_bold: bool) -> bool:
    """Whether an unstyled paragraph is a heading: short, no sentence, bold or with a decimal label."""
    words = text.split()
    if not words or len(words) > _MAX_HEADING_WORDS or text.rstrip()[-1] in ".?:;,!":
        return False
    if text[0].islower() or find_obligation(text) is not None:
        return False
    is_numbered = len(decimal_number(label)) > 1 or (bool(decimal_number(label)) and text.isupper())
    capitals = sum(word[0].isupper() for word in words if word[0].isalpha())
    return is_bold or (is_numbered and capitals * 2 >= len(words))


@dataclass(slots=True)
class SectionPath:
    """The headings above the current place, outermost first."""

    _entries: list[tuple[int, tuple[str, ...], str]] = field(
        default_factory=list[tuple[int, tuple[str, ...], str]]
    )

    def push(self, text: str, *, label: str = "", rank: int | None = None) -> None:
        """Enter a section; its number decides what it lies under, else its rank does."""
        if rank == 0:
            return
        number = decimal_number(label)
        at = (
            rank
            if rank is not None
            else (_FAKE_HEADING_RANK - 8 + len(number) if number else _FAKE_HEADING_RANK)
        )
        while self._entries and not self._holds(self._entries[-1], number, at):
            self._entries.pop()
        self._entries.append((at, number, " ".join(f"{label} {text}".split())))

    @staticmethod
    def _holds(entry: tuple[int, tuple[str, ...], str], number: tuple[str, ...], rank: int) -> bool:
        if number and entry[1]:
            return len(entry[1]) < len(number) and number[: len(entry[1])] == entry[1]
        return entry[0] < rank

    @property
    def path(self) -> tuple[str, ...]:
        """The headings' texts, numbers included."""
        return tuple(text for _, _, text in self._entries)

    @property
    def number(self) -> str:
        """The number of the innermost numbered section; empty when none is numbered."""
        return next((".".join(number) for _, number, _ in reversed(self._entries) if number), "")


@dataclass(slots=True)
class _Stem:
    """A sentence that introduces a list, until its items have come or not."""

    level: int
    requirement: Requirement
    at: int
    has_items: bool = False


@dataclass(slots=True)
class _ListDepths:
    """How deep each list item lies: another style of mark after a colon opens a list inside."""

    bases: dict[str, int] = field(default_factory=dict[str, int])
    last: int = -1
    opens: bool = False

    def depth_of(self, unit: Unit) -> int:
        """The item's depth from 0; -1 for headings and paragraphs, which end all lists."""
        opened, self.opens = self.opens, bool(_STEM_END.search(unit.text))
        if unit.kind is not UnitKind.ITEM:
            self.bases.clear()
            self.last = -1
            return -1
        style = unit.list_style
        if style not in self.bases:
            self.bases[style] = self.last + 1 if opened and self.last >= 0 else 0
        self.last = self.bases[style] + (unit.level or 0)
        return self.last


def mark_style(label: str, *, previous: str = "") -> str:
    """The kind of a printed list mark: "(a)" and "(b)" share one, "(i)" after "(h)" is a letter too."""
    core = label.strip("().:")
    frame = label.replace(core, "#")
    if not core:
        return "bullet"
    if core.isdigit():
        return f"digit{frame}"
    is_next_letter = len(core) == 1 and previous.strip("().:") == chr(ord(core[0]) - 1)
    is_roman = bool(re.fullmatch(r"[ivx]+|[IVX]+", core)) and not is_next_letter
    return f"{'roman' if is_roman else 'letter'}{'' if core.islower() else 'upper'}{frame}"


def find_requirements(units: Iterable[Unit]) -> tuple[Requirement, ...]:
    """Give every obligation and question of a text, in reading order.

    A list item becomes one requirement with its introducing sentence in front; the
    introducing sentence alone is one only when no item follows it. Items under a heading
    that makes them mandatory are requirements as they stand, with the heading as their
    context. Sentences that neither oblige nor ask are left out.
    """
    sections = SectionPath()
    stems: list[_Stem] = []
    found: list[Requirement] = []
    depths = _ListDepths()
    bound: tuple[str, ...] = ()
    for unit in units:
        level = depths.depth_of(unit)
        _close(stems, level, found)
        if unit.kind is UnitKind.HEADING:
            _enter(sections, unit, found, stems)
            bound = sections.path if is_binding_title(unit.text) else bound
            continue
        pieces = _read_unit(unit, sections.path, stems[-1] if stems else None)
        if not pieces and unit.kind is UnitKind.ITEM and bound and sections.path[: len(bound)] == bound:
            pieces = [
                _piece(unit, sections.path, unit.text, binding_by(bound[-1]), part=1, context=bound[-1])
            ]
        if pieces and _STEM_END.search(pieces[-1].text):
            last = pieces.pop()
            found.extend(piece for piece in pieces if piece.obligation or piece.is_question)
            stems.append(_Stem(level=level, requirement=last, at=len(found)))
        else:
            found.extend(piece for piece in pieces if piece.obligation or piece.is_question)
    _close(stems, -1, found)
    return _numbered(found)


def _numbered(found: list[Requirement]) -> tuple[Requirement, ...]:
    """Count the parts anew, now that it is known which were kept."""
    counts: dict[int, int] = {}
    numbered: list[Requirement] = []
    for item in found:
        counts[item.order] = counts.get(item.order, 0) + 1
        numbered.append(replace(item, part=counts[item.order]))
    return tuple(numbered)


def _close(stems: list[_Stem], level: int, found: list[Requirement]) -> None:
    """Leave the lists that an item of this level is not part of."""
    while stems and stems[-1].level >= level:
        stem = stems.pop()
        if not stem.has_items and stem.requirement.obligation is not None:
            found.insert(stem.at, stem.requirement)


def _enter(sections: SectionPath, unit: Unit, found: list[Requirement], stems: list[_Stem]) -> None:
    """Open a section; a heading that is itself a binding sentence is a requirement, or introduces some."""
    obligation = find_obligation(unit.text)
    is_sentence = obligation is not None and obligation.strength is Strength.MANDATORY
    if is_sentence:
        piece = _piece(unit, sections.path, unit.text, obligation, part=1)
        if _STEM_END.search(unit.text):
            stems.append(_Stem(level=-1, requirement=piece, at=len(found)))
        else:
            found.append(piece)
    if not is_sentence or len(unit.text.split()) <= _MAX_HEADING_WORDS:
        sections.push(unit.text, label=unit.label, rank=unit.level)


def _read_unit(unit: Unit, path: tuple[str, ...], stem: _Stem | None) -> list[Requirement]:
    """The unit's sentences; the last may introduce a list and is then kept whatever it says."""
    pieces: list[Requirement] = []
    before = ""
    for sentence in split_sentences(unit.text):
        obligation = find_obligation(sentence)
        is_stem = bool(_STEM_END.search(sentence))
        if stem is not None and not before and not _stands_alone(sentence, obligation):
            stem.has_items = True
            pieces.append(_join(stem, sentence, unit, path))
        elif (
            pieces and _belongs_to(pieces[-1], sentence, obligation, in_list=stem is not None) and not is_stem
        ):
            pieces[-1] = replace(pieces[-1], text=f"{pieces[-1].text} {sentence}")
        elif obligation is not None or sentence.endswith("?") or is_stem:
            context = before if _PRONOUN.match(sentence) else ""
            if obligation is None and is_stem and is_binding_title(sentence):
                obligation = binding_by(sentence)
            pieces.append(_piece(unit, path, sentence, obligation, part=len(pieces) + 1, context=context))
        before = sentence
    return pieces


def _belongs_to(piece: Requirement, sentence: str, obligation: Obligation | None, *, in_list: bool) -> bool:
    """Whether a sentence goes with the one before: a follow-up question, or the rest of a list item."""
    if piece.is_question:
        is_bound = obligation is not None and obligation.strength is Strength.MANDATORY
        return sentence.endswith("?") or (not is_bound and bool(_FOLLOW_UP.match(sentence)))
    return in_list and obligation is None and piece.obligation is not None and piece.part == 1


def _stands_alone(sentence: str, obligation: Obligation | None) -> bool:
    """Whether a list item is a full sentence with a subject and an obligation of its own."""
    if sentence.endswith("?"):
        return True
    return obligation is not None and obligation.cue.split()[0].islower() and bool(_COMPLETE.match(sentence))


def _join(stem: _Stem, sentence: str, unit: Unit, path: tuple[str, ...]) -> Requirement:
    """An item with its stem in front; on its own where the stem does not oblige."""
    head = stem.requirement.text[-_MAX_STEM_CHARS:]
    joined = f"{head} {sentence}"
    obligation = stem.requirement.obligation or find_obligation(joined)
    if obligation is not None:
        return _piece(unit, path, joined, obligation, part=1)
    is_apart = is_buyer_subject(head) or bool(_INFINITIVE_STEM.search(head))
    own = None if is_apart else find_obligation(sentence)
    return _piece(unit, path, sentence if own else joined, own, part=1)


def _piece(
    unit: Unit,
    path: tuple[str, ...],
    text: str,
    obligation: Obligation | None,
    *,
    part: int,
    context: str = "",
) -> Requirement:
    is_question = text.endswith("?") or (
        obligation is not None
        and obligation.strength is not Strength.MANDATORY
        and asks_for_information(text)
    )
    return Requirement(
        text=text,
        obligation=None if is_question else obligation,
        label=unit.label,
        section_path=path,
        location=unit.location,
        page=unit.page,
        part=part,
        order=unit.order,
        context=context,
        is_question=is_question,
    )
