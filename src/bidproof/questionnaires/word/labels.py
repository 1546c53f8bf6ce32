"""What a paragraph's number and type say: its label, whether it is a heading, the id of its question."""

from collections.abc import Sequence
from dataclasses import dataclass

from bidproof.formats.word.body import Paragraph
from bidproof.questionnaires.requirements.units import is_heading_like, mark_style, split_label


def is_fake_heading(block: Paragraph) -> bool:
    """Whether a paragraph is a heading by its number and type, without the style of one."""
    split = split_paragraph(block)
    is_listed = block.label is not None and (block.label.is_bullet or block.label.level > 0)
    return not is_listed and is_heading_like(split.text, label=split.label, is_bold=block.is_bold)


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledText:
    """A paragraph's text without its label, with the list that the label belongs to."""

    label: str
    text: str
    is_item: bool
    level: int
    list_style: str


def split_paragraph(block: Paragraph) -> LabelledText:
    """Part a paragraph into its label, typed or counted by a list, and its text."""
    split = split_label(block.text)
    if block.label is not None:
        text = split.text if split.label == block.label.text or split.is_bullet else block.text.strip()
        return LabelledText(
            label=block.label.text,
            text=text,
            is_item=True,
            level=block.label.level,
            list_style=block.label.list_id,
        )
    is_item = bool(split.label) or split.is_bullet
    return LabelledText(
        label=split.label, text=split.text, is_item=is_item, level=0, list_style=mark_style(split.label)
    )


def label_name(label: str, path: Sequence[str], number: int) -> str:
    """An id from a printed label; letters and bare numbers take the section's number in front."""
    plain = label.strip().strip("().:")
    if not plain:
        return f"p{number}"
    is_partial = plain.isalpha() or (plain.isdigit() and len(plain) < 3)
    outer = split_label(path[-1]).label.rstrip(".") if path and is_partial else ""
    return f"{outer} {plain}".strip()
