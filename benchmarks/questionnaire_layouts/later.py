"""Families written when the reader stood: what nobody had in mind, for an honest figure."""

from random import Random

from .canvas import Canvas, Formula, Slot
from .parts import (
    ANSWER,
    CHOICE,
    COMMENT,
    EVIDENCE,
    MARK,
    Column,
    Item,
    id_column,
    items_of,
    list_sheet,
    listed,
    once,
    put_groups,
    put_headers,
    put_question,
    put_table,
    question_column,
    slot_column,
    title_row,
)
from .words import Words


def looked_up_questions(words: Words, rng: Random) -> list[Canvas]:
    """Questions looked up by formulas from a hidden sheet; a section's row shows its computed score."""
    source = Canvas(name="Q", is_hidden=True)
    lists, ranges = list_sheet(words, ["yes_no"], is_hidden=True)
    sheet = Canvas(name=words.sheet("main"))
    names = [words.header(name) for name in ("id", "question", "choice", "comment", "guidance")]
    sheet.row(4, names, style="head")
    row = 5
    choice = listed(words, "yes_no", source=ranges["yes_no"])
    for item in items_of(words, ["yes_no"], sections=3, each=rng.randint(4, 6), id_form="X{a}-{n:02d}"):
        if item.first_of_section:
            sheet.put(row, 1, item.section, "section")
            sheet.merge(row, 1, row, 4)
            sheet.put(row, 5, Formula(text=f"=COUNTA(C{row}:C{row + 5})/6", cached=0))
            row += 1
        line = len(source.cells) // 2 + 1
        source.row(line, [item.id, item.text])
        sheet.put(row, 1, item.id)
        sheet.put(row, 2, Formula(text=f"=VLOOKUP(A{row},Q!A:B,2,FALSE)", cached=item.text))
        sheet.put(row, 5, words.draw("guidance", 1)[0])
        sheet.ask(row, 2, item.text, {3: choice, 4: Slot(purposes=COMMENT)}, section=item.section)
        row += 1
    return [sheet, source, lists]


def control_text_beside(words: Words, rng: Random) -> list[Canvas]:
    """A control's long text left of the question, marks below a merged title, mappings to the right."""
    sheet = Canvas(name=words.sheet("main"))
    group = words.header("choice").partition(" (")[0]
    columns = [
        Column(header=words.header("section"), value=once(lambda item: item.section)),
        Column(header=words.header("subsection"), value=lambda item: f"C-{item.number:02d}"),
        Column(header=words.header("requirement"), value=lambda item: words.draw("musts", 1)[0]),
        id_column(words.header("id")),
        question_column(words.header("question")),
        *[slot_column(o, Slot(purposes=MARK, options=(o,)), group=group) for o in words.options("yes_no")],
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
        *[Column(header=name, value=lambda item: f"A.{rng.randint(5, 18)}.{rng.randint(1, 9)}")
          for name in ("ISO 27001", "NIST CSF", "PCI DSS", "COBIT")],
    ]  # fmt: skip
    put_groups(sheet, 1, columns)
    put_headers(sheet, 2, columns)
    put_table(
        sheet,
        3,
        columns,
        items_of(words, ["yes_no"], sections=3, each=rng.randint(4, 6), id_form="C-{s:02d}.{n}"),
    )
    return [sheet]


