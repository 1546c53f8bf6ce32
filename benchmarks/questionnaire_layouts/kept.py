"""Families of layouts kept apart from the reader's development, for the left-out figure."""

from random import Random

from .canvas import Canvas, Formula, Slot
from .parts import (
    ANSWER,
    CHOICE,
    COMMENT,
    EVIDENCE,
    Column,
    Item,
    id_column,
    instructions_sheet,
    items_of,
    list_sheet,
    listed,
    once,
    put_groups,
    put_headers,
    put_table,
    question_column,
    slot_column,
    title_row,
)
from .words import Words


def government_matrix(words: Words, rng: Random) -> list[Canvas]:
    """A preface with a legend, group titles, codes to enter, weights, the evaluators' empty columns."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 1, words.text("title"), "title")
    for row, text in enumerate([*words.texts("preface"), words.text("legend")], 2):
        sheet.put(row, 1, text)
    ask, reply, buyer = (words.header(name) for name in ("group_ask", "group_reply", "group_buyer"))
    codes = tuple(part.split("=")[0].strip() for part in words.texts("legend")[0].split(","))
    columns = [
        id_column(words.header("id"), group=ask),
        question_column(words.header("requirement"), group=ask),
        Column(header=words.header("priority"), group=ask, value=lambda item: rng.choice("MMD")),
        slot_column(words.header("choice"), Slot(purposes=CHOICE, options=codes, has_list=True), group=reply),
        slot_column(words.header("comment"), Slot(purposes=COMMENT | ANSWER), group=reply),
        Column(header=words.header("weight"), group=buyer, value=lambda item: rng.choice([5, 10, 20])),
        Column(header=words.header("buyer_score"), group=buyer),
        Column(header=words.header("buyer_note"), group=buyer),
    ]
    put_groups(sheet, 8, columns)
    put_headers(sheet, 9, columns)
    items = items_of(words, ["musts", "items"], sections=3, each=rng.randint(4, 6), id_form="R-{s}{n:02d}")
    put_table(sheet, 10, columns, items, title=title_row(2))
    return [sheet]


def protected_form(words: Words, rng: Random) -> list[Canvas]:
    """The header lies low, questions span two columns, and only unlocked cells can be filled."""
    sheet = Canvas(name=words.sheet("main"), is_protected=True)
    sheet.put(2, 2, words.text("title"), "title")
    for row, text in enumerate(words.texts("preface")[:3], 3):
        sheet.put(row, 2, text)
        sheet.merge(row, 2, row, 6)
    columns = [
        id_column(words.header("id")),
        question_column(words.header("question"), width=2),
        slot_column(words.header("answer"), Slot(purposes=ANSWER, style="open")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT, style="open")),
        slot_column(words.header("evidence"), Slot(purposes=EVIDENCE, style="open")),
    ]
    put_headers(sheet, 7, columns)
    items = items_of(words, ["open", "yes_no"], sections=3, each=rng.randint(3, 5), id_form="Q{i}")
    put_table(sheet, 8, columns, items, title=title_row(1, width=6))
    return [instructions_sheet(words), sheet]


def theme_grid(words: Words, rng: Random) -> list[Canvas]:
    """Themes merged down the left edge, status codes, a remark, and a share computed beside."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        Column(header=words.header("section"), value=once(lambda item: item.section)),
        id_column(words.header("id")),
        question_column(words.header("item")),
        slot_column(words.header("status"), listed(words, "codes")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 1, columns)
    items = items_of(words, ["yes_no"], sections=4, each=rng.randint(3, 5))
    last = put_table(sheet, 2, columns, items)
    starts = [2 + index for index, item in enumerate(items) if item.first_of_section]
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        sheet.merge(start, 1, end - 1, 1)
    results = Canvas(name=words.sheet("roadmap"))
    results.row(1, words.texts("result_headers"), style="head")
    for row, code in enumerate(words.options("codes"), 2):
        results.put(row, 1, code)
        results.put(row, 2, Formula(text=f"=COUNTIF('{sheet.name}'!D:D,A{row})", cached=0))
    return [sheet, results]


