"""Build Questions with their answer slots from a sheet and its layout."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import cast

from bidproof.core.ids import QuestionId
from bidproof.core.records import AnswerSlot, Question, SlotPurpose
from bidproof.questionnaires.sheets.grid import Grid, Place, cell_location, column_letters, column_number
from bidproof.questionnaires.sheets.headers import Header, options_offered, plain_line, read_header
from bidproof.questionnaires.sheets.mapping import FileLayout, TableLayout
from bidproof.questionnaires.sheets.rows import classify_rows, slot_places
from bidproof.questionnaires.wording import (
    is_id,
    is_placeholder,
    kind_of,
    limits_in,
    mandatory_in,
    split_leading_id,
    split_numbered,
)

_MAX_SECTION_DEPTH = 3
_NO_HEADER = Header(text="", role=None)
_SHORT_WIDTH = 14
"""Digits; a narrower column has room for a word or two."""
_FOLLOW_UP = re.compile(r"^(?:if|where) (?:so|yes|no|not|applicable|other|any|the answer)\b", re.IGNORECASE)


def build_questions(layout: FileLayout, grids: Mapping[str, Grid]) -> tuple[Question, ...]:
    """Read every question that a layout names, in file order, with unique ids.

    Args:
        layout: Its sheets are all in ``grids``.
        grids: By sheet name.
    """
    several = len(layout.sheets) > 1
    questions: list[Question] = []
    for sheet in layout.sheets:
        title = (sheet.name,) if several and not sheet.name.casefold().startswith("sheet") else ()
        for table in sheet.tables:
            questions.extend(_TableReader(grids[sheet.name], table, title).read())
    return _with_unique_ids(questions)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    rank: str
    title: str
    number: str = ""
    numbers_questions: bool = True


class _TableReader:
    def __init__(self, grid: Grid, table: TableLayout, title: tuple[str, ...]) -> None:
        self.grid = grid
        self.table = table
        self.columns = table.columns
        self.headers = self._read_headers()
        self.path = title
        kinds = classify_rows(grid, table)
        self.sections = set(kinds.section_rows)
        self.explaining = set(kinds.guidance_rows)
        self.skipped = {*kinds.skip_rows, *table.header_rows}
        self.carried: dict[str, str] = {}
        self.listed = {letters for letters in self.columns.choice if self._has_lists(letters)}

    def _read_headers(self) -> dict[str, Header]:
        headers: dict[str, Header] = {}
        for letters in _all_letters(self.columns.model_dump()):
            column = column_number(letters)
            texts = tuple(self.grid.shown_text(row, column) for row in self.table.header_rows)
            headers[letters] = read_header(texts)
        return headers

    def _has_lists(self, letters: str) -> bool:
        first, last = self.table.rows
        column = column_number(letters)
        return any(self.grid.options(row, column) for row in self.grid.rows() if first <= row <= last)

    def read(self) -> list[Question]:
        found: list[Question] = []
        stack: list[_Section] = []
        path, was_section, asked = (*self.path, *self.table.title), False, 0
        first, last = self.table.rows
        for row in self.grid.rows():
            if first < row in self.table.header_rows and stack:
                path, stack = (*self.path, *(item.title for item in stack), *self.table.title), []
            if not first <= row <= last or row in self.skipped:
                continue
            if row in self.sections:
                _push(stack, self._section(row), below_last=was_section)
                was_section = True
            elif row in self.explaining:
                explained = "\n".join(self.grid.row_cells(row).values())
                found[asked:] = [_with_guidance(item, explained) for item in found[asked:]]
            else:
                stack = _still_open(stack, self._row_id(row), is_first=was_section)
                several = self._questions(row, (*path, *(item.title for item in stack)))
                if several:
                    was_section, asked = False, len(found)
                    follows = found and _FOLLOW_UP.match(several[0].text)
                    note = f"Follows: {found[-1].text}" if follows else ""
                    found.extend([_with_guidance(several[0], note), *several[1:]])
        return found

    def _section(self, row: int) -> _Section:
        cells = list(self.grid.row_cells(row).items())
        column, first = cells[0]
        is_numbered = is_id(first) or column_letters(column) in self.columns.id
        title = plain_line(" ".join(text for _, text in cells[:2]) if is_numbered else first)
        numbered = split_leading_id(title).buyer_id or (first if is_id(first) else "")
        depth = numbered.rstrip(".0").count(".") if numbered else None
        fill = self.grid.fills.get(Place(row, column), "")
        rank = f"number {depth}" if depth is not None else f"style {fill} {column}"
        return _Section(rank=rank, title=title, number=numbered.rstrip("."))

    def _questions(self, row: int, path: tuple[str, ...]) -> list[Question]:
        """A row's questions: one, or as many as its cell numbers, each with the row's slots."""
        texts = [text for letters in self.columns.question if (text := self._text(row, letters))]
        numbered = split_numbered(texts[0]) if texts else ()
        if not numbered:
            return [self._question(row, path, texts)] if texts else []
        whole = self._question(row, path, texts)
        name = f"{whole.buyer_id} " if whole.buyer_id else ""
        several: list[Question] = []
        for item in numbered:
            one = replace(whole, text=item.text, kind=kind_of(item.text, whole.options))
            several.append(replace(one, buyer_id=f"{name}({item.buyer_id})" if name else item.buyer_id))
        return several

    def _question(self, row: int, path: tuple[str, ...], texts: Sequence[str]) -> Question:
        split = split_leading_id(texts[0])
        own_id = self._row_id(row)
        buyer_id = own_id or split.buyer_id
        body = split.text if split.buyer_id and own_id in ("", split.buyer_id) else texts[0].strip()
        text = "\n".join([body, *texts[1:]])
        slots = tuple(self._slots(row))
        options = tuple(o for o in _question_options(slots) if o not in self.table.default)
        guidance = "\n".join(t for letters in self.columns.guidance if (t := self._shown(row, letters)))
        limits = limits_in(text, guidance, *self._limit_texts(row))
        required = next((t for letters in self.columns.mandatory if (t := self._text(row, letters))), "")
        return Question(
            id=QuestionId(""),
            text=text,
            kind=kind_of(text, options),
            buyer_id=buyer_id,
            section_path=tuple(dict.fromkeys((*path, *self._column_sections(row)))),
            options=options,
            guidance=guidance,
            max_words=limits.max_words,
            max_chars=limits.max_chars,
            is_mandatory=mandatory_in(text, required),
            slots=slots,
            location=cell_location(self.grid.name, row, column_number(self.columns.question[0])),
        )

    def _row_id(self, row: int) -> str:
        return plain_line(next((t for letters in self.columns.id if (t := self._shown(row, letters))), ""))

    def _text(self, row: int, letters: str) -> str:
        return self.grid.text(row, column_number(letters))

    def _shown(self, row: int, letters: str) -> str:
        return self.grid.shown_text(row, column_number(letters))

    def _column_sections(self, row: int) -> list[str]:
        """Titles from section columns; one written only once speaks for the rows below it too."""
        titles: list[str] = []
        for letters in self.columns.section:
            shown = plain_line(self._shown(row, letters))
            if shown:
                self.carried[letters] = shown
            if self.carried.get(letters):
                titles.append(self.carried[letters])
        return titles

    def _limit_texts(self, row: int) -> list[str]:
        takers = (*self.columns.answer, *self.columns.comment)
        texts = [self.headers[letters].text for letters in takers]
        for letters in self.columns.limit:
            header, value = self.headers[letters].text, self._text(row, letters)
            unit = "characters" if "char" in header.casefold() else "words"
            texts.append(f"max {value} {unit}" if value.isdigit() else value)
        return texts

    def _slots(self, row: int) -> Iterator[AnswerSlot]:
        plan: tuple[tuple[SlotPurpose, Sequence[str]], ...] = (
            (SlotPurpose.CHOICE, self.columns.choice),
            (SlotPurpose.MARK, tuple(self.columns.marks)),
            (SlotPurpose.ANSWER, self.columns.answer),
            (SlotPurpose.OWNERSHIP, self.columns.ownership),
            (SlotPurpose.COMMENT, self.columns.comment),
            (SlotPurpose.CUSTOMER, self.columns.customer),
            (SlotPurpose.EVIDENCE, self.columns.evidence),
        )
        seen: set[str] = set()
        places = slot_places(self.grid, row, self.columns)
        for purpose, several in plan:
            for letters in several:
                if column_number(letters) not in places:
                    continue
                slot = self._slot(places[column_number(letters)], letters, purpose)
                if slot.location not in seen:
                    seen.add(slot.location)
                    yield slot
        for purpose, (letters, down) in self.table.below.items():
            yield self._slot(self.grid.anchor(row + down, column_number(letters)), letters, purpose)

    def _slot(self, place: Place, letters: str, purpose: SlotPurpose) -> AnswerSlot:
        header = self.headers.get(letters, _NO_HEADER)
        is_choice = purpose in (SlotPurpose.CHOICE, SlotPurpose.OWNERSHIP)
        listed = self.grid.options(place.row, place.column)
        current = self.grid.text(*place)
        offered = () if listed else options_offered(current)
        is_alone = not (self.columns.choice or self.columns.marks)
        if (offered or (listed and is_alone)) and purpose is SlotPurpose.ANSWER:
            purpose = SlotPurpose.CHOICE
        options = listed or offered or (header.options if is_choice else ())
        if purpose is SlotPurpose.CHOICE and not options and letters in self.listed:
            purpose = SlotPurpose.ANSWER  # other rows choose here; this one leaves room for text
        is_blank = bool(offered) or is_placeholder(current) or current in self.table.default
        scale = self.table.scale if purpose is SlotPurpose.CHOICE else {}
        is_unlisted = is_choice and header.lacks_options(is_listed=bool(options or scale))
        return AnswerSlot(
            purpose=purpose,
            location=cell_location(self.grid.name, place.row, place.column),
            label=header.text,
            options=tuple(scale.values())
            or tuple(option for option in options if not is_placeholder(option)),
            codes=tuple(scale),
            option=self.columns.marks.get(letters, "") if purpose is SlotPurpose.MARK else "",
            current="" if is_blank else scale.get(current, current),
            is_writable=place not in self.grid.formulas and not is_unlisted,
            is_short=purpose is SlotPurpose.ANSWER and not self.grid.has_room(*place, _SHORT_WIDTH),
        )


def _with_guidance(question: Question, text: str) -> Question:
    return replace(question, guidance=f"{question.guidance}\n{text}".strip()) if text else question


def _all_letters(columns: Mapping[str, object]) -> list[str]:
    found: list[str] = []
    for value in columns.values():
        if isinstance(value, (tuple, dict)):
            found.extend(map(str, cast("Iterable[object]", value)))
    return found


def _push(stack: list[_Section], section: _Section, *, below_last: bool) -> None:
    """Open a section: inside the one above it when that has no questions yet, else at its rank's level."""
    ranks = [item.rank for item in stack]
    if section.rank in ranks:
        del stack[ranks.index(section.rank) :]
    elif not below_last:
        stack[:] = [item for item in stack if item.rank < section.rank and item.rank.startswith("number")]
    stack.append(section)
    del stack[_MAX_SECTION_DEPTH:]