def requirements_then_prices(words: Words, rng: Random) -> list[Canvas]:
    """A requirement table with a price table below it on the same sheet."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        id_column(words.header("id")),
        question_column(words.header("requirement")),
        slot_column(words.header("status"), listed(words, "compliance")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 1, columns)
    items = items_of(words, ["musts"], sections=1, each=rng.randint(8, 12), id_form="M{i}")
    row = put_table(sheet, 2, columns, [Item(text=item.text, id=item.id) for item in items]) + 2
    sheet.row(row, words.texts("prices_headers"), style="head")
    for line, name in enumerate(words.texts("prices"), row + 1):
        sheet.row(line, [name, rng.randint(1, 50)])
        sheet.put(line, 4, Formula(text=f"=B{line}*C{line}", cached=0))
    return [sheet]


def rating_marks(words: Words, rng: Random) -> list[Canvas]:
    """A mark below one of the numbers 0 to 4, as in a self-assessment."""
    sheet = Canvas(name=words.sheet("main"))
    group = words.header("score")
    columns = [
        id_column(words.header("id")),
        question_column(words.header("item")),
        *[slot_column(str(n), Slot(purposes=MARK, options=(str(n),)), group=group) for n in range(5)],
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_groups(sheet, 2, columns)
    put_headers(sheet, 3, columns)
    items = items_of(words, ["items"], sections=3, each=rng.randint(4, 5), id_form="{s}.{n}")
    put_table(sheet, 4, columns, items, title=title_row(1, width=8))
    return [sheet]


def half_answered(words: Words, rng: Random) -> list[Canvas]:
    """A form that was filled in before: four rows in ten hold an answer."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(name) for name in ("id", "question", "answer", "evidence")]
    sheet.row(1, head, style="head")
    for row, item in enumerate(items_of(words, ["open", "yes_no"], sections=1, each=24, id_form="{i}"), 2):
        sheet.row(row, [item.id, item.text])
        answer = words.draw("answered", 1)[0] if rng.random() < 0.4 else None
        sheet.ask(row, 2, item.text, {3: Slot(purposes=ANSWER, default=answer), 4: Slot(purposes=EVIDENCE)})
    return [sheet]


def spaced_rows(words: Words, rng: Random) -> list[Canvas]:
    """Empty rows between the questions, header cells merged over two rows, wide margins."""
    sheet = Canvas(name=words.sheet("main"))
    for column, name in enumerate(("id", "question", "answer", "comment"), 2):
        sheet.put(5, column, words.header(name), "head")
        sheet.merge(5, column, 6, column)
    row = 8
    for item in items_of(words, ["open", "yes_no"], sections=2, each=rng.randint(5, 7), id_form="F{i}"):
        if item.first_of_section:
            sheet.put(row, 2, item.section, "section")
            row += 2
        sheet.row(row, [item.id, item.text], left=2)
        slots = {4: Slot(purposes=ANSWER), 5: Slot(purposes=COMMENT)}
        sheet.ask(row, 3, item.text, slots, section=item.section)
        row += 2
    return [sheet]


def parts_below(words: Words, rng: Random) -> list[Canvas]:
    """A question with parts a, b, c in rows of their own below it, each with its own answer cell."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        id_column(words.header("id")),
        question_column(words.header("question")),
        slot_column(words.header("choice"), listed(words, "yes_no")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 1, columns)
    row = 2
    for number in range(1, rng.randint(6, 8)):
        put_question(sheet, row, columns, Item(text=words.draw("yes_no", 1)[0], id=str(number)))
        row += 1
        for letter, text in zip("abc", words.draw("items", rng.randint(0, 3)), strict=False):
            put_question(sheet, row, columns, Item(text=text, id=f"{number}{letter}"))
            row += 1
    return [sheet]


def long_criteria(words: Words, rng: Random) -> list[Canvas]:
    """Two columns of the buyer's prose, a free description and a reference of ours, an assessor's verdict."""
    sheet = Canvas(name=words.sheet("main"))
    ask, reply, buyer = (words.header(name) for name in ("group_ask", "group_reply", "group_buyer"))
    columns = [
        id_column(words.header("id"), group=ask),
        question_column(words.header("requirement"), group=ask),
        Column(header=words.header("guidance"), group=ask, value=lambda item: words.draw("guidance", 1)[0]),
        slot_column(words.header("answer"), Slot(purposes=ANSWER), group=reply),
        slot_column(words.header("evidence"), Slot(purposes=EVIDENCE), group=reply),
        Column(header=words.header("buyer_score"), group=buyer),
        Column(header=words.header("buyer_note"), group=buyer),
    ]
    put_groups(sheet, 1, columns)
    put_headers(sheet, 2, columns)
    items = items_of(words, ["musts"], sections=3, each=rng.randint(4, 6), id_form="{a}{a}-{n:02d}")
    row = put_table(sheet, 3, columns, items, title=title_row(1, width=7))
    for line in range(3, row):
        if any(question.location == sheet.at(line, 2) for question in sheet.questions):
            sheet.open(line, 6, listed(words, "verdict"))
    return [sheet]


def answer_first(words: Words, rng: Random) -> list[Canvas]:
    """Our answer stands left of the questions, the id between them."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        slot_column(words.header("status"), listed(words, "compliance")),
        id_column(words.header("id")),
        question_column(words.header("requirement")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 2, columns)
    items = items_of(words, ["musts"], sections=2, each=rng.randint(6, 8), id_form="REQ-{i:03d}")
    put_table(sheet, 3, columns, [Item(text=item.text, id=item.id) for item in items])
    return [sheet]


