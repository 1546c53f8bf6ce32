import pytest

from bidproof.answering.gate.values import asked_values, holds_value, without_examples


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


@pytest.mark.parametrize("kind", ["money", "number", "duration", "frequency", "date"])
def test_text_without_figures_holds_none(kind: str) -> None:
    assert not holds_value("The policy is approved by the Board.", kind)


def test_examples_are_left_out() -> None:
    assert "Okta" not in without_examples("Do you support sign-on (e.g. Okta)?")
