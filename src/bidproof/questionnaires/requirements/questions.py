"""Make question records of requirements and of table rows that have no slots."""

from collections.abc import Mapping

from bidproof.core.ids import QuestionId
from bidproof.core.records import Question, QuestionKind
from bidproof.questionnaires.requirements.reader import states_obligation
from bidproof.questionnaires.requirements.units import Requirement, split_label
from bidproof.questionnaires.sheets.headers import Role
from bidproof.questionnaires.wording import kind_of, limits_in, mandatory_in


def question_from_requirement(item: Requirement) -> Question:
    """A requirement, or a question in prose, as a question without slots; its id is still empty."""
    limits = limits_in(item.text)
    obligation = item.obligation
    return Question(
        id=QuestionId(""),
        text=item.text,
        kind=kind_of_asking(item.text) if obligation is None else QuestionKind.REQUIREMENT,
        buyer_id=item.label,
        section_path=item.section_path,
        guidance=item.context,
        max_words=limits.max_words,
        max_chars=limits.max_chars,
        is_mandatory=None if obligation is None else obligation.is_mandatory,
        location=item.location,
        page=item.page,
    )


def question_from_row(
    values: Mapping[Role, str], *, section_path: tuple[str, ...], location: str, page: int | None
) -> Question:
    """A row of a question table in a file that cannot be written into; its id is still empty."""
    split = split_label(values.get(Role.QUESTION, ""))
    buyer_id = values.get(Role.ID, "") or split.label
    text = split.text if buyer_id == split.label else values.get(Role.QUESTION, "")
    limits = limits_in(text, values.get(Role.GUIDANCE, ""))
    obligation = states_obligation(text)
    mandatory = mandatory_in(text, values.get(Role.MANDATORY, ""))
    if mandatory is None and obligation is not None:
        mandatory = obligation.is_mandatory
    group = values.get(Role.SECTION, "")
    return Question(
        id=QuestionId(""),
        text=text,
        kind=kind_of_asking(text) if obligation is None else QuestionKind.REQUIREMENT,
        buyer_id=buyer_id,
        section_path=(*section_path, group) if group else section_path,
        guidance=values.get(Role.GUIDANCE, ""),
        max_words=limits.max_words,
        max_chars=limits.max_chars,
        is_mandatory=mandatory,
        location=location,
        page=page,
    )


def kind_of_asking(text: str, options: tuple[str, ...] = ()) -> QuestionKind:
    """The kind of something that asks; never a requirement."""
    kind = kind_of(text, options)
    return QuestionKind.FREE if kind is QuestionKind.REQUIREMENT else kind