def _still_open(stack: list[_Section], buyer_id: str, *, is_first: bool) -> list[_Section]:
    """Close sections whose number the question's id has left, where ids follow section numbers at all."""
    kept: list[_Section] = []
    for item in stack:
        follows = buyer_id.startswith(item.number)
        if item.number and buyer_id and not follows and item.numbers_questions:
            if not is_first:
                continue
            item = replace(item, numbers_questions=False)
        kept.append(item)
    return kept


def _question_options(slots: Sequence[AnswerSlot]) -> tuple[str, ...]:
    marks = tuple(slot.option for slot in slots if slot.purpose is SlotPurpose.MARK)
    choice = next((slot.options for slot in slots if slot.purpose is SlotPurpose.CHOICE), ())
    listed = next((slot.options for slot in slots if slot.purpose is SlotPurpose.ANSWER), ())
    return marks or choice or listed


def _with_unique_ids(questions: Sequence[Question]) -> tuple[Question, ...]:
    """The buyer's id where one is printed, with the sheet or a number added where it repeats."""
    seen: set[str] = set()
    result: list[Question] = []
    for question in questions:
        sheet = question.location.rpartition("!")[0].strip("'")
        name = question.buyer_id or question.location
        longer = f"{name} ({sheet})"
        numbered = (f"{longer} #{number}" for number in count(2))
        unique = next(candidate for candidate in chain((name, longer), numbered) if candidate not in seen)
        seen.add(unique)
        result.append(replace(question, id=QuestionId(unique)))
    return tuple(result)
