import pytest

from bidproof.core.ids import document_id
from bidproof.core.settings import DocumentSettings
from bidproof.documents.files import find_files
from bidproof.documents.parse import parse_files


@pytest.fixture
def folder(tmp_path):
    for number in range(30):
        (tmp_path / f"{number:02}.md").write_text(f"# Title {number}\n\nText {number}.\n")
    return tmp_path


def test_outcomes_come_in_the_order_given(folder):
    files = find_files([folder]).files
    outcomes = list(parse_files(files, settings=DocumentSettings(workers=2)))

    assert [outcome.file.name for outcome in outcomes] == [file.name for file in files]
    document = outcomes[3].document
    assert document.title == "Title 3"
    assert document.id == document_id("03.md")
    assert document.content_hash == files[3].content_hash
    assert document.source == str(folder / "03.md")


def test_one_bad_file_costs_itself_alone(folder):
    (folder / "05.md").write_bytes(b"")
    (folder / "07.pdf").write_bytes(b"%PDF-1.7 rubbish")
    outcomes = list(parse_files(find_files([folder]).files, settings=DocumentSettings(workers=2)))
    failed = {outcome.file.name: outcome.failure.code for outcome in outcomes if outcome.failure}

    assert failed == {"05.md": "empty-file", "07.pdf": "corrupt-file"}
    assert sum(1 for outcome in outcomes if outcome.document) == 29


def test_closing_early_ends_the_children(folder):
    outcomes = parse_files(find_files([folder]).files, settings=DocumentSettings(workers=2))

    assert next(outcomes).document is not None
    outcomes.close()


def test_too_large_files_are_refused_unread(folder):
    (folder / "big.txt").write_bytes(b"x" * (2 << 20))
    files = [file for file in find_files([folder]).files if file.name == "big.txt"]
    (outcome,) = parse_files(files, settings=DocumentSettings(max_file_mb=1))

    assert outcome.failure.code == "too-large"
    assert "documents.max_file_mb" in outcome.failure.hint


def test_a_file_that_went_away_is_named(folder):
    files = find_files([folder]).files
    (folder / "00.md").unlink()
    outcomes = list(parse_files(files[:2], settings=DocumentSettings(workers=1)))

    assert outcomes[0].failure.code == "no-such-file"
    assert outcomes[1].document is not None


def test_a_document_without_any_text_is_a_failure(tmp_path):
    (tmp_path / "blank.md").write_text("<!-- nothing -->\n")
    (outcome,) = parse_files(find_files([tmp_path]).files, settings=DocumentSettings())

    assert outcome.failure.code == "no-text"


def test_no_files_give_no_outcomes():
    assert list(parse_files([], settings=DocumentSettings())) == []
