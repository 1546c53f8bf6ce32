"""Families of layouts that the reader was written with in sight."""

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
    changes_sheet,
    glossary_sheet,
    id_column,
    instructions_sheet,
    items_of,
    list_sheet,
    listed,
    once,
    prices_sheet,
    put_groups,
    put_headers,
    put_question,
    put_table,
    question_column,
    slot_column,
    spelled,
    title_row,
)
from .words import Words


def consensus(words: Words, rng: Random) -> list[Canvas]:
    """Two header rows with group titles, unlocked cells, the section merged down, a copyright row."""
    sheet = Canvas(name=words.sheet("main"), is_protected=True)
    ask, reply = words.header("group_ask"), words.header("group_reply")
    columns = [
        id_column(words.header("id"), group=ask),
        question_column(words.header("question"), group=ask),
        slot_column(words.header("choice"), listed(words, "yes_no", style="open"), group=reply),
        slot_column(words.header("owner"), listed(words, "owner", style="open"), group=reply),
        slot_column(words.header("comment"), Slot(purposes=COMMENT, style="open"), group=reply),
        Column(header=words.header("section"), value=once(lambda item: item.section)),
    ]
    sheet.put(1, 1, words.text("title"), "title")
    sheet.merge(1, 1, 1, 6)
    put_groups(sheet, 2, columns)
    put_headers(sheet, 3, columns)
    items = items_of(words, ["yes_no"], sections=3, each=rng.randint(4, 6), id_form="{a}{a}S-{n:02d}.1")
    last = put_table(sheet, 4, columns, items)
    starts = [4 + index for index, item in enumerate(items) if item.first_of_section]
    for start, end in zip(starts, [*starts[1:], last], strict=True):
        sheet.merge(start, 6, end - 1, 6)
    sheet.put(last + 1, 1, words.text("copyright"))
    sheet.merge(last + 1, 1, last + 1, 6)
    return [instructions_sheet(words), sheet]


def university(words: Words, rng: Random) -> list[Canvas]:
    """A header row for each section, with its title; the buyer's evaluation of it all by formulas."""
    lists, ranges = list_sheet(words, ["yes_no"], is_hidden=True)
    names = [words.sheet("main"), *words.draw("areas", 2)]
    sheets: list[Canvas] = []
    head = {name: words.header(name) for name in ("id", "answer", "comment", "guidance")}
    for name in names:
        sheet = Canvas(name=name)
        sheet.put(1, 1, words.text("title"), "title")
        items = items_of(
            words,
            ["yes_no", "yes_no", "open"],
            sections=2,
            each=rng.randint(3, 5),
            id_form=name[:4].upper().strip() + "-{i:02d}",
        )
        choice = listed(words, "yes_no", source=ranges["yes_no"])
        row = 3
        for item in items:
            if item.first_of_section:
                sheet.row(
                    row,
                    [head["id"], item.section, head["answer"], head["comment"], head["guidance"]],
                    style="head",
                )
                row += 1
            is_open = item.text in words.all("open")
            sheet.put(row, 1, item.id)
            sheet.put(row, 2, item.text)
            sheet.put(row, 5, words.draw("guidance", 1)[0])
            slots = {3: Slot(purposes=ANSWER) if is_open else choice, 4: Slot(purposes=COMMENT)}
            sheet.ask(row, 2, item.text, slots, section=item.section)
            row += 1
        sheets.append(sheet)
    return [instructions_sheet(words), *sheets, _evaluation(words, sheets), lists]


def _evaluation(words: Words, sheets: list[Canvas]) -> Canvas:
    """The buyer's analysts' sheet: rows repeated by formulas, a verdict and notes of their own."""
    sheet = Canvas(name=words.sheet("evaluation"))
    head = [
        words.header(name)
        for name in ("id", "question", "answer", "comment", "weight", "buyer_score", "buyer_note")
    ]
    sheet.row(2, head, style="head")
    row = 3
    for source in sheets:
        for question in source.questions:
            at = question.location.rpartition("!")[2][1:]
            for column, letter in enumerate("ABCD", 1):
                kept = source.cells.get((int(at), column), ("", ""))[0]
                sheet.put(row, column, Formula(text=f"='{source.name}'!{letter}{at}", cached=kept or 0))
            sheet.put(row, 5, 10)
            sheet.open(row, 6, listed(words, "verdict"))
            row += 1
    return sheet


