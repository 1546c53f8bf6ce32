"""What of a passage is embedded and what is indexed as words."""

from pathlib import PurePosixPath

from bidproof.core.records import Passage
from bidproof.retrieval.terms import index_terms


def embedding_text(passage: Passage) -> str:
    """The text whose vector stands for the passage: where it is, then what it says."""
    return f"{' > '.join(located_in(passage))}\n{passage.located_text}"


def located_in(passage: Passage) -> tuple[str, ...]:
    """Title and heading path, outermost first, neighbours that repeat each other once."""
    names = [passage.title.strip(), *(name.strip() for name in passage.heading_path)]
    return tuple(
        name for at, name in enumerate(names) if name and (at == 0 or name.lower() != names[at - 1].lower())
    )


def body_terms(passage: Passage) -> list[str]:
    """Terms of the passage's own words, repeated table header included."""
    return index_terms(passage.located_text)


def place_terms(passage: Passage) -> list[str]:
    """Terms of where the passage stands: file name, title, headings."""
    path = PurePosixPath(passage.path)
    name = " ".join((*path.parts[:-1], path.stem))
    return index_terms(" ".join((name, *located_in(passage))))