def one_per_sheet(words: Words, rng: Random) -> list[Canvas]:
    """Five small sheets of the same kind, each with its own title and three questions; a cover of labels."""
    cover = Canvas(name=words.sheet("company"))
    cover.put(1, 1, words.text("title"), "title")
    for row, label in enumerate(words.draw("labels", 5), 3):
        cover.put(row, 1, f"{label}:" if not label.endswith(".") else label)
        cover.ask(row, 1, label, {2: Slot(purposes=ANSWER, style="yellow")})
    head = [words.header(name) for name in ("id", "question", "answer")]
    sheets = [cover]
    for number, name in enumerate(words.draw("sections", 5), 1):
        sheet = Canvas(name=f"{number} {name}"[:31])
        sheet.put(1, 1, name, "title")
        sheet.row(3, head, style="head")
        for row, text in enumerate(words.draw("open", 3), 4):
            sheet.row(row, [f"{number}.{row - 3}", text])
            sheet.ask(row, 2, text, {3: Slot(purposes=ANSWER)})
        sheets.append(sheet)
    return sheets


def placeholders(words: Words, rng: Random) -> list[Canvas]:
    """Answer cells that ask to be filled, in braces, and a footer of notes below the table."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(name) for name in ("id", "question", "choice", "answer")]
    sheet.row(2, head, style="head")
    row = 3
    for item in items_of(words, ["yes_no"], sections=2, each=rng.randint(5, 7), id_form="{i}"):
        sheet.row(row, [item.id, item.text])
        slots = {3: listed(words, "yes_no"), 4: Slot(purposes=ANSWER | COMMENT, default="{{answer}}")}
        sheet.ask(row, 2, item.text, slots)
        row += 1
    for line, text in enumerate(words.texts("preface")[:2], row + 1):
        sheet.put(line, 1, text)
    sheet.put(row + 4, 1, words.text("copyright"))
    return [sheet]


def severities_with_list(words: Words, rng: Random) -> list[Canvas]:
    """The buyer's own column has a dropdown and is filled in every row; the one beside it is ours."""
    sheet = Canvas(name=words.sheet("main"))
    levels = Slot(purposes=CHOICE, options=("A", "B", "C"), has_list=True)
    columns = [
        question_column(words.header("item")),
        Column(header=words.header("priority"), value=lambda item: rng.choice("ABC")),
        slot_column(words.header("status"), listed(words, "compliance")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 1, columns)
    items = items_of(words, ["items", "musts"], sections=1, each=rng.randint(12, 16))
    last = put_table(sheet, 2, columns, [Item(text=item.text) for item in items])
    for row in range(2, last):
        sheet.lists.append(((row, 2), levels.options))
    return [sheet]


FAMILIES = (
    looked_up_questions, control_text_beside, requirements_then_prices, rating_marks, half_answered,
    spaced_rows, parts_below, long_criteria, answer_first, one_per_sheet, placeholders, severities_with_list,
)  # fmt: skip
FLAT = (half_answered, answer_first)
