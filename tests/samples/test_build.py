import csv
import re
import subprocess
import sys
import zipfile
from hashlib import sha256
from html import unescape
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


def run_build(out: Path) -> None:
    subprocess.run([sys.executable, str(SAMPLES / "build.py"), str(out)], check=True, capture_output=True)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    run_build(out)
    return out


def digests(folder: Path) -> dict[Path, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): sha256(path.read_bytes()).hexdigest() for path in files}


def expected() -> list[dict[str, str]]:
    with (SAMPLES / "sources" / "expected.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def source_text(name: str) -> str:
    stem = Path(name).stem
    path = SAMPLES / "sources" / name
    if not path.exists():
        path = SAMPLES / "sources" / f"{stem}.md"
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        text = unescape(re.sub(r"<[^>]+>", " ", text))
    return " ".join(text.split())


def test_two_builds_give_the_same_bytes(demo: Path, tmp_path: Path) -> None:
    run_build(tmp_path)
    first = digests(demo)
    second = digests(tmp_path)
    assert first == second
    assert len([path for path in first if path.parts[0] == "documents"]) == 15


def test_the_pdfs_have_their_pages_and_a_text_layer(demo: Path) -> None:
    policy = pypdfium2.PdfDocument(demo / "documents" / "information-security-policy.pdf")
    try:
        assert 6 <= len(policy) <= 10
        last = policy[len(policy) - 1].get_textpage().get_text_bounded()
    finally:
        policy.close()
    assert "C-12" in last
    rfp = pypdfium2.PdfDocument(demo / "rfp.pdf")
    assert len(rfp) == 3
    rfp.close()


def test_the_questionnaire_holds_what_real_ones_hold(demo: Path) -> None:
    book = openpyxl.load_workbook(demo / "questionnaire.xlsx")
    assert book["Lists"].sheet_state == "hidden"
    controls, compliance = book["1 Security controls"], book["3 Compliance"]
    assert [rule.formula1 for rule in controls.data_validations.dataValidation] == ['"Yes,No,NA"']
    assert [rule.formula1 for rule in compliance.data_validations.dataValidation] == ["Lists!$A$2:$A$5"]
    assert compliance.protection.sheet
    assert "C4:E4" in {str(area) for area in controls.merged_cells.ranges}
    assert controls.conditional_formatting
    assert str(book["Read me first"]["C15"].value).startswith("=COUNTA(")


def test_every_question_stands_in_the_workbook_once(demo: Path) -> None:
    book = openpyxl.load_workbook(demo / "questionnaire.xlsx")
    ids = [row[0] for sheet in book.worksheets[1:4] for row in sheet.iter_rows(values_only=True) if row[0]]
    asked = [value for value in ids if re.fullmatch(r"(SC|CO|CR)-\d\d", str(value))]
    assert asked == [row["id"] for row in expected()]


def test_every_gold_phrase_stands_in_one_of_its_documents() -> None:
    for row in expected():
        texts = [source_text(name) for name in row["document"].split("|") if name]
        assert bool(texts) == (row["answerable"] == "yes"), row["id"]
        for phrase in filter(None, row["phrase"].split("|")):
            assert any(phrase in text for text in texts), (row["id"], phrase)


def test_at_least_five_questions_have_no_answer_in_the_documents() -> None:
    assert sum(row["answerable"] == "no" for row in expected()) >= 5


def test_no_built_file_is_committed() -> None:
    binary = {".pdf", ".docx", ".xlsx", ".png"}
    assert [path.name for path in SAMPLES.rglob("*") if path.suffix in binary] == []


def test_office_files_are_sound_packages(demo: Path) -> None:
    for path in [*demo.rglob("*.docx"), *demo.rglob("*.xlsx")]:
        with zipfile.ZipFile(path) as package:
            assert package.testzip() is None
            assert len({item.date_time for item in package.infolist()}) == 1


def test_the_past_questionnaire_is_older_and_shares_some_words_with_the_new_one(demo: Path) -> None:
    book = openpyxl.load_workbook(demo / "past-questionnaire.xlsx")
    assert book.properties.modified.date().isoformat() == "2024-04-18"
    asked = {row[1] for row in book.active.iter_rows(values_only=True) if row[1]}
    with (SAMPLES / "sources" / "questionnaire.csv").open(encoding="utf-8", newline="") as file:
        same = asked & {row["question"] for row in csv.DictReader(file)}
    assert 5 <= len(same) <= 15
    assert len(asked) > 30


def test_each_answerable_question_says_which_words_a_right_answer_holds() -> None:
    for row in expected():
        assert bool(row["holds"]) == (row["answerable"] == "yes"), row["id"]
