"""Next steps in words that fit every face: what to do, and what a face may offer for it."""

from collections.abc import Mapping
from enum import StrEnum


class Action(StrEnum):
    """Something that every face can offer: a command, a button, a call of the API."""

    ACCEPT_GOLD = "accept-gold"
    ASK = "ask"
    CALIBRATE_JUDGE = "calibrate-judge"
    CHECK_MAPPING = "check-mapping"
    COMPARE = "compare"
    EVALUATE = "evaluate"
    EVALUATE_PROGRAM = "evaluate-program"
    EXPORT_GOLD = "export-gold"
    EXPORT_PROGRAM = "export-program"
    EXPORT_TRAINING = "export-training"
    FIT_RERANKER = "fit-reranker"
    FIT_ROUTE = "fit-route"
    GROW_GOLD = "grow-gold"
    IMPORT_FEEDBACK = "import-feedback"
    IMPORT_GOLD = "import-gold"
    INGEST = "ingest"
    INSPECT = "inspect"
    LIST_GOLD = "list-gold"
    LIST_LIBRARY = "list-library"
    LIST_PROGRAMS = "list-programs"
    LIST_ROUTES = "list-routes"
    LIST_RUNS = "list-runs"
    LIST_TRUSTED = "list-trusted"
    NEW_PROGRAM = "new-program"
    PROMOTE = "promote"
    REPAIR = "repair"
    SAVE_MAPPING = "save-mapping"
    SHOW_LABEL = "show-label"
    SHOW_PRICES = "show-prices"
    SHOW_SETTINGS = "show-settings"
    SPLIT_GOLD = "split-gold"
    TRUST = "trust"
    VARY_PROGRAM = "vary-program"
    WRITE_PRICES = "write-prices"


def install_extra(name: str) -> str:
    """How to install an optional part: from a checkout, since no index holds the package."""
    return f"in a checkout run uv sync --extra {name}, pip install '.[{name}]' or uv tool install '.[{name}]'"


class NextStep(str):
    """A hint: a sentence that holds for everyone, and what a face may add in its own words.

    Args:
        sentence: What to do, without any command or flag.
        action: What does it, where something offered does.
        options: What to say differently, by the option's name: ``out``, ``allow_different_gold``.
        **values: What the action is for: ``name`` of a gold set, ``file``, ….
    """

    __slots__ = ("action", "options", "values")

    action: Action | None
    options: tuple[str, ...]
    values: Mapping[str, str]

    def __new__(
        cls, sentence: str, action: Action | None = None, *, options: tuple[str, ...] = (), **values: str
    ) -> "NextStep":
        """Make one; it is a string, so that every face can show it as it is."""
        step = super().__new__(cls, sentence)
        step.action, step.options, step.values = action, options, values
        return step

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the trip out of a child process."""
        return (_rebuild, (str(self), self.action, self.options, dict(self.values)))


def _rebuild(
    sentence: str, action: Action | None, options: tuple[str, ...], values: Mapping[str, str]
) -> NextStep:
    return NextStep(sentence, action, options=options, **values)