def numbered_cells(words: Words, rng: Random) -> list[Canvas]:
    """Several numbered questions in one cell share the answer's cell."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.row(1, [words.header(name) for name in ("section", "question", "answer")], style="head")
    for row in range(2, 2 + rng.randint(5, 7)):
        title = words.draw("sections", 1)[0]
        texts = words.draw(rng.choice(["open", "yes_no"]), rng.randint(1, 3))
        if len(texts) == 1:
            shown = texts[0]
        else:
            shown = "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
        sheet.put(row, 1, title)
        sheet.put(row, 2, shown)
        for text in texts:
            sheet.ask(row, 2, text, {3: Slot(purposes=ANSWER)}, section=title)
    return [sheet]


def merged_notes(words: Words, rng: Random) -> list[Canvas]:
    """A choice for each question; one comment cell merged over the questions of a section."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.row(1, [words.header(name) for name in ("id", "question", "choice", "comment")], style="head")
    row, each = 2, rng.randint(3, 5)
    choice = listed(words, "yes_no")
    note = Slot(purposes=COMMENT)
    start = row
    for item in items_of(words, ["yes_no"], sections=4, each=each, id_form="{a}.{n}"):
        if item.first_of_section:
            sheet.put(row, 1, item.section, "section")
            sheet.merge(row, 1, row, 4)
            row += 1
            start = row
            sheet.merge(start, 4, start + each - 1, 4)
        sheet.row(row, [item.id, item.text])
        sheet.ask(
            row, 2, item.text, {3: choice}, section=item.section, shared=[sheet.slot_at(start, 4, note)]
        )
        row += 1
    return [sheet]


def id_after(words: Words, rng: Random) -> list[Canvas]:
    """The id stands right of the question, empty columns lie between, and the table starts at column C."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        question_column(words.header("question")),
        id_column(words.header("id")),
        Column(),
        slot_column(words.header("answer"), Slot(purposes=ANSWER)),
        Column(),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 4, columns, left=3)
    items = items_of(words, ["yes_no", "open"], sections=1, each=rng.randint(9, 15), id_form="SEC-{i:03d}")
    put_table(sheet, 5, columns, [Item(text=item.text, id=item.id) for item in items], left=3)
    return [sheet]


def domains(words: Words, rng: Random) -> list[Canvas]:
    """A sheet a domain, rows hidden by a filter, and columns of mappings to standards behind ours."""
    lists, ranges = list_sheet(words, ["compliance"], is_hidden=True)
    head = {
        name: words.header(name) for name in ("id", "question", "choice", "comment", "mapping", "section")
    }
    sheets: list[Canvas] = []
    for number, name in enumerate(words.draw("areas", 4), 1):
        sheet = Canvas(name=f"{chr(64 + number)}. {name}", has_filter=True)
        columns = [
            id_column(head["id"]),
            question_column(head["question"]),
            slot_column(head["choice"], listed(words, "compliance", source=ranges["compliance"])),
            slot_column(head["comment"], Slot(purposes=COMMENT)),
            Column(header=head["mapping"], value=lambda item: f"A.{item.number}.{rng.randint(1, 20)}"),
            Column(header=head["section"], value=lambda item: item.section),
        ]
        put_headers(sheet, 1, columns)
        form = f"{chr(64 + number)}.{{s}}.{{n}}"
        put_table(
            sheet, 2, columns, items_of(words, ["yes_no"], sections=2, each=rng.randint(4, 6), id_form=form)
        )
        if number == 2:
            sheet.hidden_rows = {4, 5}
            hidden = {sheet.at(row, 2) for row in sheet.hidden_rows}
            sheet.questions = [question for question in sheet.questions if question.location not in hidden]
        sheets.append(sheet)
    return [*sheets, lists]


def coloured(words: Words, rng: Random) -> list[Canvas]:
    """No ids, sections told by their fill alone, yellow cells to fill."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 1, words.text("title"), "title")
    columns = [
        question_column(words.header("requirement")),
        slot_column(words.header("answer"), Slot(purposes=ANSWER, style="yellow")),
    ]
    put_headers(sheet, 3, columns)
    items = items_of(words, ["musts", "open"], sections=4, each=rng.randint(3, 5))

    def title(canvas: Canvas, row: int, item: Item) -> int:
        canvas.put(row, 1, item.section, "tint")
        canvas.put(row, 2, None, "tint")
        return row + 1

    put_table(sheet, 4, columns, items, title=title)
    return [sheet]


