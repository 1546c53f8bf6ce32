import pytest

from bidproof.answering.gate.modifiers import Pair, asked_pairs, replacement, stands_alone, stems_of


@pytest.mark.parametrize(
    ("question", "pairs"),
    [
        ("How long are chat logs kept?", ["chat logs"]),
        ("What is your public liability insurance?", ["public liability", "liability insurance"]),
        ("How long do you retain logs?", []),
        ("Are backups tested?", []),
        ("What is the expiry date?", []),
        ("What is the maximum size?", []),
        ("What are the three states?", []),
    ],
)
def test_pairs_are_noun_phrases(question: str, pairs: list[str]) -> None:
    assert [pair.text for pair in asked_pairs(question)] == pairs


def replaced(modifier: str, head: str, statement: str, *, around: str = "") -> str:
    pair = Pair(modifier=modifier, head=head)
    return replacement(pair, statement, around=f"{statement} {around}", question=pair.text)


def test_another_modifier_stands_in_its_place() -> None:
    assert replaced("chat", "logs", "Audit logs are kept for a year.") == "Audit logs"


def test_another_head_stands_in_its_place() -> None:
    assert replaced("firewall", "logs", "Firewall rules are reviewed.") == "Firewall rules"


def test_bare_head_may_mean_any_kind() -> None:
    assert not replaced("chat", "logs", "The logs are kept for a year.")


def test_modifier_in_a_heading_is_not_missing() -> None:
    assert not replaced("chat", "logs", "Audit logs are kept for a year.", around="Chat")


def test_statement_about_neither_word_replaces_nothing() -> None:
    assert not replaced("chat", "logs", "Backups are tested.")


def test_head_alone_is_another_thing_only_where_nothing_found_speaks_of_the_modifier() -> None:
    pair, statement = Pair(modifier="chat", head="logs"), "Logs are kept for a year."
    assert stands_alone(pair, statement, found=stems_of(statement))
    assert not stands_alone(pair, statement, found=stems_of(f"{statement} Staff may chat."))
    assert not stands_alone(pair, "Backups are kept.", found=stems_of("Backups are kept."))


def test_clients_are_customers() -> None:
    assert not replaced("client", "data", "Customer data are encrypted.")
    assert replaced("client", "data", "Employee data are encrypted.") == "Employee data"
    pair = Pair(modifier="client", head="data")
    assert not stands_alone(pair, "Data are encrypted.", found=stems_of("Data are encrypted."))