def maturity(words: Words, rng: Random) -> list[Canvas]:
    """Questions with a dropdown of levels, indented criteria below each, scores by formulas."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 2, words.text("title"), "title")
    sheet.row(
        3,
        [
            words.header("section"),
            words.header("question"),
            words.header("answer"),
            words.header("weight"),
            words.header("comment"),
        ],
        style="head",
    )
    row = 4
    lists, ranges = list_sheet(words, ["levels"], is_hidden=True)
    choice, notes = listed(words, "levels", source=ranges["levels"]), Slot(purposes=COMMENT)
    for item in items_of(words, ["yes_no"], sections=3, each=rng.randint(3, 4)):
        if item.first_of_section:
            sheet.put(row, 1, item.section, "section")
            sheet.merge(row, 1, row, 5)
            row += 1
        sheet.put(row, 1, words.draw("areas", 1)[0])
        sheet.put(row, 2, item.text)
        sheet.put(row, 4, Formula(text=f'=IF(C{row}="",0,1)', cached=0))
        sheet.ask(row, 2, item.text, {3: choice, 5: notes}, section=item.section)
        for offset, text in enumerate(words.draw("criteria", rng.randint(2, 3)), 1):
            sheet.put(row + offset, 2, f"   {text}")
            row_below = row + offset
        row = row_below + 1
    results = Canvas(name=words.sheet("roadmap"))
    results.row(1, words.texts("result_headers"), style="head")
    for line, title in enumerate(dict.fromkeys(question.section for question in sheet.questions), 2):
        results.put(line, 1, title)
        results.put(line, 2, Formula(text=f"=SUM('{sheet.name}'!D:D)", cached=0))
        results.put(line, 3, 3)
    return [sheet, results, lists]


def wide_checklist(words: Words, rng: Random) -> list[Canvas]:
    """A dozen columns of which two are ours: a status with a default value, and a comment."""
    lists, ranges = list_sheet(words, ["status"], is_hidden=False)
    status = listed(words, "status", source=ranges["status"], default=words.options("status")[0])
    own = words.more_headers(7)
    columns = [
        Column(header=words.header("section"), value=lambda item: item.section),
        Column(header=words.header("subsection"), value=lambda item: words.draw("areas", 1)[0]),
        question_column(words.header("item")),
        Column(header=words.header("guidance"), value=lambda item: words.draw("guidance", 1)[0]),
        slot_column(words.header("status"), status),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
        *[Column(header=name, value=lambda item: f"https://example.org/{item.id}") for name in own[1:3]],
        *[Column(header=name, value=lambda item: f"x{item.id}-9f2c") for name in own[3:5]],
        *[Column(header=name) for name in own[5:]],
    ]
    sheet = Canvas(name=words.sheet("main"), has_filter=False)
    sheet.put(1, 1, words.text("title"), "title")
    put_headers(sheet, 3, columns)
    put_table(sheet, 4, columns, items_of(words, ["items"], sections=4, each=rng.randint(4, 7)))
    return [sheet, lists]


def marks(words: Words, rng: Random) -> list[Canvas]:
    """Yes, No and N/A as columns to mark below a merged group title; section rows merged over the table."""
    sheet = Canvas(name=words.sheet("main"))
    reply = words.header("answer")
    options = words.options("yes_no")
    columns = [
        id_column(words.header("id")),
        question_column(words.header("question")),
        *[slot_column(name, Slot(purposes=MARK, options=(name,)), group=reply) for name in options],
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
    ]
    put_groups(sheet, 1, columns)
    put_headers(sheet, 2, columns)
    items = items_of(words, ["yes_no"], sections=3, each=rng.randint(4, 6))
    put_table(sheet, 3, columns, items, title=title_row(1, width=6))
    return [sheet]


def free_list(words: Words, rng: Random) -> list[Canvas]:
    """Question and answer, no ids; some answers could head a column; labels on a sheet beside."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.row(1, [words.header("question"), words.header("answer")], style="head")
    texts = words.draw("open", 8) + words.draw("yes_no", rng.randint(8, 14))
    answered = {rng.randrange(3, len(texts) - 2): text for text in words.all("answered")[:2]}
    for index, text in enumerate(texts):
        sheet.put(index + 2, 1, text)
        sheet.ask(index + 2, 1, text, {2: Slot(purposes=ANSWER, default=answered.get(index))})
    company = Canvas(name=words.sheet("company"))
    company.put(1, 1, words.header("label"), "head")
    for row, text in enumerate(words.draw("labels", 6), 2):
        company.put(row, 1, text)
        company.ask(row, 1, text, {2: Slot(purposes=ANSWER)})
    return [sheet, company]


