"""Word forms with their truth: each family is one habit of buyers, in the words of a language.

Half of the families were in sight while the reader was written, half were kept apart.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from .canvas import TrueQuestion, TrueSlot
from .parts import ANSWER, CHOICE, COMMENT, MARK
from .words import LANGUAGES, Words

CUES = {
    "en": "Answer:", "de": "Antwort:", "fr": "Réponse :", "es": "Respuesta:", "it": "Risposta:",
    "nl": "Antwoord:", "pt": "Resposta:",
}  # fmt: skip
SYLLABLES = ("zor", "mel", "kip", "tav", "ruy", "qen", "bol", "wid")
Slot = tuple[Any, str, frozenset, tuple[str, ...]]
"""The element that takes it, what follows in its address, the purposes that do it justice, its options."""


class Form:
    """A Word file being drawn."""

    def __init__(self, words: Words, rng: Random) -> None:
        self.words, self.rng = words, rng
        self.file = docx.Document()
        self.asked: list[tuple[Any, str, Sequence[Slot], str]] = []
        self.file.add_heading(words.text("title"), 0)
        for text in words.texts("preface")[1:2]:
            self.file.add_paragraph(text)

    def line(self, text: str = "") -> Any:
        """A paragraph's element."""
        return self.file.add_paragraph(text)._p

    def ask(self, where: Any, text: str, *slots: Slot, section: str = "") -> None:
        """Record a question."""
        self.asked.append((where, text, slots, section))

    def table(self, rows: Sequence[Sequence[str]], *, is_headed: bool = True) -> Any:
        """A table with its texts; the first row bold where it is headed."""
        table = self.file.add_table(len(rows), len(rows[0]), style="Table Grid")
        for at, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(at, column).text = text
                for run in table.cell(at, column).paragraphs[0].runs if is_headed and not at else ():
                    run.bold = True
        return table

    def sections(self, kinds: Sequence[str], *, each: int = 4) -> list[tuple[str, list[str]]]:
        """Titles with questions below them."""
        titles = self.words.draw("sections", 2)
        return [
            (title, [self.words.draw(kinds[n % len(kinds)], 1)[0] for n in range(each)]) for title in titles
        ]

    def truth(self) -> tuple[TrueQuestion, ...]:
        """What is asked where, by the addresses of the finished file."""
        body = self.file.element.body
        numbers = {tag: list(body.iter(qn(f"w:{tag}"))) for tag in ("p", "tbl", "sdt")}
        return tuple(
            TrueQuestion(
                location=_address(where, numbers),
                text=text,
                section=section,
                slots=tuple(
                    TrueSlot(location=_address(element, numbers) + rest, purposes=purposes, options=options)
                    for element, rest, purposes, options in slots
                ),
            )
            for where, text, slots, section in self.asked
        )


def _address(element: Any, numbers: dict[str, list[Any]]) -> str:
    if element.tag == qn("w:tc"):
        row = element.getparent()
        table = row.getparent()
        at = numbers["tbl"].index(table) + 1, table.tr_lst.index(row) + 1, row.tc_lst.index(element) + 1
        return "table:{}/row:{}/cell:{}".format(*at)
    kind = "paragraph" if element.tag == qn("w:p") else "control"
    return f"{kind}:{numbers['p' if kind == 'paragraph' else 'sdt'].index(element) + 1}"


def _whole(element: Any, purposes: frozenset, options: tuple[str, ...] = ()) -> Slot:
    return element, "", purposes, options


def _boxes(element: Any, options: Sequence[str]) -> list[Slot]:
    return [(element, f"/box:{at}", MARK, (option,)) for at, option in enumerate(options, 1)]


def _control(paragraph: Any, options: Sequence[str] = ()) -> Any:
    """A content control at the end of a paragraph: a dropdown where it has options, else for text."""
    items = "".join(f'<w:listItem w:displayText="{item}" w:value="{item}"/>' for item in options)
    kind = f"<w:dropDownList>{items}</w:dropDownList>" if options else "<w:text/>"
    control = parse_xml(
        f"<w:sdt {nsdecls('w')}><w:sdtPr><w:showingPlcHdr/>{kind}</w:sdtPr>"
        "<w:sdtContent><w:r><w:t>Click or tap here to enter text.</w:t></w:r></w:sdtContent></w:sdt>"
    )
    paragraph.append(control)
    return control


