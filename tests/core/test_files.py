import errno
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bidproof.core import files
from bidproof.core.errors import WriteFailed
from bidproof.core.files import (
    append_line,
    clear_unfinished,
    path_text,
    read_given,
    text_path,
    write_folder,
    write_pieces,
    write_text,
    write_whole,
    writing,
)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_that_other_threads_make_meanwhile_keep_the_usual_permissions(tmp_path: Path) -> None:
    usual = tmp_path / "usual"
    usual.touch()

    def write(name: str) -> None:
        for _ in range(200):
            write_whole(tmp_path / name, b"content")

    def make(name: str) -> list[int]:
        modes: list[int] = []
        for number in range(2000):
            path = tmp_path / f"{name}-{number}"
            path.touch()
            modes.append(_mode(path))
        return modes

    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write, "a"), pool.submit(write, "b")]
        made = [mode for modes in pool.map(make, ("c", "d")) for mode in modes]
        for writer in writers:
            writer.result()
    assert set(made) == {_mode(usual)}
    assert _mode(tmp_path / "a") == _mode(usual)


@pytest.mark.parametrize("mode", [0o600, 0o664, 0o666])
def test_a_replaced_file_hands_on_its_permissions(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "out"
    path.touch()
    path.chmod(mode)
    write_text(path, "later")
    assert path.read_text() == "later"
    assert _mode(path) == mode


def test_a_folder_appears_with_all_of_its_files_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_folder(tmp_path / "made", {"a": b"1", "b": b"2"})
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == {"a": b"1", "b": b"2"}

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("bidproof.core.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_folder(tmp_path / "other", {"a": b"1"})
    assert [path.name for path in tmp_path.iterdir()] == ["made"]


def test_a_line_that_a_crash_cut_off_is_ended_before_the_next(tmp_path: Path) -> None:
    log = tmp_path / "log"
    append_line(log, "one")
    with log.open("a") as stream:
        stream.write("tw")
    append_line(log, "three")
    assert log.read_text() == "one\ntw\nthree\n"


def test_a_file_whose_pieces_give_out_stays_as_it_was(tmp_path: Path) -> None:
    write_whole(tmp_path / "evidence.json", b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise ValueError("no more")

    with pytest.raises(ValueError, match="no more"):
        write_pieces(tmp_path / "evidence.json", pieces())
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
    write_pieces(tmp_path / "evidence.json", [b"new", b"er"])
    assert (tmp_path / "evidence.json").read_bytes() == b"newer"


def test_what_a_killed_process_left_is_cleared(tmp_path: Path) -> None:
    (tmp_path / ".unfinished-0123").mkdir()
    (tmp_path / ".unfinished-4567").touch()
    (tmp_path / "kept").touch()
    with writing(tmp_path):
        clear_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(WriteFailed, match=r"File exists|Not a directory"), writing(tmp_path / "file"):
        pass


def test_a_folder_whose_rename_cannot_be_flushed_still_takes_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flush = os.fsync

    def only_files(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "Invalid argument")
        flush(handle)

    monkeypatch.setattr("bidproof.core.files.os.fsync", only_files)
    write_whole(tmp_path / "out", b"content")
    assert (tmp_path / "out").read_bytes() == b"content"


@pytest.mark.parametrize(
    "raw", [b"a/b.txt", b"\xfcber.txt", "über.txt".encode(), b"a\\xfc.txt", b"\\x5c\xff"]
)
def test_a_path_comes_back_from_its_text(raw):
    path = Path(os.fsdecode(raw))
    text = path_text(path)
    text.encode("utf-8")
    assert text_path(text) == path


def test_a_file_that_a_user_names_is_read_up_to_a_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "MAX_GIVEN_MB", 1)
    path = tmp_path / "given.json"
    path.write_bytes(b"a" * (1 << 20))
    assert len(read_given(path)) == 1 << 20
    path.write_bytes(b"a" * ((1 << 20) + 1))
    with pytest.raises(OSError, match=r"^more than 1 MB$"):
        read_given(path)
    with pytest.raises(OSError, match="more than 1 MB"):
        read_given(Path("/dev/zero"))
