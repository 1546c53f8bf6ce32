import pytest

from bidproof.answering.gate.values import asked_values, holds_value, told_as, without_examples


@pytest.mark.parametrize(
    ("question", "kinds"),
    [
        ("What does the service cost?", ("money",)),
        ("What is the annual licence fee?", ("money",)),
        ("How much do you charge per user?", ("money", "number")),
        ("How many people do you employ?", ("number",)),
        ("How long are logs kept?", ("duration",)),
        ("How often are keys rotated?", ("frequency",)),
        ("Until when is the certificate valid?", ("date",)),
        ("What is the excess on your insurance in dollars?", ("money",)),
        ("What is the recovery time objective in hours?", ("duration",)),
        ("What is the largest file in GB?", ("number",)),
        ("What did you report in the second quarter?", ()),
        ("Are your fees paid in dollars?", ()),
        ("Is a retention period defined?", ()),
        ("Is there a process to control costs?", ()),
        ("How do you keep cost controls current?", ()),
    ],
)
def test_kind_of_value_is_read_from_the_wording(question: str, kinds: tuple[str, ...]) -> None:
    assert asked_values(question) == kinds


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("money", "The fee is €5 a user."),
        ("money", "It is free of charge."),
        ("number", "It holds 500 users."),
        ("duration", "Logs are kept for 13 months."),
        ("frequency", "Keys are rotated every 90 days."),
        ("frequency", "Keys are rotated annually."),
        ("frequency", "Keys are rotated every April and October."),
        ("frequency", "Keys are rotated each second Tuesday."),
        ("date", "The certificate is valid until 8 June 2028."),
        ("name", "Imogen Farrow is the officer."),
    ],
)
def test_text_holds_its_kind(kind: str, text: str) -> None:
    assert holds_value(text, kind)


@pytest.mark.parametrize(
    ("question", "text", "is_held"),
    [
        ("What is the excess in dollars?", "The limit is £5 million.", False),
        ("What is the excess in dollars?", "The excess is 2 million dollars.", True),
        ("What is the excess in dollars?", "It holds 5 claims.", False),
        ("What is the excess in US dollars?", "The excess is $5,000.", True),
        ("How long is the recovery, in hours?", "It takes two days.", True),
        ("How many hours does recovery take?", "It takes 4 GB.", False),
        ("What is the memory in GB?", "The memory is 512 MB.", True),
        ("What is the memory in GB?", "Memory in GB: 4", True),
        ("What is the memory in GB?", "It is kept for two days.", False),
        ("What is the share in per cent?", "It is 12%.", True),
    ],
)
def test_unit_asked_for_has_to_be_one_that_converts(question: str, text: str, is_held: bool) -> None:
    (kind,) = asked_values(question)
    assert holds_value(text, kind, question=question) is is_held


def test_what_is_allowed_is_told_as_a_limit() -> None:
    assert "limit" in " ".join(told_as("How many layers may a function have?"))
    assert told_as("How many people do you employ?") == ()


@pytest.mark.parametrize("kind", ["money", "number", "duration", "frequency", "date"])
def test_text_without_figures_holds_none(kind: str) -> None:
    assert not holds_value("The policy is approved by the Board.", kind)


def test_examples_are_left_out() -> None:
    assert "Okta" not in without_examples("Do you support sign-on (e.g. Okta)?")