def no_header(words: Words, rng: Random) -> list[Canvas]:
    """Questions with a dropdown beside each and no row that names the columns."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 1, words.text("title"), "title")
    for row, text in enumerate(words.draw("yes_no", rng.randint(8, 14)), 3):
        sheet.put(row, 1, text)
        sheet.ask(row, 1, text, {2: listed(words, "yes_no")})
    return [sheet]


def open_status(words: Words, rng: Random) -> list[Canvas]:
    """A default status in every row; the section is written once and not merged."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        Column(header=words.header("section"), value=once(lambda item: item.section)),
        question_column(words.header("requirement")),
        Column(header=words.header("priority"), value=lambda item: rng.choice(["A", "B"])),
        slot_column(words.header("status"), listed(words, "status", default=words.options("status")[0])),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 2, columns)
    put_table(sheet, 3, columns, items_of(words, ["musts"], sections=3, each=rng.randint(4, 6)))
    return [sheet]


def titled_blocks(words: Words, rng: Random) -> list[Canvas]:
    """A section's title in its own row above each block's header; one row is answered."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(name) for name in ("id", "question", "answer", "evidence")]
    row = 1
    items = items_of(words, ["open", "yes_no"], sections=3, each=rng.randint(4, 6), id_form="{s}{n:02d}")
    answered = rng.randrange(2, len(items))
    for index, item in enumerate(items):
        if item.first_of_section:
            row += row > 1
            sheet.put(row, 1, item.section, "title")
            sheet.row(row + 1, head, style="head")
            row += 2
        default = words.draw("answered", 1)[0] if index == answered else None
        sheet.row(row, [item.id, item.text])
        slots = {3: Slot(purposes=ANSWER, default=default), 4: Slot(purposes=EVIDENCE)}
        sheet.ask(row, 2, item.text, slots, section=item.section)
        row += 1
    return [sheet]


def label_form(words: Words, rng: Random) -> list[Canvas]:
    """A form of labels without a header, with groups and one dropdown, before the questionnaire."""
    form = Canvas(name=words.sheet("company"))
    form.put(1, 2, words.sheet("company"), "title")
    row = 3
    for label in words.draw("labels", rng.randint(7, 9)):
        form.put(row, 2, label)
        form.ask(row, 2, label, {3: Slot(purposes=ANSWER, style="yellow")})
        row += 1
    hosting = words.all("labels")[9]
    if hosting not in {question.text for question in form.questions}:
        form.put(row, 2, hosting)
        form.ask(row, 2, hosting, {3: listed(words, "hosting", style="yellow")})
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        id_column(words.header("id")),
        question_column(words.header("question")),
        slot_column(words.header("choice"), listed(words, "yes_no")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_headers(sheet, 1, columns)
    put_table(sheet, 2, columns, items_of(words, ["yes_no"], sections=1, each=12, id_form="{i}"))
    return [form, sheet]


def evaluator_beside(words: Words, rng: Random) -> list[Canvas]:
    """The evaluators' dropdown, computed points and notes stand on the same rows as our answer."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(n) for n in ("id", "question", "answer", "buyer_score", "weight", "buyer_note")]
    sheet.row(1, head, style="head")
    row = 2
    for item in items_of(words, ["yes_no", "open"], sections=3, each=rng.randint(3, 5), id_form="{i}"):
        sheet.row(row, [item.id, item.text])
        sheet.open(row, 4, listed(words, "verdict"))
        sheet.put(row, 5, Formula(text=f'=IF(D{row}="{words.options("verdict")[0]}",10,0)', cached=0))
        sheet.ask(row, 2, item.text, {3: Slot(purposes=ANSWER)})
        row += 1
    return [sheet]


FAMILIES = (
    government_matrix, protected_form, theme_grid, numbered_cells, merged_notes, id_after, domains, coloured,
    no_header, open_status, titled_blocks, label_form, evaluator_beside,
)  # fmt: skip
FLAT = (id_after, open_status)
