"""What to promise of final answers, and how to part the labelled cases."""

from dataclasses import dataclass

from bidproof.core.options import option


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteOptions:
    """What to promise, and how to part the labelled cases.

    Choose ``seed`` before looking at results: trying several until one certifies breaks the promise.
    A cascade's ``target`` is its least quality; ``is_one_a_group`` is for groups whose answers fail
    together.
    """

    error: float = option(0.05, help="Share of ready answers that is wrong.")
    confidence: float = option(0.95, help="Of the promise.")
    target: float | None = option(
        None, flags=("--quality",), help="Least quality of a cascade. [default: the large model's]"
    )
    least_coverage: float | None = option(
        None, flags=("--coverage",), help="Least share answered. [default: the large model's]"
    )
    person_usd: float = option(0.0, help="What a person's answer costs.")
    keep: float = option(
        0.95, help="Share of right answers that stays where others are refused that the documents lack."
    )
    share: float = option(0.4, help="Of the cases to fit on.")
    seed: int = option(0, help="Of the parting; choose it beforehand.")
    is_one_a_group: bool = option(
        False, flags=("--one-per-group",), help="Certify on one answer a questionnaire."
    )
    expert_below: float = option(0.2, help="To an expert below this.")
