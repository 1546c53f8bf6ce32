"""Layouts of buyers' questionnaires with their truth, made by a seeded generator.

Each family is a style of form that buyers make; half of them were in sight while the reader was
written (``shown``), half are kept apart (``kept``), with other headers and other habits.

    python -m benchmarks.questionnaire_layouts FOLDER [--kept]
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from . import kept, shown
from .canvas import Canvas, Layout, TrueQuestion, TrueSlot, csv_variant
from .words import LANGUAGES, Words

__all__ = ["Layout", "TrueQuestion", "TrueSlot", "generate_layouts"]

_Family = Callable[[Words, Random], Sequence[Canvas]]


def generate_layouts(*, is_kept: bool, seed: int = 1, variants: int = 3) -> Iterator[Layout]:
    """The layouts of one half, each family in a few languages; CSVs of the flat ones."""
    room = kept if is_kept else shown
    for index, family in enumerate(room.FAMILIES):
        for variant in range(1, variants + 1):
            language = LANGUAGES[(index * variants + variant - 1 + seed - 1) % len(LANGUAGES)]
            layout = make_layout(family, language, variant=variant, seed=seed, is_kept=is_kept)
            yield layout
            if family in room.FLAT:
                yield csv_variant(layout)


def make_layout(family: _Family, language: str, *, variant: int, seed: int, is_kept: bool) -> Layout:
    """One layout, the same for the same arguments."""
    rng = Random(f"{family.__name__} {language} {variant} {seed}")
    sheets = family(Words(language, rng, is_kept=is_kept), rng)
    return Layout(
        family=family.__name__, variant=variant, language=language, sheets=tuple(sheets), is_kept=is_kept
    )
