"""Headings, paragraphs and lists become requirements with their section and number."""

import pytest

from bidproof.questionnaires.requirements.units import (
    SectionPath,
    Unit,
    UnitKind,
    decimal_number,
    find_requirements,
    is_heading_like,
    mark_style,
    split_label,
)


def heading(text: str, label: str = "", level: int | None = 1) -> Unit:
    return Unit(kind=UnitKind.HEADING, text=text, label=label, level=level)


def paragraph(text: str, label: str = "", order: int = 0) -> Unit:
    return Unit(kind=UnitKind.PARAGRAPH, text=text, label=label, order=order)


def item(text: str, *, level: int = 0, style: str = "bullet", label: str = "") -> Unit:
    return Unit(kind=UnitKind.ITEM, text=text, level=level, list_style=style, label=label)


def texts(*units: Unit) -> list[str]:
    return [found.text for found in find_requirements(units)]


def test_each_list_item_carries_the_sentence_that_introduces_it() -> None:
    found = texts(
        paragraph("Some context. The vendor shall:"), item("log access;"), item("keep logs for a year.")
    )
    assert found == ["The vendor shall: log access;", "The vendor shall: keep logs for a year."]


def test_a_stem_without_items_stands_alone() -> None:
    assert texts(paragraph("The vendor must explain the following:"), heading("Next")) == [
        "The vendor must explain the following:"
    ]


def test_nested_lists_carry_both_stems() -> None:
    found = texts(
        paragraph("The plan must cover:"),
        item("Staff with skills in the following areas:", style="a"),
        item("testing", style="b"),
        item("Costs", style="a"),
    )
    assert found == [
        "The plan must cover: Staff with skills in the following areas: testing",
        "The plan must cover: Costs",
    ]


def test_an_item_that_is_a_whole_sentence_keeps_its_own_words() -> None:
    found = texts(paragraph("The following shall apply:"), item("The vendor must report weekly."))
    assert found == ["The following shall apply:", "The vendor must report weekly."]


def test_items_below_a_buyers_stem_oblige_nobody() -> None:
    assert texts(paragraph("The government will:"), item("Provide office space")) == []


def test_requirements_know_their_section_and_number() -> None:
    found = find_requirements(
        [
            heading("Security", "2", 1),
            heading("Logging", "2.1", None),
            paragraph("The system shall log access.", "2.1.1"),
            heading("Price", "3", 1),
            paragraph("Prices must be firm."),
        ]
    )
    assert [(piece.label, piece.section_path) for piece in found] == [
        ("2.1.1", ("2 Security", "2.1 Logging")),
        ("", ("3 Price",)),
    ]


def test_a_heading_that_is_a_sentence_is_a_requirement() -> None:
    assert texts(heading("The Contractor shall provide a help desk.", "3.1", 2)) == [
        "The Contractor shall provide a help desk."
    ]


def test_only_obliging_sentences_are_kept_and_pronouns_get_their_context() -> None:
    (found,) = find_requirements([paragraph("We value teams. The team is small. They must be agile.")])
    assert found.text == "They must be agile."
    assert found.context == "The team is small."


def test_a_question_keeps_its_follow_up() -> None:
    (found,) = find_requirements([paragraph("Do you use subcontractors? If yes, list them.")])
    assert found.is_question
    assert found.text == "Do you use subcontractors? If yes, list them."


def test_parts_of_one_paragraph_count_from_one() -> None:
    found = find_requirements([paragraph("Hello. You must pay. You must stay.", order=4)])
    assert [(piece.order, piece.part) for piece in found] == [(4, 1), (4, 2)]


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("3.2.1 The vendor", "3.2.1", "The vendor"),
        ("3.2.1\tvendor duties", "", "3.2.1\tvendor duties"),
        ("a) log access", "a)", "log access"),
        ("(iv) keep logs", "(iv)", "keep logs"),
        ("Q12. Do you?", "Q12.", "Do you?"),
        ("REQ-001 The system", "REQ-001", "The system"),
        ("12. Do you?", "12.", "Do you?"),
        ("2020 was a year", "", "2020 was a year"),
        ("90 percent of users", "", "90 percent of users"),
        ("• bullet text", "", "bullet text"),
        ("18F applies methods", "", "18F applies methods"),
        ("Plain text.", "", "Plain text."),
    ],
)
def test_printed_labels_are_taken_off(text: str, label: str, rest: str) -> None:
    split = split_label(text)
    assert (split.label, split.text) == (label, rest)


def test_decimal_numbers_drop_trailing_zeros() -> None:
    assert decimal_number("2.0") == ("2",)
    assert decimal_number("C.3.1.") == ("C", "3", "1")
    assert decimal_number("a)") == ()


def test_sections_nest_by_number_before_rank() -> None:
    sections = SectionPath()
    sections.push("Scope", label="2.0", rank=3)
    sections.push("Expectations", label="2.2", rank=None)
    sections.push("Backlog", label="3.1", rank=3)
    assert sections.path == ("3.1 Backlog",)


def test_short_bold_or_numbered_lines_are_headings_but_sentences_are_not() -> None:
    assert is_heading_like("Data Protection", label="", is_bold=True)
    assert is_heading_like("Period of Performance", label="2.3", is_bold=False)
    assert not is_heading_like("Data protection", label="", is_bold=False)
    assert not is_heading_like("The vendor must pay", label="2.3", is_bold=True)
    assert not is_heading_like("Is it safe?", label="2.3", is_bold=True)


def test_list_marks_are_told_apart() -> None:
    assert mark_style("(a)") == mark_style("(b)")
    assert mark_style("(i)", previous="(h)") == mark_style("(a)")
    assert mark_style("(i)") == mark_style("(ii)") != mark_style("(a)")
    assert mark_style("1.") != mark_style("1)")


@pytest.mark.parametrize(
    "title",
    [
        "Mandatory requirements",
        "Minimum technical criteria",
        "Mindestanforderungen",
        "Exigences obligatoires",
    ],
)
def test_items_under_a_binding_heading_are_mandatory_with_the_heading_as_context(title: str) -> None:
    units = (
        heading("Background"),
        item("We run many things"),
        heading(title),
        item("Single sign-on with SAML"),
        heading("Hosting", level=2),
        item("Data centre in the EU"),
        heading("Wishes"),
        item("A dark theme"),
    )
    found = find_requirements(units)
    assert [(one.text, one.context) for one in found] == [
        ("Single sign-on with SAML", title),
        ("Data centre in the EU", title),
    ]
    assert all(one.obligation is not None and one.obligation.is_mandatory for one in found)


@pytest.mark.parametrize("lead", ["Minimum requirements are:", "Die Lösung muss:", "La solución debe:"])
def test_a_binding_lead_in_makes_its_items_mandatory(lead: str) -> None:
    assert texts(paragraph(lead), item("eight cores"), item("two sites")) == [
        f"{lead} eight cores",
        f"{lead} two sites",
    ]


def test_a_heading_may_introduce_its_items() -> None:
    assert texts(heading("The solution must:"), item("log access")) == ["The solution must: log access"]


def test_a_limit_for_answers_is_no_requirement() -> None:
    assert texts(paragraph("Answers must not exceed 100 words. Bids must be signed.")) == [
        "Bids must be signed."
    ]
