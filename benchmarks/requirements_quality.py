"""How many of an RFP's "shall" and "must" sentences become requirements.

The measure is independent of the reader: it takes the text by another route (raw
``w:t`` runs per paragraph of the Word file's XML; the PDF's text layer line by line), cuts it into
sentences with a short rule of its own, keeps each with the word "shall" or "must", and
asks whether its letters and digits occur, in order and without a gap, in the text of a
requirement (or of a question, counted apart).

    python benchmarks/requirements_quality.py FILE [FILE …] [--missed]
"""

import re
import sys
import zipfile
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree

from bidproof.core.records import QuestionKind

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
OBLIGATION = re.compile(r"\b(shall|must)\b", re.I)
ANY_CUE = re.compile(
    r"\b(shall|must|should|will|required?|requires|may not|may only|expect(?:s|ed)?|responsible|needs?|"
    r"encouraged|prohibited|agrees)\b",
    re.I,
)
NO_END = re.compile(r"\b(?:e\.g|i\.e|U\.S|No|Sec|St|Dr|Mr|Ms|Inc|Ltd|Co|Corp|vs|etc|art|para|fig)\.$", re.I)


def plain_sentences(text: str) -> list[str]:
    """Cut after . ? ! before a capital, a quote or a bullet, unless an abbreviation ends there."""
    pieces: list[str] = []
    start = 0
    for found in re.finditer(r"[.?!][\"”’)]*\s+(?=[\"“‘(]?[A-Z0-9●•])|\n", text):
        piece = text[start : found.end()].strip()
        if NO_END.search(piece) or re.fullmatch(r"[\d.]+", piece):
            continue
        pieces.append(piece)
        start = found.end()
    pieces.append(text[start:].strip())
    return [" ".join(piece.split()) for piece in pieces if OBLIGATION.search(piece)]


def docx_sentences(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("word/document.xml"))
    found: list[str] = []
    for paragraph in root.iter(f"{W}p"):
        parts = [
            item.text or "" if item.tag == f"{W}t" else "\n" if item.tag == f"{W}br" else " "
            for item in paragraph.iter()
            if item.tag in (f"{W}t", f"{W}br", f"{W}tab")
        ]
        found.extend(plain_sentences("".join(parts)))
    return found


def is_numbered_title(line: str) -> bool:
    return bool(re.match(r"\d+(?:\.\d+)+\s", line)) and len(line.split()) < 14 and line[-1] not in ".?!:;"


def pdf_sentences(path: Path) -> list[str]:
    """Lines of the text layer flow into one another; a short line, a bullet or a number ends a paragraph."""
    import pypdfium2

    paragraphs: list[list[str]] = [[]]
    with pypdfium2.PdfDocument(path) as pdf:
        for page in pdf:
            lines = [" ".join(line.split()) for line in page.get_textpage().get_text_range().splitlines()]
            lines = [
                line for line in lines if line and not re.fullmatch(r"(?:Page )?\d{1,4}(?: of \d+)?", line)
            ]
            widest = max((len(line) for line in lines), default=0)
            for line in lines:
                last = paragraphs[-1][-1] if paragraphs[-1] else ""
                is_new = re.match(r"[●•▪○■]|\(?[a-z0-9]{1,3}[.)]\s|\d+(?:\.\d+)+\s", line)
                if last and (
                    is_new or is_numbered_title(last) or (len(last) < 0.6 * widest and not line[0].islower())
                ):
                    paragraphs.append([])
                paragraphs[-1].append(line)
    found: list[str] = []
    for paragraph in paragraphs:
        found.extend(plain_sentences(" ".join(paragraph).replace("\ufffe", "-").replace("\x02", "-")))
    return found


def core(sentence: str) -> str:
    """The sentence without a heading or row label that plain text has put in front of it."""
    found = OBLIGATION.search(sentence)
    before = sentence[: found.start()].split() if found else []
    return " ".join(before[-3:]) + " " + sentence[found.start() :] if found else sentence


def letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def measure(path: Path, *, show_missed: bool) -> None:
    from bidproof.questionnaires.pdf.reader import read as read_pdf
    from bidproof.questionnaires.word.reader import read as read_docx

    is_pdf = path.suffix.lower() == ".pdf"
    questionnaire = (read_pdf if is_pdf else read_docx)(path)
    sentences = pdf_sentences(path) if is_pdf else docx_sentences(path)
    required = [q for q in questionnaire.questions if q.kind is QuestionKind.REQUIREMENT]
    requirement_letters = "\x00".join(letters(f"{q.buyer_id} {q.text}") for q in required)
    question_letters = "\x00".join(letters(f"{q.buyer_id} {q.text}") for q in questionnaire.questions)
    held = [s for s in sentences if letters(s) in requirement_letters]
    missed = [s for s in sentences if letters(s) not in requirement_letters]
    asked = [s for s in missed if letters(s) in question_letters]
    cores = [core(s) for s in sentences]
    held_cores = sum(1 for text in cores if letters(text) in requirement_letters)
    print(f"{path.name}")
    for word in ("shall", "must"):
        of = [s for s in sentences if re.search(rf"\b{word}\b", s, re.I)]
        got = [s for s in of if letters(s) in requirement_letters]
        print(f"  sentences with {word!r}: {len(got)}/{len(of)} become requirements")
    print(
        f"  either: {len(held)}/{len(sentences)} = {len(held) / max(1, len(sentences)):.3f}; "
        f"{len(asked)} more in other questions"
    )
    print(f"  from three words before the verb to the end: {held_cores}/{len(cores)}")
    cued = sum(1 for q in required if ANY_CUE.search(q.text))
    print(f"  {len(required)} requirements, {len(questionnaire.questions) - len(required)} other questions")
    print(f"  with an obligation word: {cued}/{len(required)}")
    print(f"  mandatory: {dict(Counter(str(q.is_mandatory) for q in required))}")
    print(
        f"  with a page: {sum(1 for q in required if q.page)}/{len(required)}; "
        f"confidence {questionnaire.confidence:.2f}"
    )
    if show_missed:
        for sentence in missed:
            print("  MISSED:", sentence)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        if name.startswith("--"):
            continue
        if Path(name).exists():
            measure(Path(name), show_missed="--missed" in sys.argv)
        else:
            print(f"{name}: skipped, not there; set BIDPROOF_DATA")
