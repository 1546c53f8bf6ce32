"""Layouts of buyers' questionnaires with their truth, made by a seeded generator.

Each family is a style of form that buyers make. Some were in sight while the reader was written
(``shown``), some were kept apart (``kept``), with other headers and other habits, and some were written
only when the reader stood (``later``, ``unseen``).

    python -m benchmarks.questionnaire_layouts FOLDER [shown|kept|later|unseen] [--seed N]
"""

from collections.abc import Callable, Iterator, Sequence
from random import Random

from . import kept, later, shown, unseen
from .canvas import Canvas, Layout, TrueQuestion, TrueSlot, csv_variant
from .unseen import LANGUAGES_OF
from .words import LANGUAGES, Words

__all__ = ["PARTS", "Layout", "TrueQuestion", "TrueSlot", "generate_layouts", "make_layout"]

PARTS = {"shown": shown, "kept": kept, "later": later, "unseen": unseen}
_Family = Callable[[Words, Random], Sequence[Canvas]]


def generate_layouts(part: str, *, seed: int = 1, variants: int = 3) -> Iterator[Layout]:
    """The layouts of one part, each family in a few languages; CSVs of the flat ones."""
    room = PARTS[part]
    for index, family in enumerate(room.FAMILIES):
        for variant in range(1, variants + 1):
            languages = LANGUAGES_OF.get(family.__name__, LANGUAGES)
            language = languages[(index * variants + variant + seed - 2) % len(languages)]
            layout = make_layout(family, language, variant=variant, seed=seed, part=part)
            yield layout
            if family in room.FLAT:
                yield csv_variant(layout)


def make_layout(family: _Family, language: str, *, variant: int, seed: int, part: str) -> Layout:
    """One layout, the same for the same arguments; in a language that the family is written in."""
    languages = LANGUAGES_OF.get(family.__name__, LANGUAGES)
    language = language if language in languages else languages[0]
    rng = Random(f"{family.__name__} {language} {variant} {seed}")
    sheets = family(Words(language, rng, is_kept=part != "shown"), rng)
    return Layout(family=family.__name__, variant=variant, language=language, sheets=tuple(sheets))
