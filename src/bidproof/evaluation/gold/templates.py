"""Questions made from a document without a model: its definitions, figures, headings and tables."""

import random
import re
from collections.abc import Iterator
from itertools import chain, zip_longest

from bidproof.core.records import Block, BlockKind, Document, Span
from bidproof.evaluation.gold.proposals import Proposal
from bidproof.language.numbers import find_quantities
from bidproof.language.rules import read_patterns
from bidproof.language.sentences import SegmentKind, split_sentences

_LEAST_WORDS = 6
_MOST_WORDS = 45
_MOST_SUBJECT_WORDS = 6
_MOST_BLANKED_WORDS = 25
_MOST_CELL_CHARS = 80
_PATTERNS = read_patterns("bidproof.evaluation.gold", "en")
_SUBJECT = r"(?P<subject>(?:(?:The|An?)\s+)?[A-Z\"“][\w\"“”'’/&.-]*(?:\s+[\w\"“”'’/&.()-]+){0,5}?)"
_DEFINITION = re.compile(
    rf"^{_SUBJECT}\s+(?P<verb>is|are|means|refers to|is defined as|stands for)\s+"
    r"(?P<rest>(?:an?|the|one of|any|our|your|defined)\s+.+)$",
    re.DOTALL,
)
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
_HOW_LONG = re.compile(
    r"^(?P<subject>[A-Z][^,;:()]{2,80}?)\s+"
    r"(?P<modal>must be|shall be|will be|can be|should be|is|are|was|were)"
    r"\s+(?P<verb>(?!not\b)[a-z]+(?:ed|en|wn|pt|ld|un|ut|nt)\b[^,;:()\d]{0,60}?)\s*\b"
    r"(?P<word>within|for|after|every)\s+"
    r"(?:at least |up to )?(?P<number>\d+)\s+(?P<unit>seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
)
_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST)
_EMPTY_CELLS = frozenset({"", "-", "–", "—", "n/a", "none", "tbd", "yes", "no", "x", "✓", "✅", "❌"})
_MARKUP = re.compile(r"https?://|[`{}<>|=\\]|\]\(|\.\.\.|…$")
_COLON_END = re.compile(r"[:;]\s*$")


def template_proposals(document: Document, *, seed: int = 0) -> Iterator[Proposal]:
    """Propose questions that stretches of a document answer, facts before headings.

    Only statements that stand alone are used: no sentence that points back
    ("This is …"), no code, no links. Every quote is verbatim by construction.

    Args:
        document: Whole.
        seed: Shuffles within each kind, so that a document is not read from its start only.
    """
    chance = random.Random(f"{seed}:{document.id}")  # noqa: S311 - a reproducible order, no secret
    kinds = (_definitions(document), _figures(document), _table_rows(document), _headings(document))
    shuffled = [list(found) for found in kinds]
    for found in shuffled:
        chance.shuffle(found)
    # A heading asks about a whole section, the others about one fact: facts come first.
    facts, headings = shuffled[:3], shuffled[3]
    chance.shuffle(facts)
    found_facts = [item for item in chain.from_iterable(zip_longest(*facts)) if item is not None]
    return chain(found_facts, headings)


def _statements(document: Document) -> Iterator[tuple[str, Span]]:
    """Sentences of prose that can be understood alone."""
    for block in document.blocks:
        if block.kind not in _PROSE:
            continue
        text = document.text[block.start : block.end]
        for segment in split_sentences(text):
            plain = " ".join(segment.text.split())
            words = len(plain.split())
            if (
                segment.kind not in (SegmentKind.SENTENCE, SegmentKind.ITEM)
                or not _LEAST_WORDS <= words <= _MOST_WORDS
            ):
                continue
            is_whole = plain[:1].isupper() and plain[-1:] in ".!" and not _COLON_END.search(plain)
            if (
                is_whole
                and not _PATTERNS["starts_back"].match(plain)
                and not _PATTERNS["points"].search(plain)
                and not _MARKUP.search(plain)
            ):
                yield plain, Span(start=block.start + segment.start, end=block.start + segment.end)


def _definitions(document: Document) -> Iterator[Proposal]:
    for sentence, span in _statements(document):
        match = _DEFINITION.match(sentence)
        if not match or len(match["subject"].split()) > _MOST_SUBJECT_WORDS:
            continue
        subject = match["subject"]
        bare = _ARTICLE.sub("", subject)
        if subject == bare and not _is_name(bare) and len(bare.split()) > 1:
            # "Backups of the database are a …": a phrase, not a term.
            continue
        verb = {"are": "are", "stands for": "stands"}.get(match["verb"], "is")
        question = f"What does {bare} stand for?" if verb == "stands" else f"What {verb} {_lowered(subject)}?"
        yield Proposal(question=question, answer=sentence, span=span, kind="definition", subject=bare)


def _is_name(text: str) -> bool:
    """Whether a term is a name: its words start with capitals or hold digits."""
    return all(word[:1].isupper() or not word[:1].isalpha() for word in text.split())


def _lowered(subject: str) -> str:
    article = _ARTICLE.match(subject)
    return subject[0].lower() + subject[1:] if article else subject


