"""Files that are made to exhaust a reader: what each costs the process that ingests it.

Run: ``python benchmarks/bombs.py [--only NAME…] [--folder-only] [--embedder stub]``. Every bomb is made in
a temporary folder and ingested by a process of its own into a fresh workspace; then the whole folder at
once. The figures are the seconds by the clock, the CPU seconds and the peak resident memory of the
ingesting process, its guarded children left out: those have limits of their own. The stub embedder gives
vectors at once, without a model: what is left is the cost of reading, cutting and storing.
"""

import argparse
import json
import random
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGES = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_INGEST = """
import json, resource, sys, time
from pathlib import Path
from bidproof.flows.ingest import ingest
from bidproof.flows.requests.answering import IngestRequest
from bidproof.runtime.session import SessionRequest, open_session
if sys.argv[3] == "stub":
    import numpy
    from bidproof.retrieval.minilm import MiniLmEmbedder
    draw = numpy.random.default_rng(7).standard_normal
    def vectors(self, texts):
        drawn = draw((len(texts), self.dimension), dtype=numpy.float32)
        return drawn / numpy.linalg.norm(drawn, axis=1, keepdims=True)
    MiniLmEmbedder.embed_passages = vectors
started = time.monotonic()
with open_session(SessionRequest(workspace=Path(sys.argv[2]))) as session:
    report = ingest(IngestRequest(roots=(Path(sys.argv[1]),)), session=session)
usage = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({
    "seconds": time.monotonic() - started,
    "cpu": usage.ru_utime + usage.ru_stime,
    "mb": usage.ru_maxrss / 1024,
    "passages": report.passages,
    "notes": [problem.code for problem in report.problems] + list(report.warnings),
}))
"""


def zip_of(parts: Mapping[str, bytes]) -> bytes:
    with tempfile.TemporaryFile() as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)
        stream.seek(0)
        return stream.read()


def workbook(rows: Iterator[str]) -> bytes:
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGES}/content-types"/>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGES}/relationships"><Relationship Id="r"'
            f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'.encode(),
            "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
            f'<sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGES}/relationships"><Relationship'
            f' Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'.encode(),
            "xl/worksheets/sheet1.xml": sheet.encode(),
        }
    )


def cells(row: int, columns: int) -> str:
    inner = "".join(f'<c r="{letters(n + 1)}{row}"><v>{row * n % 9973}</v></c>' for n in range(columns))
    return f'<row r="{row}">{inner}</row>'


def letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def far_cell() -> bytes:
    first = '<row r="1"><c r="A1" t="inlineStr"><is><t>Backups run every night.</t></is></c></row>'
    return workbook(iter((first, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')))


def word(body: str) -> bytes:
    document = f'<w:document xmlns:w="{_WORD}"><w:body>{body}</w:body></w:document>'
    return zip_of(
        {
            "[Content_Types].xml": f'<Types xmlns="{_PACKAGES}/content-types"/>'.encode(),
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGES}/relationships"><Relationship Id="r"'
            f' Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>'.encode(),
            "word/document.xml": document.encode(),
        }
    )


def zeros(megabytes: int) -> bytes:
    """A package of one part that inflates to so many megabytes of zeros."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"\0" * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    raw = bytearray(zip_of({"word/document.xml": b""}))
    name_end = 30 + len("word/document.xml")
    content = block * megabytes + packer.flush()
    central = raw.index(b"PK\x01\x02")
    head, tail = raw[:name_end], raw[central:]
    for part, at in ((head, 18), (tail, 20)):
        part[at : at + 8] = struct.pack("<2I", len(content), megabytes << 20)
    tail[-6:-2] = struct.pack("<I", len(head) + len(content))
    return bytes(head + content + tail)


def prose(characters: int, *, seed: int = 7) -> str:
    source = random.Random(seed)
    words = ["backup", "key", "rotation", "audit", "region", "incident", "tenant", "log", "weekly", "review"]
    lines = (" ".join(source.choices(words, k=12)).capitalize() + "." for _ in range(characters // 80))
    return "\n".join(lines)


def pages_pdf(pages: int, *, objects: int = 0) -> bytes:
    """A PDF of so many pages, each with so many words placed one by one."""
    words = b" ".join(b"1 0 0 1 %d %d Tm (word)Tj" % (n % 500, n % 700) for n in range(objects))
    stream = b"BT /F 9 Tf " + words + b" ET"
    head = b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
    kids = b" ".join(b"%d 0 R" % number for number in range(5, pages + 5))
    tree = b"2 0 obj <</Type/Pages/Count %d/Kids[%s]>> endobj\n" % (pages, kids)
    font = b"3 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n"
    content = b"4 0 obj <</Length %d>>stream\n%s\nendstream endobj\n" % (len(stream), stream)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 3 0 R>>>>>>"
    body = b"".join(b"%d 0 obj %s endobj\n" % (number, page) for number in range(5, pages + 5))
    return head + tree + font + content + body + b"trailer <</Root 1 0 R>>\n%%EOF"


def nested_mail(depth: int) -> bytes:
    message = b"Subject: innermost\nContent-Type: text/plain\n\nBackups run every night.\n"
    for number in range(depth):
        edge = b"b%d" % number
        message = (
            b'Subject: level\nContent-Type: multipart/mixed; boundary="%s"\n\n--%s\n'
            b"Content-Type: message/rfc822\n\n%s\n--%s--\n" % (edge, edge, message, edge)
        )
    return message


def inside(tag: str, depth: int) -> bytes:
    return f"<body>{f'<{tag}>' * depth}Backups run every night.{f'</{tag}>' * depth}</body>".encode()


BOMBS: Mapping[str, Callable[[], bytes]] = {
    "zip-of-zeros.docx": lambda: zeros(4000),
    "deep-elements.docx": lambda: word("<w:sdt><w:sdtContent>" * 50_000 + "</w:sdtContent></w:sdt>" * 50_000),
    "million-paragraphs.docx": lambda: word(
        "".join(f"<w:p><w:r><w:t>Key {n % 991}.</w:t></w:r></w:p>" for n in range(1_000_000))
    ),
    "wide-table.docx": lambda: word(
        "<w:tbl>"
        + f"<w:tr>{'<w:tc><w:p><w:r><w:t>cell</w:t></w:r></w:p></w:tc>' * 1000}</w:tr>" * 400
        + "</w:tbl>"
    ),
    "wide.xlsx": lambda: workbook(cells(row, 16_384) for row in range(1, 61)),
    "long.xlsx": lambda: workbook(cells(row, 3) for row in range(1, 1_000_001)),
    "far-cell.xlsx": far_cell,
    "long-text.txt": lambda: prose(60_000_000).encode(),
    "one-word.txt": lambda: b"x" * 20_000_000,
    "one-line.txt": lambda: prose(20_000_000).replace("\n", " ").encode(),
    "ideographs.txt": lambda: ("安全备份每晚运行。" * 1_000_000).encode(),
    "headings.md": lambda: "".join(f"{'#' * (6 - n % 6)} h{n}\n\n" for n in range(1_000_000)).encode(),
    "quotes.md": lambda: b">" * 1_000_000 + b" deep\n",
    "brackets.md": lambda: b"[" * 500_000 + b"](" * 100_000,
    "many-cells.csv": lambda: b"a,b,c,d,e\n" * 900_000,
    "wide.csv": lambda: b"value," * 2_000_000 + b"end\n",
    "open-quote.csv": lambda: b'a,b\n"' + b'x""\n' * 3_000_000,
    "deep-divs.html": lambda: inside("div", 300_000),
    "deep-bold.html": lambda: inside("b", 300_000),
    "deep-lists.html": lambda: inside("ul><li", 100_000),
    "deep-tables.html": lambda: inside("table><tr><td", 50_000),
    "paragraphs.html": lambda: b"<body>" + b"<p>Backups run.</p>" * 150_000,
    "cells.html": lambda: b"<table>" + b"<tr><td>one<td>two</tr>" * 120_000 + b"</table>",
    "inline.html": lambda: b"<body>" + b"<i>a</i> <b>b</b> " * 160_000,
    "many-pages.pdf": lambda: pages_pdf(100_000),
    "many-words.pdf": lambda: pages_pdf(1, objects=400_000),
    "wordy-pages.pdf": lambda: pages_pdf(4_000, objects=600),
    "nested.eml": lambda: nested_mail(300),
    "headers.eml": lambda: b"".join(b"X-%d: a\n" % n for n in range(400_000)) + b"Subject: s\n\nText.\n",
    "long-to.eml": lambda: b"To: " + b"a <a@b.example>, " * 200_000 + b"\nSubject: s\n\nText.\n",
}


def measure(root: Path, workspace: Path, options: argparse.Namespace) -> dict[str, object]:
    command = [sys.executable, "-c", _INGEST, str(root), str(workspace), options.embedder]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=options.timeout, check=True)
    except subprocess.TimeoutExpired:
        return {"notes": [f"not finished after {options.timeout} s"]}
    except subprocess.CalledProcessError as error:
        return {"notes": [f"died with {error.returncode}: {error.stderr.strip().splitlines()[-1:]}"]}
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=[])
    folders = parser.add_mutually_exclusive_group()
    folders.add_argument("--no-folder", action="store_true", help="leave out the folder as a whole")
    folders.add_argument("--folder-only", action="store_true", help="leave out the files one by one")
    parser.add_argument("--timeout", type=int, default=900, help="seconds that one ingestion may take")
    parser.add_argument("--embedder", choices=("minilm", "stub"), default="minilm")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bombs-") as name:
        folder = Path(name) / "bombs"
        folder.mkdir()
        chosen = [bomb for bomb in BOMBS if not options.only or bomb in options.only]
        print(f"{'file':24} {'KB':>8} {'seconds':>8} {'CPU s':>7} {'peak MB':>8} {'passages':>8}  notes")
        for bomb in chosen:
            (folder / bomb).write_bytes(BOMBS[bomb]())
            if not options.folder_only:
                report(bomb, folder / bomb, Path(name) / f"workspace-{bomb}", options)
        if not options.no_folder:
            report("all of them", folder, Path(name) / "workspace", options)


def report(label: str, root: Path, workspace: Path, options: argparse.Namespace) -> None:
    size = sum(file.stat().st_size for file in ([root] if root.is_file() else root.iterdir()))
    found = measure(root, workspace, options)
    figures = [found.get(name, float("nan")) for name in ("seconds", "cpu", "mb", "passages")]
    notes = "; ".join(str(note) for note in found["notes"])[:110]  # type: ignore[attr-defined]
    seconds, cpu, memory, passages = figures
    numbers = f"{seconds:8.1f} {cpu:7.1f} {memory:8.0f} {passages:8}"
    print(f"{label:24} {size >> 10:8} {numbers}  {notes}", flush=True)


if __name__ == "__main__":
    main()