def _tick_line(options: Sequence[str], rng: Random) -> str:
    box = rng.choice(["☐", "□", "[ ]"])
    return "   ".join(f"{box} {option}" for option in options)


def _columns(form: Form, heads: Sequence[str], open_: Sequence[frozenset], kinds: Sequence[str]) -> None:
    """Id and question, then the open columns, in one table for each section."""
    for number, (title, texts) in enumerate(form.sections(kinds), 1):
        form.file.add_heading(f"{number}. {title}", 1)
        names = [form.words.header("id"), *heads]
        rows = [[f"{number}.{n}", text, *[""] * len(open_)] for n, text in enumerate(texts, 1)]
        table = form.table([names, *rows])
        for row, text in zip(table.rows[1:], texts, strict=True):
            slots = [_whole(cell._tc, kind) for cell, kind in zip(row.cells[2:], open_, strict=True) if kind]
            form.ask(row.cells[1]._tc, text, *slots, section=title)


def _below(form: Form, kinds: Sequence[str], place: Callable[[str, str], Sequence[Slot]]) -> None:
    """Numbered questions in lines; ``place`` draws what stands below one, and gives its slots."""
    for number, (title, texts) in enumerate(form.sections(kinds), 1):
        form.file.add_heading(f"{number}. {title}", 1)
        for n, text in enumerate(texts, 1):
            form.ask(form.line(f"{number}.{n} {text}"), text, *place(text, title), section=title)


def answer_column(form: Form) -> None:
    """Id, question, answer."""
    _columns(form, [form.words.header(n) for n in ("question", "answer")], [ANSWER], ["yes_no", "open"])


def choice_and_comment(form: Form) -> None:
    """A choice and a comment beside each requirement."""
    heads = [form.words.header(n) for n in ("requirement", "choice", "comment")]
    _columns(form, heads, [CHOICE | ANSWER, COMMENT | ANSWER], ["musts"])


def buyers_columns(form: Form) -> None:
    """The buyer scores in columns of their own."""
    heads = [form.words.header(n) for n in ("requirement", "answer", "buyer_score", "buyer_note")]
    _columns(form, heads, [ANSWER, frozenset(), frozenset()], ["musts"])


def evidence_column(form: Form) -> None:
    """An answer and a comment in words."""
    heads = [form.words.header(n) for n in ("question", "answer", "comment")]
    _columns(form, heads, [ANSWER | CHOICE, COMMENT | ANSWER], ["open", "yes_no"])


def two_columns(form: Form) -> None:
    """Questions on the left, room on the right, without numbers."""
    texts = form.words.draw("open", 6)
    heads = [form.words.header("question"), form.words.header("answer")]
    for row, text in zip(form.table([heads, *[[text, ""] for text in texts]]).rows[1:], texts, strict=True):
        form.ask(row.cells[0]._tc, text, _whole(row.cells[1]._tc, ANSWER))


def untitled_columns(form: Form) -> None:
    """The same without titles."""
    texts = form.words.draw("yes_no", 6)
    for row, text in zip(form.table([[t, ""] for t in texts], is_headed=False).rows, texts, strict=True):
        form.ask(row.cells[0]._tc, text, _whole(row.cells[1]._tc, ANSWER | CHOICE))


def mark_columns(form: Form) -> None:
    """A column for each option."""
    options = form.words.options("yes_no")
    texts = form.words.draw("yes_no", 6)
    heads = [form.words.header("question"), *options, form.words.header("comment")]
    rows = [[text, *[""] * (len(options) + 1)] for text in texts]
    for row, text in zip(form.table([heads, *rows]).rows[1:], texts, strict=True):
        marks = [_whole(c._tc, MARK, (o,)) for c, o in zip(row.cells[1:-1], options, strict=True)]
        form.ask(row.cells[0]._tc, text, *marks, _whole(row.cells[-1]._tc, COMMENT))


