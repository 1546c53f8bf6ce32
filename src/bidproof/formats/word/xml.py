"""Small readings of WordprocessingML elements."""

# lxml-stubs leave elements' children and attributes partly unknown.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
from collections.abc import Callable, Iterator

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_OFF = ("0", "false", "off", "none")
_SKIPPED = frozenset({f"{W}del", f"{W}moveFrom", f"{W}rPr", f"{W}pPr", f"{W}txbxContent", _FALLBACK})


def attribute(element: etree._Element, name: str) -> str | None:
    """A ``w:`` attribute as text, None when absent."""
    value = element.get(W + name)
    return None if value is None else str(value)


def has_flag(properties: etree._Element | None, name: str) -> bool:
    """Whether an on/off property such as ``w:b`` is on."""
    if properties is None:
        return False
    flag = properties.find(W + name)
    return flag is not None and (attribute(flag, "val") or "1").lower() not in _OFF


def paragraph_text(paragraph: etree._Element, is_hidden: Callable[[etree._Element], bool]) -> str:
    """Visible text of one paragraph: insertions kept, deletions, field codes and hidden runs left out."""
    return "".join(_pieces(paragraph, is_hidden))


def _pieces(element: etree._Element, is_hidden: Callable[[etree._Element], bool]) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag in _SKIPPED or callable(tag):
            continue
        if tag == f"{W}t":
            yield child.text or ""
        elif tag in (f"{W}tab", f"{W}ptab"):
            yield "\t"
        elif tag in (f"{W}br", f"{W}cr"):
            yield "\n"
        elif tag == f"{W}noBreakHyphen":
            yield "-"
        elif tag == f"{W}r" and is_hidden(child):
            continue
        else:
            yield from _pieces(child, is_hidden)


def text_boxes(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Contents of the text boxes anchored in a paragraph, each once."""
    for box in paragraph.iter(f"{W}txbxContent"):
        ancestors = {ancestor.tag for ancestor in box.iterancestors()}
        nested = next((item for item in box.iterancestors(f"{W}txbxContent")), None)
        if _FALLBACK not in ancestors and nested is None:
            yield box


def is_wholly_bold(paragraph: etree._Element) -> bool:
    """Whether every run that shows text is marked bold; False without text."""
    runs = [
        run for run in paragraph.iter(f"{W}r") if any((text.text or "").strip() for text in run.iter(f"{W}t"))
    ]
    return bool(runs) and all(has_flag(run.find(f"{W}rPr"), "b") for run in runs)
