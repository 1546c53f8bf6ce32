"""What layouts are put together from: slots by kind, tables with columns, sheets that ask nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bidproof.core.records import SlotPurpose

from .canvas import Canvas, Formula, Slot
from .words import Words

ANSWER = frozenset({SlotPurpose.ANSWER})
CHOICE = frozenset({SlotPurpose.CHOICE})
COMMENT = frozenset({SlotPurpose.COMMENT})
EVIDENCE = frozenset({SlotPurpose.EVIDENCE})
OWNERSHIP = frozenset({SlotPurpose.OWNERSHIP})
MARK = frozenset({SlotPurpose.MARK})


def listed(words: Words, name: str, **more: object) -> Slot:
    """A dropdown."""
    purposes = OWNERSHIP if name == "owner" else CHOICE
    return Slot(purposes=purposes, options=words.options(name), has_list=True, **more)


def spelled(header: str) -> Slot:
    """A choice whose options only the header spells: ``Answer (Yes/No/N/A)``; free where it does not."""
    inside = header.partition("(")[2].rstrip(")") if "(" in header else ""
    options = tuple(inside.replace("N/A", "N\0A").split("/")) if inside else ()
    options = tuple(option.replace("\0", "/") for option in options)
    return Slot(purposes=CHOICE if options else CHOICE | ANSWER, options=options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One question to be laid out."""

    text: str
    id: str = ""
    section: str = ""
    first_of_section: bool = False
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table: its header, what its cells hold, and the slot it takes, if any."""

    header: str = ""
    group: str = ""
    value: Callable[[Item], object] | None = None
    slot: Slot | None = None
    is_question: bool = False
    width: int = 1


def question_column(header: str, *, group: str = "", width: int = 1) -> Column:
    """The column that asks."""
    return Column(header=header, group=group, value=lambda item: item.text, is_question=True, width=width)


def id_column(header: str, *, group: str = "") -> Column:
    """The column of ids."""
    return Column(header=header, group=group, value=lambda item: item.id)


def slot_column(header: str, slot: Slot, *, group: str = "") -> Column:
    """A column to fill."""
    return Column(header=header, group=group, slot=slot)


def items_of(
    words: Words, kinds: Sequence[str], *, sections: int, each: int, id_form: str = "{s}.{n}"
) -> list[Item]:
    """Questions in sections; ``id_form``: section ``s`` or letter ``a``, number ``n`` or ``i``."""
    titles = words.draw("sections", sections)
    items: list[Item] = []
    for s, title in enumerate(titles, 1):
        for n in range(1, each + 1):
            text = words.draw(kinds[(n - 1) % len(kinds)], 1)[0]
            name = id_form.format(s=s, n=n, a=chr(64 + s), i=len(items) + 1)
            items.append(Item(text=text, id=name, section=title, first_of_section=n == 1, number=s))
    return items


def put_headers(sheet: Canvas, row: int, columns: Sequence[Column], *, left: int = 1) -> None:
    """One header row; the question's header spans its columns."""
    column = left
    for item in columns:
        if item.header:
            sheet.put(row, column, item.header, "head")
            sheet.merge(row, column, row, column + item.width - 1)
        column += item.width


def put_groups(sheet: Canvas, row: int, columns: Sequence[Column], *, left: int = 1) -> None:
    """A row of group titles, each merged over its neighbours of the same group."""
    column, start = left, left
    for index, item in enumerate(columns):
        following = columns[index + 1].group if index + 1 < len(columns) else None
        end = column + item.width - 1
        if following != item.group:
            if item.group:
                sheet.put(row, start, item.group, "head")
                sheet.merge(row, start, row, end)
            start = end + 1
        column = end + 1


def put_question(sheet: Canvas, row: int, columns: Sequence[Column], item: Item, *, left: int = 1) -> None:
    """One row of a table, with its truth."""
    column, slots, asked = left, {}, left
    for each in columns:
        if each.value is not None and (value := each.value(item)) not in (None, ""):
            sheet.put(row, column, value)
        sheet.merge(row, column, row, column + each.width - 1)
        if each.slot is not None:
            slots[column] = each.slot
        if each.is_question:
            asked = column
        column += each.width
    sheet.ask(row, asked, item.text, slots, section=item.section)


def put_table(
    sheet: Canvas,
    row: int,
    columns: Sequence[Column],
    items: Sequence[Item],
    *,
    left: int = 1,
    title: Callable[[Canvas, int, Item], int] | None = None,
) -> int:
    """Rows below a header that was drawn; ``title`` draws what opens a section and says the next row."""
    for item in items:
        if item.first_of_section and title is not None:
            row = title(sheet, row, item)
        put_question(sheet, row, columns, item, left=left)
        row += 1
    return row


def title_row(column: int, *, width: int = 1, style: str = "section") -> Callable[[Canvas, int, Item], int]:
    """A section's title in a row of its own, merged over ``width`` columns."""

    def draw(sheet: Canvas, row: int, item: Item) -> int:
        sheet.put(row, column, item.section, style)
        sheet.merge(row, column, row, column + width - 1)
        return row + 1

    return draw


def once(value: Callable[[Item], str]) -> Callable[[Item], object]:
    """A value that is only written in the first row of its section."""
    return lambda item: value(item) if item.first_of_section else None


def instructions_sheet(words: Words) -> Canvas:
    """A sheet of prose that asks nothing."""
    sheet = Canvas(name=words.sheet("intro"))
    sheet.put(1, 1, words.text("title"), "title")
    for row, text in enumerate(words.texts("preface"), 3):
        sheet.put(row, 1, f"{row - 2}.")
        sheet.put(row, 2, text)
    return sheet


def list_sheet(words: Words, names: Sequence[str], *, is_hidden: bool) -> tuple[Canvas, Mapping[str, str]]:
    """A sheet that holds dropdown values, with the range of each list by name."""
    sheet = Canvas(name=words.sheet("lists"), is_hidden=is_hidden)
    ranges: dict[str, str] = {}
    for column, name in enumerate(names, 1):
        options = words.options(name)
        for row, option in enumerate(options, 2):
            sheet.put(row, column, option)
        letter = chr(64 + column)
        ranges[name] = f"'{sheet.name}'!${letter}$2:${letter}${len(options) + 1}"
    return sheet, ranges


def glossary_sheet(words: Words) -> Canvas:
    """Terms and their meanings."""
    sheet = Canvas(name=words.sheet("glossary"))
    sheet.row(1, words.texts("glossary_headers"), style="head")
    for row, pair in enumerate(words.texts("glossary"), 2):
        sheet.row(row, pair)
    return sheet


def changes_sheet(words: Words) -> Canvas:
    """The history of the form itself."""
    sheet = Canvas(name=words.sheet("changes"))
    sheet.row(1, words.texts("changes_headers"), style="head")
    for row, values in enumerate(words.texts("changes"), 2):
        sheet.row(row, values)
    return sheet


def prices_sheet(words: Words) -> Canvas:
    """A price list: the bidder fills it, but with prices, which no document answers."""
    sheet = Canvas(name=words.sheet("prices"))
    sheet.row(1, words.texts("prices_headers"), style="head")
    for row, name in enumerate(words.texts("prices"), 2):
        sheet.row(row, [name, 10 * row])
        sheet.put(row, 4, Formula(text=f"=B{row}*C{row}", cached=0))
    return sheet
