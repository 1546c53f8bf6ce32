"""Labelled examples hold their proof, word for word, or are not made."""

from dataclasses import replace

import pytest

from bidproof.core.records import ScoredPassage
from bidproof.evaluation.records import GoldCase, Relevant
from bidproof.optimization.prompts.demos import example_problems, example_tokens, fit_examples, prompt_tokens
from bidproof.optimization.prompts.few_shot import labelled_example
from bidproof.prompts.program import Example
from bidproof.retrieval.protocol import Query
from prompting import NAMES, Manuals, World, case, statement

ANCHOR = case("anchor")


def ranking(of: GoldCase = ANCHOR) -> tuple[ScoredPassage, ...]:
    return Manuals().search(Query(text=of.question))


def test_the_quote_of_the_case_is_what_is_quoted() -> None:
    example = labelled_example(ANCHOR, ranking())

    assert example is not None
    assert example.question == ANCHOR.question
    assert example.reply["quotes"] == [{"passage": 2, "text": statement("anchor")}]
    assert len(example.passages) == 2
    assert example_problems(example) == ()


def test_without_a_quote_the_closest_statement_of_the_right_document_is_taken() -> None:
    example = labelled_example(replace(ANCHOR, relevant=(Relevant(path="anchor.md"),)), ranking())

    assert example is not None
    assert example.reply["quotes"] == [{"passage": 2, "text": statement("anchor")}]


def test_a_reference_that_the_document_does_not_prove_makes_no_example() -> None:
    wrong = "The anchor is inspected every 400 days by nobody at all."

    assert labelled_example(replace(ANCHOR, reference=wrong), ranking()) is None


@pytest.mark.parametrize(
    "of",
    [
        replace(ANCHOR, relevant=()),
        replace(ANCHOR, relevant=(Relevant(path="elsewhere.md"),)),
        replace(ANCHOR, reference=""),
    ],
)
def test_a_case_that_does_not_say_enough_makes_no_example(of: GoldCase) -> None:
    assert labelled_example(of, ranking()) is None


def test_an_unanswerable_case_shows_how_to_say_so() -> None:
    example = labelled_example(replace(ANCHOR, reference="", relevant=(), is_answerable=False), ranking())

    assert example is not None
    assert example.reply == {"answerable": False, "quotes": [], "sentences": []}


def test_a_choice_is_shown_where_the_quote_proves_it() -> None:
    asked = replace(
        ANCHOR,
        question="Is the anchor inspected every 11 days by the maintenance crew?",
        options=("Yes", "No"),
    )

    right = labelled_example(replace(asked, choice="Yes"), ranking())
    wrong = labelled_example(replace(asked, choice="No"), ranking())

    assert right is not None
    assert right.reply["choice"] == "Yes"
    assert right.options == ("Yes", "No")
    assert wrong is None
    assert NAMES[0] == "anchor"


def test_an_example_that_is_too_long_is_shown_with_its_quoted_passage_alone() -> None:
    example, base = labelled_example(ANCHOR, ranking()), replace(World().base, examples=())
    assert example is not None
    cap = prompt_tokens(base) + example_tokens(example, "xml") - 1

    fitted = fit_examples(base, (example,), max_tokens=cap, refuse=lambda one: "")

    (shown,) = fitted.examples
    assert [item.title for item in shown.passages] == ["Anchor"]
    assert shown.reply["quotes"] == [{"passage": 1, "text": statement("anchor")}]
    assert example_problems(shown) == ()


def test_an_example_whose_other_passage_tells_too_much_is_shown_without_it() -> None:
    example = labelled_example(ANCHOR, ranking())
    assert example is not None

    def refuse(one: Example) -> str:
        return "beacon" if any("beacon" in item.text for item in one.passages) else ""

    fitted = fit_examples(World().base, (example,), max_tokens=3000, refuse=refuse)

    (shown,) = fitted.examples
    assert len(shown.passages) == 1
    assert fitted.dropped == ()