def section_rows(form: Form) -> None:
    """Titles of sections in rows of the table."""
    rows: list[list[str]] = [[form.words.header(n) for n in ("id", "question", "answer")]]
    for number, (title, texts) in enumerate(form.sections(["open"]), 1):
        rows += [[title, "", ""], *[[f"{number}.{n}", text, ""] for n, text in enumerate(texts, 1)]]
    table, title = form.table(rows), ""
    for row in table.rows[1:]:
        cells = row.cells
        if not cells[1].text:
            title = cells[0].text
            cells[0].merge(cells[2]).text = title
        else:
            form.ask(cells[1]._tc, cells[1].text, _whole(cells[2]._tc, ANSWER), section=title)


def dropdown_column(form: Form) -> None:
    """A dropdown in each row."""
    options = form.words.options("yes_no")
    texts = form.words.draw("yes_no", 6)
    heads = [form.words.header("question"), form.words.header("choice"), form.words.header("comment")]
    table = form.table([heads, *[[text, "", ""] for text in texts]])
    for row, text in zip(table.rows[1:], texts, strict=True):
        control = _control(row.cells[1].paragraphs[0]._p, options)
        form.ask(row.cells[0]._tc, text, _whole(control, CHOICE, options), _whole(row.cells[2]._tc, COMMENT))


def boxes_column(form: Form) -> None:
    """Boxes to tick in each row, and a comment."""
    options = form.words.options("yes_no")
    texts = form.words.draw("yes_no", 6)
    heads = [form.words.header("question"), form.words.header("answer"), form.words.header("comment")]
    line = _tick_line(options, form.rng)
    for row, text in zip(form.table([heads, *[[t, line, ""] for t in texts]]).rows[1:], texts, strict=True):
        marks = _boxes(row.cells[1].paragraphs[0]._p, options)
        form.ask(row.cells[0]._tc, text, *marks, _whole(row.cells[2]._tc, COMMENT))


def remark_rows(form: Form) -> None:
    """Boxes beside each question, a row for the remark below it."""
    options = form.words.options("yes_no")
    line, label = _tick_line(options, form.rng), form.words.header("comment")
    texts = form.words.draw("yes_no", 5)
    rows = form.table([r for t in texts for r in ([t, line], [label, ""])], is_headed=False).rows
    for above, below, text in zip(rows[::2], rows[1::2], texts, strict=True):
        marks = _boxes(above.cells[1].paragraphs[0]._p, options)
        form.ask(above.cells[0]._tc, text, *marks, _whole(below.cells[1]._tc, COMMENT))


def label_form(form: Form) -> None:
    """Labels beside empty cells."""
    labels = form.words.draw("labels", 8)
    for row, label in zip(
        form.table([[label, ""] for label in labels], is_headed=False).rows, labels, strict=True
    ):
        form.ask(row.cells[0]._tc, label, _whole(row.cells[1]._tc, ANSWER))


def label_pairs(form: Form) -> None:
    """Two labels a row."""
    labels = form.words.draw("labels", 8)
    rows = [[one, "", other, ""] for one, other in zip(labels[::2], labels[1::2], strict=True)]
    for row in form.table(rows, is_headed=False).rows:
        for at in (0, 2):
            form.ask(row.cells[at]._tc, row.cells[at].text, _whole(row.cells[at + 1]._tc, ANSWER))


def stacked_rows(form: Form) -> None:
    """Each question above an empty row."""
    texts = form.words.draw("open", 6)
    rows = form.table([[row] for text in texts for row in (text, "")], is_headed=False).rows
    for above, below, text in zip(rows[::2], rows[1::2], texts, strict=True):
        form.ask(above.cells[0]._tc, text, _whole(below.cells[0]._tc, ANSWER))


def empty_lines(form: Form) -> None:
    """An empty line below each question."""
    _below(form, ["open", "yes_no"], lambda *_: [_whole(form.line(), ANSWER)])


def cue_lines(form: Form) -> None:
    """A cue below each question."""
    cue = CUES[form.words.language]
    _below(form, ["open", "musts"], lambda *_: [_whole(form.line(cue), ANSWER)])


