import hashlib

import pytest

from bidproof.core.errors import UnreadableFile
from bidproof.documents.files import find_files


def names(found):
    return [file.name for file in found.files]


def test_files_are_found_in_order_with_their_hash(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two.md").write_text("two")
    (tmp_path / "a.txt").write_text("one")
    found = find_files([tmp_path])

    assert names(found) == ["a.txt", "b/two.md"]
    assert found.files[0].content_hash == hashlib.sha256(b"one").hexdigest()
    assert found.files[0].size_bytes == 3


def test_hidden_lock_and_cache_files_are_passed_over(tmp_path):
    for name in (".hidden.md", "~$open.docx", ".~lock.a.docx#", "Thumbs.db"):
        (tmp_path / name).write_text("x")
    for folder in (".git", "node_modules", ".venv", ".github", ".bidproof"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "doc.md").write_text("x")
    (tmp_path / ".bidproof" / "bidproof.db").write_text("a workspace is no folder of documents")
    found = find_files([tmp_path])

    assert names(found) == [".github/doc.md"]
    assert found.skipped == ()


def test_unsupported_types_are_named(tmp_path):
    (tmp_path / "logo.png").write_bytes(b"x")
    (tmp_path / "LICENSE").write_text("x")
    found = find_files([tmp_path])

    assert [file.name for file in found.skipped] == ["LICENSE", "logo.png"]
    assert "'.png' has no reader" in found.skipped[1].reason


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    outside = tmp_path / "outside"
    inside = tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "secret.md").write_text("secret")
    (inside / "link.md").symlink_to(outside / "secret.md")
    (inside / "folder").symlink_to(outside)
    found = find_files([inside])

    assert names(found) == []
    assert [file.name for file in found.skipped] == ["link.md"]


def test_colliding_names_of_two_roots_get_the_root_in_front(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.md").write_text(folder)
    (tmp_path / "two" / "only.md").write_text("x")

    assert names(find_files([tmp_path / "one", tmp_path / "two"])) == [
        "one/same.md",
        "only.md",
        "two/same.md",
    ]


def test_a_single_file_is_a_root(tmp_path):
    (tmp_path / "a.md").write_text("x")

    assert names(find_files([tmp_path / "a.md", tmp_path])) == ["a.md"]


def test_a_missing_root_is_an_error(tmp_path):
    with pytest.raises(UnreadableFile) as caught:
        find_files([tmp_path / "absent"])

    assert caught.value.code == "no-such-file"