def requirement_list(words: Words, rng: Random) -> list[Canvas]:
    """Requirement statements below a preface; the header alone spells the options; a total at the end."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.put(1, 1, words.text("title"), "title")
    for row, text in enumerate(words.texts("preface")[:2], 2):
        sheet.put(row, 1, text)
    choice = words.header("choice")
    columns = [
        id_column(words.header("id")),
        question_column(words.header("requirement")),
        slot_column(choice, spelled(choice)),
        slot_column(words.header("comment"), Slot(purposes=COMMENT | ANSWER)),
    ]
    put_headers(sheet, 5, columns)
    items = items_of(words, ["musts"], sections=1, each=rng.randint(9, 12), id_form="{i}")
    items = [Item(text=item.text, id=item.id) for item in items]
    last = put_table(sheet, 6, columns, items)
    sheet.put(last, 2, words.text("total"))
    sheet.put(last, 3, Formula(text=f"=COUNTA(C6:C{last - 1})", cached=0))
    return [sheet]


def scored_sections(words: Words, rng: Random) -> list[Canvas]:
    """A block a section: its title heads the questions, a score 5/2/0 stands left of them, totals below."""
    sheet = Canvas(name=words.sheet("main"))
    score, comment, note = (words.header(name) for name in ("score", "comment", "buyer_note"))
    slots = {
        1: Slot(purposes=CHOICE, options=("5", "2", "0"), has_list=True),
        3: Slot(purposes=COMMENT),
    }
    row = 1
    items = items_of(words, ["musts", "yes_no"], sections=3, each=rng.randint(5, 7))
    for index, item in enumerate(items):
        if item.first_of_section:
            sheet.row(row, [score, f"{chr(64 + item.number)}. {item.section}", comment, note], style="head")
            row += 1
            number = 0
        number += 1
        sheet.put(row, 2, f"{number}. {item.text}")
        sheet.ask(row, 2, item.text, slots, section=item.section)
        row += 1
        if index + 1 == len(items) or items[index + 1].first_of_section:
            sheet.put(row, 1, Formula(text=f"=SUM(A{row - number}:A{row - 1})", cached=0))
            sheet.put(row, 2, words.text("total"))
            row += 1
    return [sheet]


def dragged(words: Words, rng: Random) -> list[Canvas]:
    """Section rows A, B, C over A1, A2, B1: the dropdown was dragged over them, too."""
    sheet = Canvas(name=words.sheet("main"))
    sheet.row(1, [words.header(name) for name in ("id", "question", "choice", "comment")], style="head")
    row = 2
    choice, comment = listed(words, "yes_no"), Slot(purposes=COMMENT)
    for item in items_of(words, ["yes_no", "open"], sections=4, each=rng.randint(2, 4), id_form="{a}{n}"):
        if item.first_of_section:
            sheet.row(row, [item.id[0], item.section])
            sheet.open(row, 3, choice)
            row += 1
        sheet.row(row, [item.id, item.text])
        sheet.ask(row, 2, item.text, {3: choice, 4: comment}, section=item.section)
        row += 1
    return [sheet]


def status_and_notes(words: Words, rng: Random) -> list[Canvas]:
    """A status to choose, notes and evidence, for practices that are worded without a question mark."""
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        id_column(words.header("id")),
        question_column(words.header("requirement")),
        slot_column(words.header("status"), listed(words, "compliance")),
        slot_column(words.header("comment"), Slot(purposes=COMMENT)),
        slot_column(words.header("evidence"), Slot(purposes=EVIDENCE)),
    ]
    put_headers(sheet, 1, columns)
    items = items_of(words, ["items", "musts"], sections=3, each=rng.randint(4, 6), id_form="3.{s}.{n}")
    put_table(sheet, 2, columns, [Item(text=item.text, id=item.id) for item in items])
    return [sheet]


def company_beside(words: Words, rng: Random) -> list[Canvas]:
    """A form of labels with a header, the questionnaire, glossary, prices and history, which ask nothing."""
    company = Canvas(name=words.sheet("company"))
    company.row(1, [words.header("label"), words.header("value")], style="head")
    for row, text in enumerate(words.draw("labels", 8), 2):
        company.put(row, 1, text)
        company.ask(row, 1, text, {2: Slot(purposes=ANSWER)})
    sheet = Canvas(name=words.sheet("main"))
    columns = [
        id_column(words.header("id")),
        Column(header=words.header("section"), value=lambda item: item.section),
        question_column(words.header("question")),
        slot_column(words.header("answer"), Slot(purposes=ANSWER)),
        slot_column(words.header("evidence"), Slot(purposes=EVIDENCE)),
    ]
    put_headers(sheet, 2, columns)
    put_table(sheet, 3, columns, items_of(words, ["open", "yes_no"], sections=3, each=rng.randint(4, 6)))
    return [company, sheet, prices_sheet(words), glossary_sheet(words), changes_sheet(words)]


def second_header_without_id(words: Words, rng: Random) -> list[Canvas]:
    """Two blocks with the same columns; the second header has no id but its section's title."""
    sheet = Canvas(name=words.sheet("main"))
    head = [words.header(name) for name in ("id", "requirement", "answer", "comment")]
    columns = [
        id_column(head[0]),
        question_column(head[1]),
        slot_column(head[2], Slot(purposes=ANSWER)),
        slot_column(head[3], Slot(purposes=COMMENT)),
    ]
    row = 1
    for item in items_of(words, ["musts"], sections=2, each=rng.randint(6, 9)):
        if item.first_of_section:
            sheet.row(row, head if item.number == 1 else [None, item.section, *head[2:]], style="head")
            row += 1
        is_named = item.number > 1
        put_question(sheet, row, columns, item if is_named else Item(text=item.text, id=item.id))
        row += 1
    return [sheet]


FAMILIES = (
    consensus, university, maturity, wide_checklist, marks, free_list, requirement_list, scored_sections,
    dragged, status_and_notes, company_beside, second_header_without_id,
)  # fmt: skip
FLAT = (requirement_list, status_and_notes)
