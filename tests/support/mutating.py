"""Damaged files by the thousand: the same seed and number give the same bytes."""

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random

from base_files import base_files, rezip, unzip

BROKEN = frozenset(
    {"internal", "untyped", "parser-failed", "parser-crashed", "parser-timeout", "parser-memory"}
)
"""Ends of a file that say that we were broken, not the file."""

Mutation = Callable[[bytes, Random], bytes]
_NUMBERS = (b"0", b"-1", b"2147483648", b"9" * 25, b"1e308", b"-9e999", b"NaN", b"0x7f", b"", b"1048577")
_JUNK = (b"\0", b"\xff\xfe", b"\xed\xa0\x80", b"\xc0\xaf", b"<", b"]]>", b"&#0;", b"%n", b'"', b"\x1b[2J")
_PAIRS = (
    (b"<div>", b"</div>"),
    (b"<table><tr><td>", b""),
    (b"<ul><li>", b"</ul>"),
    (b"> ", b""),
    (b"[", b"]("),
    (b'--outer\nContent-Type: multipart/mixed; boundary="outer"\n\n', b""),
    (b'"', b""),
    (b"#*_`", b"`"),
)
_QUOTED_NUMBER = re.compile(rb'(?<==")-?\d+(?=")')
_QUOTED = re.compile(rb'(?<==")[^"<>]*(?=")')
_ELEMENT = re.compile(rb"<([\w:]+)(?:\s[^<>]*)?>")
_OBJECT = re.compile(rb"\d+ 0 obj.*?endobj", re.S)
_REFERENCE = re.compile(rb"\b\d+ 0 R\b")
_NUMBER = re.compile(rb"(?<![\w.#])-?\d+(?:\.\d+)?(?![\w.])")
_NAME = re.compile(rb"/[A-Z]\w*")
_PLAIN = ("html", "eml", "csv", "md", "txt")


@dataclass(frozen=True)
class Mutated:
    """A damaged file: its name says the number and the mutations."""

    name: str
    content: bytes


def mutated_files(count: int, *, seed: int, start: int = 0) -> Iterator[Mutated]:
    """So many damaged files from a number on, of each kind in turn."""
    bases = base_files()
    kinds = tuple(bases)
    for number in range(start, start + count):
        source = Random(f"{seed}:{number}")
        kind = kinds[number % len(kinds)]
        content, steps = bases[kind], []
        for _ in range(source.choice((1, 1, 2, 3))):
            step = source.choice(MUTATIONS[kind])
            steps.append(step.__name__)
            content = step(content, source)
        yield Mutated(f"{number:05}-{'-'.join(steps)}.{kind}", content)


def flip(data: bytes, source: Random) -> bytes:
    raw = bytearray(data)
    for _ in range(source.randrange(1, 12)):
        if raw:
            raw[source.randrange(len(raw))] ^= 1 << source.randrange(8)
    return bytes(raw)


def cut(data: bytes, source: Random) -> bytes:
    return data[: source.randrange(len(data) + 1)]


def drop(data: bytes, source: Random) -> bytes:
    start = source.randrange(len(data) + 1)
    return data[:start] + data[start + source.randrange(1, 400) :]


def repeat(data: bytes, source: Random) -> bytes:
    start = source.randrange(len(data) + 1)
    piece = data[start : start + source.randrange(1, 200)]
    return data[:start] + piece * source.choice((2, 20, 150)) + data[start:]


def insert(data: bytes, source: Random) -> bytes:
    start = source.randrange(len(data) + 1)
    return data[:start] + source.choice(_JUNK) * source.choice((1, 3, 2_000)) + data[start:]


def splice(data: bytes, source: Random) -> bytes:
    other = source.choice(tuple(base_files().values()))
    start = source.randrange(len(data) + 1)
    return data[:start] + other[source.randrange(len(other)) :]


