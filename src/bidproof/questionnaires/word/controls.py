"""Fill a Word content control: text, a value of its own list, or a ticked box."""

# lxml's stubs leave parts of the tree API untyped.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from lxml import etree

from bidproof.core.records import SlotPurpose
from bidproof.formats.word.edit import clean_properties, new_run, write_block
from bidproof.formats.word.styles import StyleSheet
from bidproof.formats.word.xml import w, w14
from bidproof.formats.xml import XmlElement
from bidproof.questionnaires.protocol import SlotValue

_CHECKED, _UNCHECKED = "2612", "2610"


def fill_control(control: XmlElement, value: SlotValue, *, styles: StyleSheet) -> XmlElement | None:
    """Set a content control.

    A control bound to a data part is unbound, since Word would put the part's old value
    back on opening. A prompt gives way to the text.

    Args:
        control: The ``w:sdt``.
        value: Text, one of the list's own options, or anything non-empty for a box to tick.
        styles: The document's; they say which old text shows.

    Returns:
        The last paragraph written, for an evidence line to follow; None where the control
        stands inside a line.
    """
    properties = control.find(w("sdtPr"))
    content = control.find(w("sdtContent"))
    if content is None:
        content = etree.SubElement(control, w("sdtContent"))
    if properties is not None:
        for name in ("showingPlcHdr", "dataBinding"):
            for item in properties.findall(w(name)):
                properties.remove(item)
        box = properties.find(w14("checkbox"))
        if box is not None:
            _tick(box, content, is_chosen=bool(value.value))
            return None
        _remember_choice(properties, value.value)
    return _write(control, content, value, styles)


def _tick(box: XmlElement, content: XmlElement, *, is_chosen: bool) -> None:
    checked = box.find(w14("checked"))
    if checked is None:
        checked = etree.Element(w14("checked"))
        box.insert(0, checked)
    checked.set(w14("val"), "1" if is_chosen else "0")
    state = box.find(w14("checkedState" if is_chosen else "uncheckedState"))
    code = (_CHECKED if is_chosen else _UNCHECKED) if state is None else state.get(w14("val"), _CHECKED)
    symbol = chr(int(code, 16)) if all(letter in "0123456789abcdefABCDEF" for letter in code) else "☒"
    shown = list(content.iter(w("t"), w("sym")))
    if shown and shown[0].tag == w("t"):
        shown[0].text = symbol
    elif shown and state is not None:
        shown[0].set(w("char"), code)
        shown[0].set(w("font"), state.get(w14("font"), shown[0].get(w("font"), "")))
    else:
        holder = content.find(f".//{w('p')}")
        (content if holder is None else holder).append(new_run(None, symbol))


def _remember_choice(properties: XmlElement, shown: str) -> None:
    """Note which list item is chosen, as Word does."""
    for name in ("dropDownList", "comboBox"):
        choices = properties.find(w(name))
        if choices is None:
            continue
        for item in choices.iterfind(w("listItem")):
            if (item.get(w("displayText")) or item.get(w("value"))) == shown:
                choices.set(w("lastValue"), item.get(w("value"), shown))
    date = properties.find(w("date"))
    if date is not None and date.get(w("fullDate")) is not None:
        del date.attrib[w("fullDate")]


def _write(
    control: XmlElement, content: XmlElement, value: SlotValue, styles: StyleSheet
) -> XmlElement | None:
    cell = content.find(w("tc"))
    if cell is None and content.find(w("tr")) is not None:
        cell = content.find(f"{w('tr')}/{w('tc')}")
    if cell is not None:
        return write_block(cell, value.value, styles=styles)
    if content.find(w("p")) is not None:
        is_choice = value.purpose is SlotPurpose.CHOICE
        text = " ".join(value.value.split()) if is_choice else value.value
        return write_block(content, text, styles=styles)
    own = control.find(f"{w('sdtPr')}/{w('rPr')}")
    first = content.find(f".//{w('r')}/{w('rPr')}")
    properties = clean_properties(own if own is not None else first)
    for child in list(content):
        if child.tag not in (w("bookmarkStart"), w("bookmarkEnd"), w("del")):
            content.remove(child)
    content.append(new_run(properties, value.value))
    return None
