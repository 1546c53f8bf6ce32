import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidproof.core.errors import UserError
from bidproof.prompts.templates import check_templates, escape, names_in, render
from bidproof.prompts.texts import default_texts


def test_parts_and_variables_are_put_in_where_they_stand() -> None:
    texts = {
        "answer": "{{ answer.persona }}\n\nFor {{company}}.",
        "answer.persona": "You work for {{company}}.",
    }
    assert render("answer", texts, {"company": "Acme"}) == "You work for Acme.\n\nFor Acme."


def test_a_value_is_never_read_as_a_template() -> None:
    texts = {"answer": "{{company}} {{secret}}", "secret": "hidden"}
    assert render("answer", texts, {"company": "{{secret}} {% if x %} \\{{"}) == (
        "{{secret}} {% if x %} \\{{ hidden"
    )


@given(st.text(alphabet="{}\\a x", max_size=12))
def test_an_escaped_text_renders_as_itself(text: str) -> None:
    assert render("t", {"t": escape(text)}, {}) == text
    assert names_in(escape(text)) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("{{nobody}}", "'{{nobody}}' in the text 'answer'"),
        ("{{a.__class__}}", "'{{a.__class__}}'"),
        ("{{ }}", "'{{ }}'"),
        ("open {{", "'{{' in the text"),
        ("{{answer}}", "answer > answer"),
    ],
)
def test_a_mark_without_a_value_is_refused(text: str, found: str) -> None:
    with pytest.raises(UserError, match="program") as raised:
        check_templates({**default_texts(), "answer": text}, {})
    assert raised.value.code == "program-invalid"
    assert found in raised.value.message


def test_a_variable_that_stands_nowhere_is_refused() -> None:
    with pytest.raises(UserError, match="'company', which stands in no text"):
        check_templates(default_texts(), {"company": "Acme"})


def test_a_step_without_a_text_is_refused() -> None:
    with pytest.raises(UserError, match="no text 'choice'"):
        check_templates({"answer": "Answer."}, {})


@pytest.mark.parametrize("name", ["Answer", "../x", "a.b.c", "a b", ""])
def test_names_that_cannot_name_a_file_are_refused(name: str) -> None:
    with pytest.raises(UserError, match="found the name"):
        check_templates({**default_texts(), name: "text"}, {})
