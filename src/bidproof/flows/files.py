"""Write a text file whole or not at all."""

from pathlib import Path

from bidproof.questionnaires.output import write_whole


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text through a temporary file in the same folder, then rename.

    Raises:
        WriteFailed: Disk full, no permission, no such folder; what stood there still does.
    """
    write_whole(path, text.encode("utf-8"))