def nest(data: bytes, source: Random) -> bytes:
    """Open what never, or much later, closes."""
    opening, closing = source.choice(_PAIRS)
    depth = min(source.choice((50, 300, 5000)), 20_000 // len(opening))
    start = source.randrange(len(data) + 1)
    return data[:start] + opening * depth + data[start:] + closing * depth


def swap_words(data: bytes, source: Random) -> bytes:
    words = data.split(b" ")
    for _ in range(5):
        one, other = source.randrange(len(words)), source.randrange(len(words))
        words[one], words[other] = words[other], words[one]
    return b" ".join(words)


def _in_part(change: Mutation) -> Mutation:
    """The same change to one XML part of a package; other files as they are."""

    def changed(data: bytes, source: Random) -> bytes:
        try:
            parts = unzip(data)
        except Exception:  # noqa: BLE001 an earlier mutation broke the package
            return data
        names = [name for name in parts if name.endswith((".xml", ".rels"))]
        if not names:
            return data
        telling = [
            name for name in names if re.search(r"document|sheet|slide1|workbook|styles|numbering", name)
        ]
        name = source.choice(telling if telling and source.random() < 0.7 else names)
        return rezip(parts | {name: change(parts[name], source)})

    changed.__name__ = f"part_{change.__name__}"
    return changed


def _replace_one(pattern: re.Pattern[bytes], data: bytes, source: Random, new: bytes) -> bytes:
    found = list(pattern.finditer(data))
    if not found:
        return data
    at = source.choice(found)
    return data[: at.start()] + new + data[at.end() :]


def number(data: bytes, source: Random) -> bytes:
    return _replace_one(_QUOTED_NUMBER, data, source, source.choice(_NUMBERS))


def value(data: bytes, source: Random) -> bytes:
    found = _QUOTED.findall(data) or [b""]
    new = source.choice(
        (source.choice(found), b"../" * 40 + b"x", b"A" * 100_000, b"rId999", b"XFD1048576:A1")
    )
    return _replace_one(_QUOTED, data, source, new)


def twice(data: bytes, source: Random) -> bytes:
    """An attribute that stands twice."""
    at = _ELEMENT.search(data, source.randrange(len(data) + 1))
    return data if at is None else data[: at.end(1)] + b' w:val="1" w:val="2"' + data[at.end(1) :]


def deep(data: bytes, source: Random) -> bytes:
    at = _ELEMENT.search(data, source.randrange(len(data) + 1))
    if at is None:
        return data
    depth, name = source.choice((30, 240, 4000)), at[1]
    opening, closing = b"<%s>" % name, b"</%s>" % name
    return data[: at.start()] + opening * depth + closing * depth + data[at.start() :]


def element(data: bytes, source: Random) -> bytes:
    """One element left out, put elsewhere or there many times."""
    at = _ELEMENT.search(data, source.randrange(len(data) + 1))
    end = -1 if at is None else data.find(b"</%s>" % at[1], at.end())
    if at is None or end < 0:
        return data
    end += len(at[1]) + 3
    whole, rest = data[at.start() : end], data[: at.start()] + data[end:]
    place = _ELEMENT.search(rest, source.randrange(len(rest) + 1))
    start = place.start() if place else at.start()
    return rest[:start] + whole * source.choice((0, 1, 2, 300)) + rest[start:]


def rename(data: bytes, source: Random) -> bytes:
    names = list(dict.fromkeys(_ELEMENT.findall(data)))
    if not names:
        return data
    one, other = source.choice(names), source.choice(names)
    return re.sub(rb"(</?)%s\b" % re.escape(one), rb"\g<1>" + other, data)


def encoding(data: bytes, source: Random) -> bytes:
    new = source.choice((b"utf-7", b"utf-16", b"ebcdic-cp-us", b"nonsense", b"shift_jis"))
    return re.sub(rb"(?i)utf-8|iso-8859-1", new, data)


def lose_part(data: bytes, source: Random) -> bytes:
    return _repacked(data, source, lambda parts, one, _: {k: v for k, v in parts.items() if k != one})


def swap_parts(data: bytes, source: Random) -> bytes:
    return _repacked(data, source, lambda parts, one, other: parts | {one: parts[other], other: parts[one]})


def empty_part(data: bytes, source: Random) -> bytes:
    return _repacked(
        data, source, lambda parts, one, _: parts | {one: source.choice((b"", b"<a/>", b"\0" * 50))}
    )


def _repacked(
    data: bytes, source: Random, change: Callable[[dict[str, bytes], str, str], dict[str, bytes]]
) -> bytes:
    try:
        parts = unzip(data)
        names = list(parts)
        return rezip(change(parts, source.choice(names), source.choice(names)))
    except Exception:  # noqa: BLE001 an earlier mutation broke the package
        return data


def header(data: bytes, source: Random) -> bytes:
    """One field of a zip header: sizes, sums, flags and places that lie."""
    magic = source.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"))
    found = [match.start() for match in re.finditer(re.escape(magic), data)]
    if not found:
        return data
    at = source.choice(found) + source.randrange(4, 40, 2)
    wrong = struct.pack("<H", source.choice((0, 1, 8, 99, 0xFFFF, source.randrange(1 << 16))))
    return data[:at] + wrong + data[at + 2 :]


def pdf_number(data: bytes, source: Random) -> bytes:
    return _replace_one(_NUMBER, data, source, source.choice(_NUMBERS))


def pdf_reference(data: bytes, source: Random) -> bytes:
    """A reference to another object, possibly to itself or to none."""
    return _replace_one(_REFERENCE, data, source, b"%d 0 R" % source.randrange(40))


def pdf_object(data: bytes, source: Random) -> bytes:
    found = _OBJECT.findall(data) or [b""]
    new = source.choice((b"", source.choice(found), source.choice(found) * 20, b"9 0 obj null endobj"))
    return _replace_one(_OBJECT, data, source, new)


def pdf_name(data: bytes, source: Random) -> bytes:
    new = source.choice((*_NAME.findall(data), b"/FlateDecode", b"/JBIG2Decode", b"/JPXDecode", b"/Crypt"))
    return _replace_one(_NAME, data, source, new)


def pdf_deep(data: bytes, source: Random) -> bytes:
    depth = source.choice((100, 600, 20_000))
    opening, closing = source.choice(
        ((b"[", b"]"), (b"<</A ", b">>"), (b"q ", b" Q"), (b"BT ", b" ET"), (b"(", b")"))
    )
    return _replace_one(_NUMBER, data, source, opening * depth + closing * depth)


_BYTES = (flip, cut, drop, repeat, insert, splice)
_PACKAGE = (
    *(flip, cut, drop, splice, header, header, lose_part, swap_parts, empty_part),
    *map(
        _in_part, (number, value, value, twice, deep, element, element, rename, encoding, flip, cut, insert)
    ),
)
_PDF = (
    *_BYTES,
    pdf_number,
    pdf_number,
    pdf_reference,
    pdf_reference,
    pdf_object,
    pdf_name,
    pdf_name,
    pdf_deep,
)
_TEXT = (*_BYTES, nest, nest, swap_words, number, value, element, rename, encoding)
MUTATIONS: Mapping[str, tuple[Mutation, ...]] = {
    **dict.fromkeys(("xlsx", "docx", "pptx"), _PACKAGE),
    "pdf": _PDF,
    **dict.fromkeys(_PLAIN, _TEXT),
}
