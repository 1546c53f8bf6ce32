"""Build the demonstration: a small vendor's documents and a buyer's questionnaires.

    python samples/build.py build/demo

Everything is made from the text files in ``samples/sources``; two builds give
the same bytes. The companies, people and products in it are invented.
"""

import shutil
import sys
from pathlib import Path

from markup import read_source
from past_workbook import write_past_questionnaire
from pdf_files import write_pdf
from word_files import write_docx
from workbooks import read_questions, write_questionnaire, write_register

SOURCES = Path(__file__).parent / "sources"
PDF = ("information-security-policy", "penetration-test-summary-2026", "service-level-agreement")
WORD = ("incident-response-plan", "business-continuity-plan")
AS_THEY_ARE = (
    "access-control-standard.md",
    "architecture-overview.md",
    "changelog.md",
    "customer-email.eml",
    "encryption-and-key-management.md",
    "privacy-notice.html",
    "secure-development.md",
    "sub-processors.md",
    "trust-centre.html",
)


def build(out: Path) -> None:
    """Write ``documents/``, three questionnaires and a completed one below a folder, made where missing."""
    documents = out / "documents"
    documents.mkdir(parents=True, exist_ok=True)
    for name in PDF:
        write_pdf(read_source(SOURCES / f"{name}.md"), documents / f"{name}.pdf")
    for name in WORD:
        write_docx(read_source(SOURCES / f"{name}.md"), documents / f"{name}.docx")
    for name in AS_THEY_ARE:
        shutil.copyfile(SOURCES / name, documents / name)
    write_register(SOURCES / "asset-register.csv", documents / "asset-register.xlsx")
    write_questionnaire(read_questions(SOURCES / "questionnaire.csv"), out / "questionnaire.xlsx")
    write_past_questionnaire(SOURCES / "past-questionnaire.csv", out / "past-questionnaire.xlsx")
    write_pdf(read_source(SOURCES / "rfp.md"), out / "rfp.pdf")
    write_docx(read_source(SOURCES / "vendor-questions.md"), out / "vendor-questions.docx", answer_lines=True)


def main() -> int:
    """Build into the folder named on the command line."""
    if len(sys.argv) != 2:
        print("usage: python samples/build.py FOLDER", file=sys.stderr)
        return 2
    out = Path(sys.argv[1])
    build(out)
    made = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    print(f"built {len(made)} files in {out}")
    for name in made:
        print(f"  {name}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