def _figures(document: Document) -> Iterator[Proposal]:
    for sentence, span in _statements(document):
        timed = _HOW_LONG.match(sentence)
        if timed and not _PATTERNS["starts_back"].match(timed["subject"]):
            yield _how_long(sentence, timed, span, known=document.text)
            continue
        found = find_quantities(sentence)
        is_long = len(sentence.split()) > _MOST_BLANKED_WORDS
        if len(found) != 1 or is_long or not any(char.isdigit() for char in found[0].raw):
            continue
        raw = found[0].raw
        if sentence.count(raw) != 1 or raw.strip() == sentence.split()[0]:
            continue
        blank = sentence.replace(raw, "____", 1)
        question = f"Which figure or date completes this statement: “{blank}”"
        yield Proposal(question=question, answer=sentence, span=span, kind="figure")


def _how_long(sentence: str, match: re.Match[str], span: Span, *, known: str) -> Proposal:
    first, _, rest = match["modal"].partition(" ")
    subject = match["subject"]
    opening = subject.split()[0]
    # A word that the document also writes small is no name.
    is_common = _ARTICLE.match(subject) or re.search(rf"(?<!\w){re.escape(opening.lower())}(?!\w)", known)
    lowered = subject[0].lower() + subject[1:] if is_common and not opening.isupper() else subject
    unit = match["unit"] if match["unit"].endswith("s") else f"{match['unit']}s"
    tail = f"{rest} {match['verb']}".strip()
    how = "How often" if match["word"] == "every" else f"{match['word'].capitalize()} how many {unit}"
    question = f"{how} {first} {lowered} {tail}?"
    return Proposal(
        question=question, answer=sentence, span=span, kind="figure", subject=_ARTICLE.sub("", subject)
    )


def _headings(document: Document) -> Iterator[Proposal]:
    for heading, body in zip(document.blocks, document.blocks[1:], strict=False):
        if heading.kind is not BlockKind.HEADING or body.kind is not BlockKind.PARAGRAPH:
            continue
        title = " ".join(document.text[heading.start : heading.end].split()).strip("# ")
        words = len(title.split())
        is_question = title.endswith("?")
        if (
            not 2 <= words <= 12
            or (not is_question and _PATTERNS["generic_heading"].match(title))
            or _MARKUP.search(title)
        ):
            continue
        answer = _opening(document, body)
        if answer is None:
            continue
        text, span = answer
        if title.casefold() == document.title.casefold():
            continue
        question = title if is_question else f'What does "{document.title}" say about "{title}"?'
        yield Proposal(question=question, answer=text, span=span, kind="heading", subject=title)


def _opening(document: Document, body: Block) -> tuple[str, Span] | None:
    """The first one or two sentences of a paragraph; None when they are not prose."""
    segments = [
        segment
        for segment in split_sentences(document.text[body.start : body.end])
        if segment.kind is SegmentKind.SENTENCE
    ][:2]
    if not segments or _MARKUP.search(segments[0].text) or _COLON_END.search(segments[-1].text):
        return None
    span = Span(start=body.start + segments[0].start, end=body.start + segments[-1].end)
    text = " ".join(document.text[span.start : span.end].split())
    return (text, span) if len(text.split()) >= _LEAST_WORDS else None


def _table_rows(document: Document) -> Iterator[Proposal]:
    for block in document.blocks:
        if block.kind is BlockKind.TABLE and block.header_rows == 1:
            yield from _rows(document, block)


def _rows(document: Document, block: Block) -> Iterator[Proposal]:
    lines = document.text[block.start : block.end].split("\n")
    header = _cells(lines[0])
    if len(header) < 2 or not header[0]:
        return
    labels = [_cells(line)[0] for line in lines[1:]]
    start = block.start + len(lines[0]) + 1
    for line, label in zip(lines[1:], labels, strict=True):
        span = Span(start=start, end=start + len(line))
        start += len(line) + 1
        cells = _cells(line)
        if len(cells) != len(header) or not _is_label(label) or labels.count(label) > 1:
            continue
        for name, value in zip(header[1:], cells[1:], strict=True):
            is_short = len(value) <= _MOST_CELL_CHARS
            if (
                name
                and is_short
                and value.casefold() not in _EMPTY_CELLS
                and not _MARKUP.search(name + value)
            ):
                question = _row_question(name, label, title=document.title)
                answer = f"{label}: {name} {value}"
                yield Proposal(question=question, answer=answer, span=span, kind="table row", subject=label)
                break


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(" | ")]


def _is_label(text: str) -> bool:
    return 2 < len(text) <= _MOST_CELL_CHARS and any(map(str.isalpha, text)) and not _MARKUP.search(text)


def _row_question(name: str, label: str, *, title: str) -> str:
    is_noun = (
        len(name.split()) <= 3
        and name[-1:] not in "s?"
        and not _PATTERNS["asking"].match(name)
        and name.isascii()
    )
    if is_noun and "(" not in name:
        return f'What is the {_noun(name)} of "{label}" in "{title}"?'
    return f'What stands under "{name}" for "{label}" in "{title}"?'


def _noun(name: str) -> str:
    """A column's name inside a sentence; names in capitals stay as they are."""
    return name if len(name) < 2 or name[1].isupper() else name[0].lower() + name[1:]