def gap_lines(form: Form) -> None:
    """A ruled line below each question."""
    _below(form, ["yes_no", "open"], lambda *_: [_whole(form.line("_" * 40), ANSWER)])


def text_controls(form: Form) -> None:
    """A control for text below each question."""
    _below(form, ["open"], lambda *_: [_whole(_control(form.line()), ANSWER)])


def dropdown_lines(form: Form) -> None:
    """A dropdown below each question."""
    options = form.words.options("yes_no")
    _below(form, ["yes_no"], lambda *_: [_whole(_control(form.line(), options), CHOICE, options)])


def box_lines(form: Form) -> None:
    """Boxes below each question."""
    options = form.words.options("compliance")
    _below(form, ["musts"], lambda *_: _boxes(form.line(_tick_line(options, form.rng)), options))


def box_and_remark_lines(form: Form) -> None:
    """Boxes below each question, and a label for the remark."""
    options = form.words.options("yes_no")

    def place(*_: str) -> Sequence[Slot]:
        marks = _boxes(form.line(_tick_line(options, form.rng)), options)
        return [*marks, _whole(form.line(f"{form.words.header('comment')}:"), COMMENT)]

    _below(form, ["yes_no"], place)


def boxes_in_line(form: Form) -> None:
    """Boxes behind each question in its own line."""
    options = form.words.options("yes_no")
    for n, text in enumerate(form.words.draw("yes_no", 6), 1):
        line = form.line(f"{n}. {text}   {_tick_line(options, form.rng)}")
        form.ask(line, text, *_boxes(line, options))


def answer_boxes(form: Form) -> None:
    """An empty frame below each question."""
    _below(form, ["open"], lambda *_: [_whole(form.table([[""]], is_headed=False).cell(0, 0)._tc, ANSWER)])


def label_gaps(form: Form) -> None:
    """Labels with a gap in their line."""
    for label in form.words.draw("labels", 6):
        line = form.line(f"{label}: {'_' * 25}")
        form.ask(line, label, (line, "/blank:1", ANSWER, ()))


WORD_PARTS = ("word-shown", "word-kept")
SHOWN = (
    answer_column, choice_and_comment, two_columns, mark_columns, boxes_column, label_form, stacked_rows,
    empty_lines, cue_lines, text_controls, box_and_remark_lines, label_gaps,
)  # fmt: skip
KEPT = (
    buyers_columns, evidence_column, untitled_columns, section_rows, dropdown_column, remark_rows,
    label_pairs, gap_lines, dropdown_lines, box_lines, boxes_in_line, answer_boxes,
)  # fmt: skip


class _Blind(Words):
    """Words whose headers no list knows."""

    def header(self, name: str) -> str:
        return "".join(self.rng.choices(SYLLABLES, k=3)).capitalize()


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLayout:
    """One form with its truth."""

    family: str
    language: str
    seed: int
    form: Form

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.family}-{self.language}-{self.seed}.docx"

    @property
    def questions(self) -> tuple[TrueQuestion, ...]:
        """Every question in the order of the file."""
        return self.form.truth()

    def write(self, folder: Path) -> Path:
        """Write the file; returns its path."""
        path = folder / self.name
        self.form.file.save(str(path))
        return path


def make_word(
    family: Callable[[Form], None], language: str, *, seed: int, is_kept: bool, is_blind: bool = False
) -> WordLayout:
    """One form, the same for the same arguments; a blind one has titles that no list knows."""
    rng = Random(f"{family.__name__} {language} {seed}")
    form = Form((_Blind if is_blind else Words)(language, rng, is_kept=is_kept), rng)
    family(form)
    return WordLayout(family=family.__name__, language=language, seed=seed, form=form)


def word_layouts(part: str, *, seed: int = 1) -> list[WordLayout]:
    """Every family of a part in three languages."""
    is_kept = part == "word-kept"
    families = KEPT if is_kept else SHOWN
    return [
        make_word(family, LANGUAGES[(3 * index + step + seed) % 7], seed=seed, is_kept=is_kept)
        for index, family in enumerate(families)
        for step in range(3)
    ]
